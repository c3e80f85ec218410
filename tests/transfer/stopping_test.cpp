// Transfers that have to stop: at once, whatever they are doing, and with nothing still under way.

#include "transfer/transferring.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace stopping_test {

using namespace cosio;
using support::bucket;
using support::pattern;
using support::transferring;
using testing::fault;

/// Takes its time for each piece, and tells of the first.
struct slow_sink
{
    asio::awaitable<result<void>> write(std::span<const std::byte>)
    {
        if (++writes == throws_at)
            throw std::runtime_error("the sink is gone");
        asio::steady_timer timer(co_await asio::this_coro::executor, takes);
        std::error_code ended;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
        co_return result<void>();
    }

    std::chrono::milliseconds takes{50};
    std::size_t throws_at = 0;
    std::size_t writes = 0;
};

/// Cancels what `start` began as soon as `is_time()`. The error it came to; nothing when neither
/// comes about in ten seconds.
template <class Start, class Condition>
std::optional<error> cancelled_when(
    transferring& here, const Condition& is_time, const Start& start)
{
    constexpr std::chrono::seconds enough(10);
    asio::cancellation_signal signal;
    std::optional<error> seen;
    const auto handler = [&](const auto& got) { seen = got ? error() : got.error(); };
    start(asio::bind_cancellation_slot(signal.slot(), handler));
    here.context.restart();
    const auto end = std::chrono::steady_clock::now() + enough;
    while (!is_time() && std::chrono::steady_clock::now() < end)
        here.context.run_one_for(std::chrono::milliseconds(10));
    CHECK(is_time());
    CHECK_FALSE(seen);
    signal.emit(asio::cancellation_type::terminal);
    here.context.run_for(enough);
    return seen;
}

TEST_CASE("stopping: a download that is cancelled while its sink is busy receives no more")
{
    transferring here;
    const auto text = pattern(2'000'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    // One that ends its wait, and one that would for longer than anybody waits.
    for (const auto takes : {std::chrono::milliseconds(200), std::chrono::milliseconds(600'000)}) {
        slow_sink sink{.takes = takes};
        const auto seen = cancelled_when(
            here, [&] { return sink.writes == 1; },
            [&](auto token) {
                here.cos.download_to({.bucket = bucket, .key = "k"}, sink, token);
            });
        REQUIRE(seen);
        CHECK(seen->code == errc::cancelled);
        CHECK(sink.writes == 1);
        CHECK(here.cos.counters().in_use == 0);
    }
}

TEST_CASE("stopping: a sink that throws ends the download with what it threw")
{
    transferring here;
    const auto text = pattern(2'000'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    slow_sink sink{.takes = std::chrono::milliseconds(0), .throws_at = 2};
    const auto failed =
        here.get(here.cos.download_to({.bucket = bucket, .key = "k"}, sink));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().describe().find("the sink is gone") != std::string::npos);
    CHECK(sink.writes == 2);
}

TEST_CASE("stopping: a download that is cancelled before it tries again does not")
{
    transferring here;
    const auto text = pattern(900'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    here.server.inject(fault::close_after_reply_bytes(100'000).on_method("GET"));
    auto settings = here.config;
    settings.retry = retry_settings();
    settings.retry.base_delay = std::chrono::hours(1);
    settings.retry.maximum_delay = std::chrono::hours(1);
    const auto cos = here.client(settings);
    const auto waits_to_try_again = [&] {
        return here.requests("GET") == 1 && cos.counters().in_use == 0;
    };
    const auto seen = cancelled_when(here, waits_to_try_again, [&](auto token) {
        cos.download_file({.bucket = bucket, .key = "k", .path = here.files / "target"}, token);
    });
    REQUIRE(seen);
    CHECK(seen->code == errc::cancelled);
    CHECK(here.requests("GET") == 1);
    CHECK(here.files.count() == 0);
}

TEST_CASE("stopping: what is cancelled while it waits for a file asks for nothing")
{
    transferring here;
    const auto path = here.files.write("source", pattern(10));
    const auto check = [&](const auto& start) {
        const auto seen = cancelled_when(here, [] { return true; }, start);
        REQUIRE(seen);
        CHECK(seen->code == errc::cancelled);
    };
    check([&](auto token) {
        here.cos.upload_file({.bucket = bucket, .key = "k", .path = path}, token);
    });
    check([&](auto token) {
        here.cos.download_file(
            {.bucket = bucket, .key = "k", .path = here.files / "target"}, token);
    });
    check([&](auto token) {
        here.cos.download_directory(
            {.bucket = bucket, .path = here.files.path.native()}, token);
    });
    CHECK(here.server.counters().requests == 0);
    CHECK(here.files.count() == 1);
}

} // namespace stopping_test
