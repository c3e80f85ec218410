// Requests as bytes, for what our own client would never send.

#ifndef COSIO_TESTS_SUPPORT_RAW_HTTP_HPP
#define COSIO_TESTS_SUPPORT_RAW_HTTP_HPP

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <cstdint>
#include <string>
#include <system_error>

namespace support {

/// Sends bytes over plain TCP to `address:port` and yields all that comes back until the end.
inline std::string exchange_raw(const std::string& endpoint, const std::string& request)
{
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    const auto colon = endpoint.rfind(':');
    socket.connect({asio::ip::make_address(endpoint.substr(0, colon)),
        static_cast<std::uint16_t>(std::stoi(endpoint.substr(colon + 1)))});
    asio::write(socket, asio::buffer(request));
    std::string reply;
    std::error_code end;
    asio::read(socket, asio::dynamic_buffer(reply), end);
    return reply;
}

/// Sends a request for an `http://` URL to `endpoint`, and yields the reply. `extra`: header lines.
inline std::string send_url(const std::string& endpoint, const std::string& method,
    const std::string& url, const std::string& extra = {}, const std::string& body = {})
{
    const std::string scheme = "http://";
    const auto host_end = url.find('/', scheme.size());
    return exchange_raw(endpoint,
        method + " " + url.substr(host_end) + " HTTP/1.1\r\nHost: " +
            url.substr(scheme.size(), host_end - scheme.size()) +
            "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
            extra + "\r\n" + body);
}

} // namespace support

#endif
