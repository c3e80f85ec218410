#include <cosio/transfer/file_executor.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

using cosio::transfer::on_file_thread;

TEST_CASE("file thread: the work is done there, and its value or exception comes back")
{
    asio::io_context context;
    asio::thread_pool files(1);
    const auto here = std::this_thread::get_id();
    bool done = false;
    const auto caller = [&]() -> asio::awaitable<void> {
        auto work = [] { return std::this_thread::get_id(); };
        const auto there = co_await on_file_thread(files.get_executor(), work);
        CHECK(there != here);
        CHECK(std::this_thread::get_id() == here);
        auto fails = []() -> int { throw std::runtime_error("no"); };
        bool thrown = false;
        try {
            static_cast<void>(co_await on_file_thread(files.get_executor(), fails));
        } catch (const std::runtime_error&) {
            thrown = true;
        }
        CHECK(thrown);
        CHECK(std::this_thread::get_id() == here);
        done = true;
    };
    asio::co_spawn(context, caller(), [](const std::exception_ptr&) {});
    context.run();
    CHECK(done);
}

TEST_CASE("file thread: a coroutine that is cancelled meanwhile goes on where it was")
{
    asio::io_context context;
    asio::thread_pool files(1);
    const auto here = std::this_thread::get_id();
    asio::cancellation_signal signal;
    int got = 0;
    const auto caller = [&]() -> asio::awaitable<void> {
        auto work = [&] {
            asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            return 1;
        };
        got = co_await on_file_thread(files.get_executor(), work);
        CHECK(std::this_thread::get_id() == here);
    };
    asio::co_spawn(context, caller(),
        asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    context.run();
    CHECK(got == 1);
}
