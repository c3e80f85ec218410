// Puts an object and gets it back.

#include <cosio.hpp>

#include <cstdio>

asio::awaitable<void> put_and_get()
{
    const cosio::client cos(
        co_await asio::this_coro::executor, cosio::config::from_environment().value());
    const auto put = co_await cos.put_object(
        {.bucket = "examplebucket-1250000000", .key = "a", .body = "hello"});
    if (!put)
        std::puts(put.error().message.c_str());
    const auto got = co_await cos.get_object({.bucket = "examplebucket-1250000000", .key = "a"});
    std::puts(got ? got->body.c_str() : got.error().message.c_str());
}

int main()
{
    cosio::block_on(put_and_get());
}
