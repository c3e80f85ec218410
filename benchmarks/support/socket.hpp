// A connected socket for the floors.

#ifndef COSIO_BENCHMARKS_SUPPORT_SOCKET_HPP
#define COSIO_BENCHMARKS_SUPPORT_SOCKET_HPP

#include "measure.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace bench {

[[nodiscard]] inline int connect_to_server(const options& run)
{
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(run.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
        "cannot connect");
    const int yes = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return made;
}

} // namespace bench

#endif
