// A connected stream for the Beast clients.

#ifndef COSIO_BENCHMARKS_SUPPORT_BEAST_CONNECTION_HPP
#define COSIO_BENCHMARKS_SUPPORT_BEAST_CONNECTION_HPP

#include "http.hpp"

#include <utility> // Which Boost 1.74 forgets to include.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <memory>

namespace bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using plain_stream = beast::tcp_stream;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

/// Where Beast keeps what it received: with room from the start, or it reads 512 bytes at a time.
[[nodiscard]] inline beast::flat_buffer read_buffer()
{
    beast::flat_buffer made;
    made.reserve(64 * 1024);
    return made;
}

/// The fields of every request; the body is added by its user.
template <class Request>
void prepare(Request& request, const options& run)
{
    request.method(run.put ? http::verb::put : http::verb::get);
    request.target(path_of(run));
    request.version(11);
    request.set(http::field::host, beast::string_view(host.data(), host.size()));
    request.set(http::field::authorization,
        beast::string_view(authorization.data(), authorization.size()));
    request.set(http::field::user_agent, "benchmark/1");
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

    [[nodiscard]] std::unique_ptr<Stream> make()
    {
        const asio::ip::tcp::endpoint server(
            asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(run_.port));
        if constexpr (std::is_same_v<Stream, plain_stream>) {
            auto made = std::make_unique<plain_stream>(context_);
            made->connect(server);
            made->socket().set_option(asio::ip::tcp::no_delay(true));
            return made;
        } else {
            auto made = std::make_unique<tls_stream>(context_, tls_);
            made->next_layer().connect(server);
            made->next_layer().socket().set_option(asio::ip::tcp::no_delay(true));
            SSL_set_tlsext_host_name(made->native_handle(), host.data());
            made->set_verify_mode(asio::ssl::verify_peer);
            made->set_verify_callback(asio::ssl::host_name_verification(std::string(host)));
            made->handshake(asio::ssl::stream_base::client);
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
