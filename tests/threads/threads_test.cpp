// One client, four threads, mixed operations, cancellations, a pool that is too small, faults, and
// a provider of credentials. Built with ThreadSanitizer: its silence is the test.

#include "support/emulated.hpp"
#include "support/temporary_directory.hpp"

#include <cosio/net/deadline_watch.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/pause.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace threads_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;
using testing::fault;

struct tally
{
    std::atomic<int> right{0};
    std::atomic<int> wrong{0};
    std::atomic<int> failed{0};
    std::atomic<int> cancelled{0};
    std::atomic<int> ended{0}; ///< Before they could be cancelled.
};

asio::awaitable<void> work(const client& cos, int number, tally& seen)
{
    const auto key = key_of(number % 9);
    const auto name = "k" + std::to_string(number);
    const auto body = pattern(static_cast<std::size_t>(number) * 997);
    for (int round = 0; round != 6; ++round) {
        const auto put = co_await cos.put_object(
            {.bucket = bucket, .key = name, .body = body, .sse = with(key)});
        const auto got = co_await cos.get_object(
            {.bucket = bucket, .key = name, .sse = with(key)});
        const auto listed = co_await cos.list_objects({.bucket = bucket, .prefix = name});
        ++(put && got && listed ? seen.right : seen.failed);
        if (got && got->body != body)
            ++seen.wrong;
    }
}

/// Begins an operation, cancels it after a while, and waits for its end: all on the strand that the
/// caller is on, as `start` is given a token for.
template <class Start>
asio::awaitable<void> cancelled_after(std::chrono::microseconds time, tally& seen, Start& start)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::cancellation_signal signal;
    asio::steady_timer done(executor, asio::steady_timer::time_point::max());
    bool finished = false;
    const auto handler = [&](const auto& got) {
        ++(!got && got.error().code == errc::cancelled ? seen.cancelled : seen.ended);
        finished = true;
        done.cancel();
    };
    start(asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(executor, handler)));
    asio::steady_timer pause(executor, time);
    co_await pause.async_wait(asio::use_awaitable);
    signal.emit(asio::cancellation_type::terminal);
    std::error_code ignored;
    while (!finished)
        co_await done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> cancelled_work(const client& cos, int number, tally& seen)
{
    for (int round = 0; round != 6; ++round) {
        auto get = [&](auto token) {
            cos.get_object({.bucket = bucket, .key = "k31"}, std::move(token));
        };
        co_await cancelled_after(std::chrono::microseconds(100 * (number + round)), seen, get);
    }
}

TEST_CASE("threads: mixed operations of one client on four threads")
{
    emulated here;
    asio::thread_pool threads(4);
    here.config.pool.maximum_per_host = 6;
    here.config.retry = retry_settings();
    here.config.retry.base_delay = 1ms;
    here.config.retry.budget = 10'000;
    const auto who = here.config.credentials;
    here.config.provider =
        credentials_from([who]() -> asio::awaitable<result<expiring_credentials>> {
            const auto soon = std::chrono::floor<std::chrono::seconds>(
                                  std::chrono::system_clock::now()) +
                2s;
            co_return expiring_credentials(who, soon);
        });
    std::atomic<int> events{0};
    here.config.observer = [&](const event&) { ++events; };
    const client cos(threads.get_executor(), here.config);
    for (std::size_t i = 0; i != 20; ++i) {
        here.server.inject(fault::reply_with(503, "SlowDown").skip(7 * i));
        here.server.inject(fault::reset_after_reply_bytes(10 * i).skip(11 * i));
        here.server.inject(fault::reply_with(400, "ExpiredToken").skip(50 * i));
    }
    tally seen;
    std::vector<std::future<void>> all;
    for (int number = 0; number != 32; ++number) {
        all.push_back(asio::co_spawn(threads, work(cos, number, seen), asio::use_future));
        all.push_back(asio::co_spawn(asio::make_strand(threads),
            cancelled_work(cos, number, seen), asio::use_future));
    }
    for (int i = 0; i != 50; ++i) {
        const client copy = cos; // NOLINT: copies are made and go while others work.
        static_cast<void>(copy.counters());
        std::this_thread::sleep_for(1ms);
    }
    for (auto& each : all)
        each.get();
    threads.join();
    CHECK(seen.wrong == 0);
    CHECK(seen.right > 180);
    CHECK(seen.right + seen.failed == 32 * 6);
    CHECK(events > 32 * 6 * 6);
    CHECK(cos.counters().in_use == 0);
    CHECK(cos.counters().waiting == 0);
    MESSAGE("right ", seen.right.load(), ", failed ", seen.failed.load(), ", cancelled ",
        seen.cancelled.load(), ", connections ", cos.counters().opened);
}

asio::awaitable<void> transfers(
    const client& cos, const support::temporary_directory& files, int number, tally& seen)
{
    const auto key = key_of(number);
    const auto name = "file" + std::to_string(number);
    const auto text = pattern(40'000 + static_cast<std::size_t>(number));
    const auto source = files.write(name, text);
    const auto target = files / (name + ".back");
    transfer_options options;
    options.part_size = 4'000;
    options.threshold = 4'000;
    options.allow_small_parts = true;
    for (int round = 0; round != 3; ++round) {
        const auto up = co_await cos.upload_file({.bucket = bucket, .key = name, .path = source,
            .sse = with(key), .options = options});
        const auto copied = co_await cos.copy({.bucket = bucket, .key = name + ".copy",
            .copy_source = {.bucket = bucket, .key = name, .sse = with(key)},
            .sse = with(key), .options = options});
        const auto down = co_await cos.download_file({.bucket = bucket, .key = name,
            .path = target, .sse = with(key), .options = options});
        ++(up && copied && down ? seen.right : seen.failed);
        if (down && files.read(name + ".back") != text)
            ++seen.wrong;
    }
}

/// Yields a piece, after a while, for as long as it is asked.
struct endless_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        asio::steady_timer pause(co_await asio::this_coro::executor, 50us);
        co_await pause.async_wait(asio::use_awaitable);
        co_return buffer.size();
    }
    [[nodiscard]] static std::optional<std::uint64_t> size() { return std::nullopt; }
};

/// Uploads of a source and of a file.
asio::awaitable<void> cancelled_uploads(
    const client& cos, const support::temporary_directory& files, int number, tally& seen)
{
    const auto name = "cancelled" + std::to_string(number);
    const auto path = files.write(name, pattern(3'000'000));
    for (int round = 0; round != 8; ++round) {
        endless_source source;
        auto upload = [&](auto token) {
            if (round % 2 == 0)
                cos.put_object({.bucket = bucket, .key = name, .body = source}, std::move(token));
            else
                cos.upload_file({.bucket = bucket, .key = name, .path = path}, std::move(token));
        };
        co_await cancelled_after(
            std::chrono::microseconds(700 * (number + round)), seen, upload);
    }
}

TEST_CASE("threads: uploads of one client that are cancelled on four threads")
{
    emulated here;
    const support::temporary_directory files;
    asio::thread_pool threads(4);
    const client cos(threads.get_executor(), here.config);
    tally seen;
    std::vector<std::future<void>> all;
    for (int number = 0; number != 8; ++number)
        all.push_back(asio::co_spawn(asio::make_strand(threads),
            cancelled_uploads(cos, files, number, seen), asio::use_future));
    for (auto& each : all)
        each.get();
    threads.join();
    CHECK(seen.cancelled >= 8 * 4); // No source ends by itself.
    CHECK(seen.cancelled + seen.ended == 8 * 8);
    CHECK(cos.counters().in_use == 0);
}

/// Operations that end at about the time their limit ends them.
asio::awaitable<void> race_with_limit(
    std::shared_ptr<net::deadline_watch> watch, int number, tally& seen)
{
    const auto strand = co_await asio::this_coro::executor;
    for (int round = 0; round != 100; ++round) {
        timeout_settings limits;
        limits.total = 1ms;
        const auto control = std::make_shared<net::operation_control>(strand, limits, watch);
        const bool done =
            co_await net::pause(*control, std::chrono::microseconds(850 + (number + round) % 8 * 50));
        ++(done ? seen.ended : seen.cancelled);
    }
}

TEST_CASE("threads: limits of time that end operations which end, on four threads")
{
    asio::thread_pool threads(4);
    const auto watch = std::make_shared<net::deadline_watch>(threads.get_executor());
    tally seen;
    std::vector<std::future<void>> all;
    for (int number = 0; number != 16; ++number)
        all.push_back(asio::co_spawn(asio::make_strand(threads),
            race_with_limit(watch, number, seen), asio::use_future));
    for (auto& each : all)
        each.get();
    threads.join(); // No deadline is left.
    CHECK(seen.ended + seen.cancelled == 16 * 100);
    CHECK(seen.cancelled > 0);
}

TEST_CASE("threads: transfers of one client on four threads")
{
    testing::emulator_options small_parts;
    small_parts.minimum_part_size = 1;
    emulated here(small_parts);
    const support::temporary_directory files;
    asio::thread_pool threads(4);
    const client cos(threads.get_executor(), here.config);
    tally seen;
    std::vector<std::future<void>> all;
    for (int number = 0; number != 8; ++number)
        all.push_back(
            asio::co_spawn(threads, transfers(cos, files, number, seen), asio::use_future));
    for (auto& each : all)
        each.get();
    threads.join();
    CHECK(seen.right == 8 * 3);
    CHECK(seen.wrong == 0);
    CHECK(cos.counters().in_use == 0);
}

} // namespace threads_test
