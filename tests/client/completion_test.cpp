// Every kind of completion token, eager encoding, several threads, cancellation.

#include "support/emulated.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace completion_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;

TEST_CASE("callbacks, futures, awaitables, and operators over them")
{
    emulated here;
    std::optional<result<put_object_result>> called;
    here.cos.put_object({.bucket = bucket, .key = "k", .body = "x"},
        [&](result<put_object_result> done) { called = std::move(done); });
    here.context.run();
    REQUIRE(called);
    CHECK(called->has_value());

    here.context.restart();
    auto future = here.cos.get_object({.bucket = bucket, .key = "k"}, asio::use_future);
    here.context.run();
    CHECK(future.get().value().body == "x");

    here.run([&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        const auto both = co_await(here.cos.get_object({.bucket = bucket, .key = "k"}) &&
            here.cos.head_object({.bucket = bucket, .key = "k"}));
        CHECK(std::get<0>(both).value().body == "x");
        CHECK(std::get<1>(both).value().size == 1);
    });
}

TEST_CASE("a request may be made of temporaries: it is encoded before the call returns")
{
    emulated here;
    auto pending = [&] {
        const std::string name(bucket);
        const auto key = std::make_unique<customer_key>(key_of(1));
        return here.cos.put_object({.bucket = name,
            .key = std::string("temporary/") + std::string(40, 'k'),
            .body = "00000",
            .sse = with(*key)});
    }(); // Name, key and customer key are gone.
    CHECK(here.get(std::move(pending)));
    const auto key = key_of(1);
    CHECK(here
              .get(here.cos.get_object({.bucket = bucket,
                  .key = "temporary/" + std::string(40, 'k'),
                  .sse = with(key)}))
              .value()
              .body == "00000");
    // An operation that is never started does nothing and leaks nothing.
    static_cast<void>(here.cos.put_object({.bucket = bucket, .key = "never"}));
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "never"));
}

TEST_CASE("a serial executor needs no strand")
{
    emulated here;
    auto config = here.config;
    config.executor_is_serial = true;
    const auto cos = here.client(config);
    CHECK(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = "x"})));
    CHECK(here.get(cos.get_object({.bucket = bucket, .key = "k"})).value().body == "x");
    auto future = cos.get_object({.bucket = bucket, .key = "k"}, asio::use_future);
    here.context.restart();
    here.context.run();
    CHECK(future.get().value().body == "x");
}

TEST_CASE("handlers run where they are bound to")
{
    emulated here;
    asio::thread_pool pool(1);
    std::thread::id pool_thread;
    asio::post(pool, [&] { pool_thread = std::this_thread::get_id(); });
    std::thread::id seen;
    std::atomic<bool> done = false;
    here.cos.head_bucket({.bucket = bucket},
        asio::bind_executor(pool.get_executor(), [&](const result<head_bucket_result>&) {
            seen = std::this_thread::get_id();
            done = true;
        }));
    here.context.run();
    pool.join();
    CHECK(done);
    CHECK(seen == pool_thread);
}

TEST_CASE("one client, many operations, several threads")
{
    emulated here;
    asio::thread_pool pool(4);
    const client cos(pool.get_executor(), here.config);
    std::atomic<int> right = 0;
    const auto one = [&](int number) -> asio::awaitable<void> {
        const auto key = key_of(number % 9);
        const auto name = "k" + std::to_string(number);
        const auto body = pattern(static_cast<std::size_t>(number) * 1000);
        for (int round = 0; round != 5; ++round) {
            const auto put = co_await cos.put_object(
                {.bucket = bucket, .key = name, .body = body, .sse = with(key)});
            const auto got = co_await cos.get_object(
                {.bucket = bucket, .key = name, .sse = with(key)});
            right += put && got && got->body == body ? 1 : 0;
        }
    };
    std::vector<std::future<void>> all;
    for (int number = 0; number != 32; ++number)
        all.push_back(asio::co_spawn(pool, one(number), asio::use_future));
    for (auto& each : all)
        each.get();
    pool.join();
    CHECK(right == 160);
}

TEST_CASE("cancellation through a slot")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "x"})));
    for (const bool serial : {false, true}) {
        auto config = here.config;
        config.executor_is_serial = serial;
        const auto cos = here.client(config);
        here.server.inject(testing::fault::delay(10s));
        asio::cancellation_signal signal;
        std::optional<result<get_object_result>> done;
        const auto began = std::chrono::steady_clock::now();
        cos.get_object({.bucket = bucket, .key = "k"},
            asio::bind_cancellation_slot(signal.slot(),
                [&](result<get_object_result> value) { done = std::move(value); }));
        asio::steady_timer timer(here.context, 50ms);
        timer.async_wait([&](const std::error_code&) {
            signal.emit(asio::cancellation_type::partial); // Ignored.
            signal.emit(asio::cancellation_type::terminal);
        });
        here.context.restart();
        here.context.run();
        REQUIRE(done);
        CHECK(done->error().code == errc::cancelled);
        CHECK(done->error().code == condition::cancelled);
        CHECK(done->error().may_have_executed());
        CHECK(std::chrono::steady_clock::now() - began < 5s);
        here.server.clear_faults();
        CHECK(here.get(cos.get_object({.bucket = bucket, .key = "k"})));
    }
}

TEST_CASE("cancellation by an operator, by a parent, and before anything was sent")
{
    emulated here;
    auto config = here.config;
    for (const bool serial : {false, true}) {
        config.executor_is_serial = serial;
        const auto cos = here.client(config);
        here.server.inject(testing::fault::delay(10s));
        here.run([&]() -> asio::awaitable<void> {
            using namespace asio::experimental::awaitable_operators;
            asio::steady_timer timer(here.context, 50ms);
            const auto winner = co_await(cos.get_object({.bucket = bucket, .key = "k"}) ||
                timer.async_wait(asio::use_awaitable));
            CHECK(winner.index() == 1);
        });
        here.server.clear_faults();

        asio::cancellation_signal signal;
        std::optional<result<get_object_result>> done;
        cos.get_object({.bucket = bucket, .key = "k"},
            asio::bind_cancellation_slot(signal.slot(),
                [&](result<get_object_result> value) { done = std::move(value); }));
        signal.emit(asio::cancellation_type::terminal);
        here.context.restart();
        here.context.run();
        REQUIRE(done);
        if (!done->has_value()) {
            CHECK(done->error().code == errc::cancelled);
            CHECK_FALSE(done->error().may_have_executed());
        }
    }
}

TEST_CASE("cancellation from several threads at once")
{
    emulated here;
    asio::thread_pool pool(4);
    const client cos(pool.get_executor(), here.config);
    std::atomic<int> completed = 0;
    const auto body = pattern(300'000);
    const auto one = [&](int number) -> asio::awaitable<void> {
        auto strand = asio::make_strand(pool);
        for (int round = 0; round != 10; ++round) {
            using namespace asio::experimental::awaitable_operators;
            asio::steady_timer timer(strand, std::chrono::microseconds(number * 37 + round * 311));
            const auto name = "k" + std::to_string(number);
            auto put = cos.put_object({.bucket = bucket, .key = name, .body = body});
            const auto winner =
                co_await(std::move(put) || timer.async_wait(asio::use_awaitable));
            static_cast<void>(winner);
            ++completed;
        }
    };
    std::vector<std::future<void>> all;
    for (int number = 0; number != 16; ++number)
        all.push_back(asio::co_spawn(asio::make_strand(pool), one(number), asio::use_future));
    for (auto& each : all)
        each.get();
    CHECK(completed == 160);
    auto after = asio::co_spawn(pool, cos.put_object({.bucket = bucket, .key = "after"}),
        asio::use_future);
    CHECK(after.get());
    pool.join();
}

} // namespace completion_test
