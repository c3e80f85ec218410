// Puts an object and gets it back: bare Asio, without signature, errors or anything else.

#include <asio.hpp>
#include <asio/ssl.hpp>

#include <cstdio>
#include <string>

using stream = asio::ssl::stream<asio::ip::tcp::socket>;

asio::awaitable<std::string> exchange(stream& with, std::string request)
{
    co_await asio::async_write(with, asio::buffer(request), asio::use_awaitable);
    std::string reply;
    const auto head = co_await asio::async_read_until(
        with, asio::dynamic_buffer(reply), "\r\n\r\n", asio::use_awaitable);
    const auto field = reply.find("Content-Length: ");
    const auto length = field < head ? std::stoul(reply.substr(field + 16)) : 0;
    if (reply.size() < head + length)
        co_await asio::async_read(with, asio::dynamic_buffer(reply),
            asio::transfer_exactly(head + length - reply.size()), asio::use_awaitable);
    co_return reply.substr(head);
}

asio::awaitable<void> put_and_get(std::string host)
{
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_default_verify_paths();
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const auto found = co_await resolver.async_resolve(host, "443", asio::use_awaitable);
    stream with(executor, context);
    co_await asio::async_connect(with.next_layer(), found, asio::use_awaitable);
    with.set_verify_mode(asio::ssl::verify_peer);
    with.set_verify_callback(asio::ssl::host_name_verification(host));
    co_await with.async_handshake(stream::client, asio::use_awaitable);
    co_await exchange(with,
        "PUT /a HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 5\r\n\r\nhello");
    std::puts((co_await exchange(with, "GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).c_str());
}

int main(int argc, char** argv)
{
    asio::io_context context;
    asio::co_spawn(context, put_and_get(argc > 1 ? argv[1] : "localhost"), asio::detached);
    context.run();
}
