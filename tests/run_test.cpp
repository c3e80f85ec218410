#include <cosio/run.hpp>

#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <thread>

namespace {

asio::awaitable<void> note_thread(std::thread::id& where)
{
    co_await asio::post(asio::use_awaitable);
    where = std::this_thread::get_id();
}

asio::awaitable<std::unique_ptr<int>> give(int value)
{
    co_await asio::post(asio::use_awaitable);
    co_return std::make_unique<int>(value);
}

asio::awaitable<int> fail()
{
    co_await asio::post(asio::use_awaitable);
    throw std::runtime_error("it failed");
}

asio::awaitable<void> start_another(bool& done)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::post(executor, [&done, executor] {
        asio::post(executor, [&done] { done = true; });
    });
}

} // namespace

TEST_CASE("run: on the calling thread, to the end")
{
    std::thread::id where;
    cosio::run(note_thread(where));
    CHECK(where == std::this_thread::get_id());
}

TEST_CASE("run: gives what the coroutine returned, which need not be copyable")
{
    CHECK(*cosio::run(give(7)) == 7);
}

TEST_CASE("run: throws what the coroutine throws, and can be called again")
{
    CHECK_THROWS_WITH_AS(cosio::run(fail()), "it failed", std::runtime_error);
    CHECK(*cosio::run(give(8)) == 8);
}

TEST_CASE("run: does not leave what the coroutine started undone")
{
    bool done = false;
    cosio::run(start_another(done));
    CHECK(done);
}
