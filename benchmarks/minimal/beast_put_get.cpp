// Puts an object and gets it back: Boost.Beast, without signature.

#include <utility> // Which Boost 1.74 forgets to include.

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>

#include <cstdio>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

asio::awaitable<void> put_and_get(std::string host)
{
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_default_verify_paths();
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const auto found = co_await resolver.async_resolve(host, "443", asio::use_awaitable);
    beast::ssl_stream<beast::tcp_stream> with(executor, context);
    co_await with.next_layer().async_connect(found, asio::use_awaitable);
    with.set_verify_mode(asio::ssl::verify_peer);
    with.set_verify_callback(asio::ssl::host_name_verification(host));
    co_await with.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::request<http::string_body> put(http::verb::put, "/a", 11, "hello");
    put.set(http::field::host, host);
    put.prepare_payload();
    co_await http::async_write(with, put, asio::use_awaitable);
    http::response<http::string_body> done;
    co_await http::async_read(with, buffer, done, asio::use_awaitable);
    http::request<http::empty_body> get(http::verb::get, "/a", 11);
    get.set(http::field::host, host);
    co_await http::async_write(with, get, asio::use_awaitable);
    http::response<http::string_body> got;
    co_await http::async_read(with, buffer, got, asio::use_awaitable);
    std::puts(got.body().c_str());
}

int main(int argc, char** argv)
{
    asio::io_context context;
    asio::co_spawn(context, put_and_get(argc > 1 ? argv[1] : "localhost"), asio::detached);
    context.run();
}
