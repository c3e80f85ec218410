// Puts an object and gets it back, on an io_context of its own, as a server does.

#include <cosio.hpp>

#include <asio/io_context.hpp>

#include <cstdio>

asio::awaitable<void> put_and_get(cosio::client cos)
{
    const auto put = co_await cos.put_object(
        {.bucket = "examplebucket-1250000000", .key = "a", .body = "hello"});
    if (!put)
        std::puts(put.error().message.c_str());
    const auto got = co_await cos.get_object({.bucket = "examplebucket-1250000000", .key = "a"});
    std::puts(got ? got->body.c_str() : got.error().message.c_str());
}

int main()
{
    asio::io_context context;
    const cosio::client cos(context.get_executor(), cosio::config::from_environment().value());
    asio::co_spawn(context, put_and_get(cos), [](const std::exception_ptr&) {});
    context.run();
}
