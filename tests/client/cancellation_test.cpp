// Cancellation at every turn of the loop, of every kind of operation.

#include "support/emulated.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace cancellation_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;
using testing::fault;

/// What became of one operation that was cancelled after some turns.
struct outcome
{
    bool done = false;
    bool succeeded = false;
    error why{};
};

/// Starts an operation, cancels it after 0, 1, 2, ... turns of the loop, each time on a client of
/// its own (`reused`: on one with an idle connection), until it ends by itself. Every time it has
/// to end without the server's help, and the client has to be as good as new.
template <class Start, class Check>
std::size_t cancel_after_every_turn(emulated& here, bool reused, Start start, Check check)
{
    std::size_t turns = 0;
    for (bool ended_by_itself = false; !ended_by_itself; ++turns) {
        const auto cos = here.client(here.config);
        if (reused)
            REQUIRE(here.get(cos.head_bucket({.bucket = bucket})));
        outcome seen;
        asio::cancellation_signal signal;
        const auto handler = [&seen](const auto& got) {
            seen.done = true;
            seen.succeeded = got.has_value();
            if (!got)
                seen.why = got.error();
        };
        start(cos, asio::bind_cancellation_slot(signal.slot(), handler));
        here.context.restart();
        for (std::size_t i = 0; i != turns && !seen.done; ++i)
            here.context.run_one();
        ended_by_itself = seen.done;
        signal.emit(asio::cancellation_type::terminal);
        // Everything it waits for ends at once: nothing but the loop itself has to turn.
        for (int i = 0; i != 100 && !seen.done; ++i)
            here.context.poll();
        REQUIRE(seen.done);
        here.context.run();
        if (!seen.succeeded)
            CHECK(seen.why.code == errc::cancelled);
        check(seen);
        CHECK(cos.counters().in_use == 0);
        CHECK(cos.counters().waiting == 0);
        REQUIRE(here.get(cos.head_bucket({.bucket = bucket})));
    }
    return turns;
}

TEST_CASE("cancellation: put, at every turn, on new and on used connections")
{
    emulated here;
    const auto key = key_of(1);
    const auto text = pattern(300'000); // Several writes.
    for (const bool reused : {false, true}) {
        const auto turns = cancel_after_every_turn(
            here, reused,
            [&](const client& cos, auto token) {
                cos.put_object(
                    {.bucket = bucket, .key = "k", .body = text, .sse = with(key)}, token);
            },
            [&](const outcome& seen) {
                const bool stored = here.server.at_rest(here.server.bucket(), "k").has_value();
                if (seen.succeeded)
                    CHECK(stored);
                else if (stored)
                    CHECK(seen.why.may_have_executed());
                static_cast<void>(
                    here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
            });
        CHECK(turns > 5);
    }
}

TEST_CASE("cancellation: get and copy, at every turn, on new and on used connections")
{
    emulated here;
    const auto one = key_of(1);
    const auto two = key_of(2);
    const auto text = pattern(300'000);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = text, .sse = with(one)})));
    const auto unchecked = [](const outcome&) {};
    for (const bool reused : {false, true}) {
        CHECK(cancel_after_every_turn(here, reused,
                  [&](const client& cos, auto token) {
                      cos.get_object({.bucket = bucket, .key = "k", .sse = with(one)}, token);
                  },
                  unchecked) > 5);
        CHECK(cancel_after_every_turn(here, reused,
                  [&](const client& cos, auto token) {
                      cos.copy_object({.bucket = bucket,
                                          .key = "copy",
                                          .copy_source = {.bucket = bucket,
                                              .key = "k",
                                              .sse = with(one)},
                                          .sse = with(two)},
                          token);
                  },
                  unchecked) >= (reused ? 3U : 6U)); // A small request leaves within the first turn.
    }
}

TEST_CASE("cancellation: get of a small body in pieces, at every turn, on a used connection")
{
    emulated here;
    const auto text = pattern(5'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    CHECK(cancel_after_every_turn(
              here, true,
              [&](const client& cos, auto token) {
                  here.server.inject(fault::drip(400, 2ms));
                  cos.get_object({.bucket = bucket, .key = "k"}, token);
              },
              [](const outcome&) {}) > 10);
}

/// Awaits an operation in a coroutine that is cancelled itself, through the slot of `token`.
template <class T, class Token>
void await_in_a_coroutine(emulated& here, asio::awaitable<result<T>> operation, Token token)
{
    const auto caller = [](asio::awaitable<result<T>> work) -> asio::awaitable<result<T>> {
        auto got = co_await std::move(work);
        co_return got;
    };
    const auto slot = token.get_cancellation_slot();
    asio::co_spawn(here.context, caller(std::move(operation)),
        asio::bind_cancellation_slot(slot,
            [handler = token.get()](const std::exception_ptr& thrown, const result<T>& got) {
                // Before it has begun, the coroutine itself is what is cancelled.
                handler(thrown != nullptr ? result<T>(error(errc::cancelled)) : got);
            }));
}

TEST_CASE("cancellation: on a serial executor by the caller, at every turn")
{
    emulated here;
    here.config.executor_is_serial = true;
    const auto one = key_of(1);
    const auto two = key_of(2);
    const auto text = pattern(300'000);
    const auto unchecked = [](const outcome&) {};
    for (const bool reused : {false, true}) {
        CHECK(cancel_after_every_turn(
                  here, reused,
                  [&](const client& cos, auto token) {
                      await_in_a_coroutine(here,
                          cos.put_object({.bucket = bucket,
                              .key = "k",
                              .body = text,
                              .sse = with(one)}),
                          std::move(token));
                  },
                  [&](const outcome& seen) {
                      if (!seen.succeeded &&
                          here.server.at_rest(here.server.bucket(), "k").has_value())
                          CHECK(seen.why.may_have_executed());
                      static_cast<void>(
                          here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
                  }) > 5);
        REQUIRE(here.get(here.cos.put_object(
            {.bucket = bucket, .key = "k", .body = text, .sse = with(one)})));
        CHECK(cancel_after_every_turn(here, reused,
                  [&](const client& cos, auto token) {
                      await_in_a_coroutine(here,
                          cos.get_object({.bucket = bucket, .key = "k", .sse = with(one)}),
                          std::move(token));
                  },
                  unchecked) > 5);
        CHECK(cancel_after_every_turn(here, reused,
                  [&](const client& cos, auto token) {
                      const copy_object_request request{.bucket = bucket,
                          .key = "copy",
                          .copy_source = {.bucket = bucket, .key = "k", .sse = with(one)},
                          .sse = with(two)};
                      await_in_a_coroutine(here, cos.copy_object(request), std::move(token));
                  },
                  unchecked) >= (reused ? 3U : 6U)); // A small request leaves within the first turn.
        REQUIRE(here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
    }
}

TEST_CASE("cancellation: while waiting for a connection, between attempts, for credentials")
{
    emulated here;
    here.config.pool.maximum_per_host = 1;
    here.config.retry.maximum_attempts = 10;
    here.config.retry.base_delay = here.config.retry.maximum_delay = 10min;
    const auto who = here.config.credentials;
    const auto cancelled_after = [&](const client& cos, std::chrono::milliseconds time) {
        outcome seen;
        asio::cancellation_signal signal;
        const auto handler = [&](const result<head_bucket_result>& got) {
            seen.done = true;
            seen.why = got ? error() : got.error();
        };
        cos.head_bucket(
            {.bucket = bucket}, asio::bind_cancellation_slot(signal.slot(), handler));
        here.context.restart();
        here.context.run_for(time);
        CHECK_FALSE(seen.done);
        signal.emit(asio::cancellation_type::terminal);
        for (int i = 0; i != 100 && !seen.done; ++i)
            here.context.poll();
        REQUIRE(seen.done);
        return seen.why;
    };

    SUBCASE("the queue of the pool")
    {
        const auto cos = here.client(here.config);
        here.server.inject(fault::delay(300ms));
        auto first = cos.head_bucket({.bucket = bucket}, asio::use_future);
        const auto why = cancelled_after(cos, 50ms);
        CHECK(why.code == errc::cancelled);
        CHECK_FALSE(why.may_have_executed());
        CHECK(cos.counters().waiting == 0);
        here.context.run();
        CHECK(first.get());
    }
    SUBCASE("the delay before another attempt")
    {
        const auto cos = here.client(here.config);
        here.server.inject(fault::reply_with(503, "SlowDown").always());
        const auto why = cancelled_after(cos, 300ms);
        CHECK(why.code == errc::cancelled);
        CHECK(why.attempts >= 1);
        CHECK(why.message.find("HTTP 503") != std::string::npos);
        CHECK(why.may_have_executed()); // A 503 leaves it open.
    }
    SUBCASE("a provider of credentials")
    {
        asio::steady_timer never(here.context, std::chrono::steady_clock::time_point::max());
        here.config.provider =
            credentials_from([&]() -> asio::awaitable<result<expiring_credentials>> {
                std::error_code ignored;
                co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
                co_return expiring_credentials(who);
            });
        const auto cos = here.client(here.config);
        const auto why = cancelled_after(cos, 50ms);
        CHECK(why.code == errc::cancelled);
        CHECK(why.attempts == 1);
        CHECK_FALSE(why.request_was_sent);
        never.cancel();
        here.context.run();
    }
}

/// Says nothing until it is cancelled, which it answers as it is told to.
struct silent_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte>)
    {
        asio::steady_timer never(
            co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
        if (throws)
            co_await never.async_wait(asio::use_awaitable);
        std::error_code code;
        co_await never.async_wait(asio::redirect_error(asio::use_awaitable, code));
        co_return std::size_t{0};
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return std::nullopt; }

    bool throws = false;
};

TEST_CASE("cancellation: while the caller's source is read, and the total ends that too")
{
    emulated here;
    for (const bool serial : {false, true})
        for (const bool throws : {false, true}) {
            here.config.executor_is_serial = serial;
            const auto cos = here.client(here.config);
            silent_source source{throws};
            std::optional<error> seen;
            asio::cancellation_signal signal;
            cos.put_object({.bucket = bucket, .key = "k", .body = source},
                asio::bind_cancellation_slot(signal.slot(),
                    [&](const result<put_object_result>& got) { seen = got.error(); }));
            here.context.restart();
            here.context.run_for(50ms);
            CHECK_FALSE(seen);
            signal.emit(asio::cancellation_type::terminal);
            for (int i = 0; i != 100 && !seen; ++i)
                here.context.poll();
            REQUIRE(seen);
            CHECK(seen->code == errc::cancelled);

            auto limits = here.config.timeouts;
            limits.total = 50ms;
            const auto hurried = cos.with_timeouts(limits).value();
            const auto late =
                here.get(hurried.put_object({.bucket = bucket, .key = "k", .body = source}));
            REQUIRE_FALSE(late);
            CHECK(late.error().code == errc::total_timeout);
            CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
            CHECK(cos.counters().in_use == 0);
            REQUIRE(here.get(cos.head_bucket({.bucket = bucket})));
        }
}

TEST_CASE("cancellation: on a serial executor the caller's own cancellation ends a source too")
{
    emulated here;
    here.config.executor_is_serial = true;
    const auto cos = here.client(here.config);
    for (const bool throws : {false, true}) {
        silent_source source{throws};
        std::optional<std::error_code> seen;
        asio::cancellation_signal signal;
        const auto caller = [&]() -> asio::awaitable<void> {
            const auto got =
                co_await cos.put_object({.bucket = bucket, .key = "k", .body = source});
            seen = got ? std::error_code() : got.error().code;
        };
        asio::co_spawn(here.context, caller(),
            asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
        here.context.restart();
        here.context.run_for(50ms);
        signal.emit(asio::cancellation_type::terminal);
        here.context.poll();
        REQUIRE(seen);
        CHECK(*seen == errc::cancelled);
        CHECK(cos.counters().in_use == 0);
    }
}

TEST_CASE("cancellation: a context that goes takes an operation along, wherever it waits")
{
    emulated here;
    here.config.timeouts.total = no_timeout;
    silent_source source;
    for (const bool serial : {false, true})
        for (std::size_t turns = 0; turns != 40; ++turns) {
            asio::io_context context;
            here.config.executor_is_serial = serial;
            const client cos(context.get_executor(), here.config);
            bool done = false;
            const auto ends = [&](const auto&) { done = true; };
            cos.put_object({.bucket = bucket, .key = "k", .body = source}, ends);
            for (std::size_t i = 0; i != turns && context.poll_one() != 0; ++i) {
            }
            if (turns % 4 == 3)
                context.run_for(5ms);
            CHECK_FALSE(done);
        }
}

TEST_CASE("cancellation: on a serial executor the caller's own cancellation does the same")
{
    emulated here;
    here.config.executor_is_serial = true;
    here.config.pool.maximum_per_host = 1;
    const auto cos = here.client(here.config);
    for (const bool queued : {false, true}) {
        here.server.inject(fault::delay(500ms));
        std::optional<std::future<result<head_bucket_result>>> first;
        if (queued)
            first = cos.head_bucket({.bucket = bucket}, asio::use_future);
        asio::cancellation_signal signal;
        std::optional<error> seen;
        const auto caller = [&]() -> asio::awaitable<void> {
            const auto got = co_await cos.head_bucket({.bucket = bucket});
            seen = got ? error() : got.error();
        };
        asio::co_spawn(here.context, caller(),
            asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
        here.context.restart();
        here.context.run_for(50ms);
        signal.emit(asio::cancellation_type::terminal);
        here.context.poll();
        REQUIRE(seen);
        CHECK(seen->code == errc::cancelled);
        CHECK(seen->attempts == 1);
        CHECK(seen->may_have_executed() == !queued);
        here.context.restart();
        here.context.run();
        if (first)
            CHECK(first->get());
        here.server.clear_faults();
        CHECK(cos.counters().in_use == 0);
        CHECK(here.get(cos.head_bucket({.bucket = bucket})));
    }
}

} // namespace cancellation_test
