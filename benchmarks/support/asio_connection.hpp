// A connected stream for the bare Asio clients.

#ifndef COSIO_BENCHMARKS_SUPPORT_ASIO_CONNECTION_HPP
#define COSIO_BENCHMARKS_SUPPORT_ASIO_CONNECTION_HPP

#include "measure.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/host_name_verification.hpp>
#include <asio/ssl/stream.hpp>

namespace bench {

using plain_stream = asio::ip::tcp::socket;
using tls_stream = asio::ssl::stream<asio::ip::tcp::socket>;

inline void connect(asio::ip::tcp::socket& socket, const options& run)
{
    socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(run.port)});
    socket.set_option(asio::ip::tcp::no_delay(true));
}

/// Makes connected streams of either kind.
template <class Stream>
class connector
{
public:
    connector(asio::io_context& context, const options& run)
        : context_(context), run_(run), tls_(asio::ssl::context::tls_client)
    {
        if (run.tls)
            tls_.load_verify_file(run.ca_file);
    }

    [[nodiscard]] Stream make()
    {
        if constexpr (std::is_same_v<Stream, plain_stream>) {
            plain_stream made(context_);
            connect(made, run_);
            return made;
        } else {
            tls_stream made(context_, tls_);
            connect(made.next_layer(), run_);
            SSL_set_tlsext_host_name(made.native_handle(), host.data());
            made.set_verify_mode(asio::ssl::verify_peer);
            made.set_verify_callback(asio::ssl::host_name_verification(std::string(host)));
            made.handshake(asio::ssl::stream_base::client);
            return made;
        }
    }

private:
    asio::io_context& context_;
    const options& run_;
    asio::ssl::context tls_;
};

} // namespace bench

#endif
