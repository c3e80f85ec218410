#include <cosio/block_on.hpp>
#include <cosio/error.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string_view>
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

asio::awaitable<cosio::result<int>> refuse()
{
    co_return cosio::error(cosio::errc::invalid_key);
}

asio::awaitable<int> fail(bool at_once)
{
    if (!at_once)
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

asio::awaitable<int> stop()
{
    const auto executor = co_await asio::this_coro::executor;
    auto& context = asio::query(executor, asio::execution::context);
    static_cast<asio::io_context&>(context).stop();
    co_await asio::post(asio::use_awaitable);
    co_return 1;
}

/// Has the name of ours, and a caller in whose namespace it is.
template <class T>
const char* block_on(const asio::awaitable<T>&)
{
    return "the caller's own";
}

} // namespace

TEST_CASE("block_on: on the calling thread, to the end")
{
    std::thread::id where;
    cosio::block_on(note_thread(where));
    CHECK(where == std::this_thread::get_id());
}

TEST_CASE("block_on: gives what the coroutine returned, which need not be copyable")
{
    CHECK(*cosio::block_on(give(7)) == 7);
    CHECK(cosio::block_on(refuse()).error().code == cosio::errc::invalid_key);
}

TEST_CASE("block_on: throws what the coroutine throws, and can be called again")
{
    CHECK_THROWS_WITH_AS(cosio::block_on(fail(false)), "it failed", std::runtime_error);
    CHECK_THROWS_WITH_AS(cosio::block_on(fail(true)), "it failed", std::runtime_error);
    CHECK(*cosio::block_on(give(8)) == 8);
}

TEST_CASE("block_on: does not leave what the coroutine started undone")
{
    bool done = false;
    cosio::block_on(start_another(done));
    CHECK(done);
}

TEST_CASE("block_on: an executor that is stopped is no success")
{
    try {
        static_cast<void>(cosio::block_on(stop()));
        FAIL("a value came of it");
    } catch (const cosio::exception& thrown) {
        CHECK(thrown.code() == cosio::errc::cancelled);
    }
}

TEST_CASE("block_on: does not take the place of a function of the same name")
{
    CHECK(std::string_view(block_on(refuse())) == "the caller's own");
}
