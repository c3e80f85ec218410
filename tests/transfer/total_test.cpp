// The limit of a whole transfer: none of its requests is slow, but all of them together are.

#include "transfer/transferring.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace total_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::pattern;
using support::transferring;
using testing::fault;

constexpr std::size_t size = 20'000; // 20 parts.

/// Yields a thousand bytes at a time, each after a pause.
struct slow_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> room)
    {
        asio::steady_timer timer(co_await asio::this_coro::executor, pause);
        co_await timer.async_wait(asio::use_awaitable);
        const auto count = std::min<std::size_t>({left, room.size(), 1000});
        std::fill_n(room.begin(), count, std::byte{'x'});
        left -= count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return std::nullopt; }

    std::chrono::milliseconds pause{0};
    std::size_t left = total_test::size;
};

struct slow_sink
{
    asio::awaitable<result<void>> write(std::span<const std::byte> bytes)
    {
        written += bytes.size();
        asio::steady_timer timer(co_await asio::this_coro::executor, pause);
        co_await timer.async_wait(asio::use_awaitable);
        co_return result<void>();
    }

    std::chrono::milliseconds pause{0};
    std::size_t written = 0;
};

/// One transfer: what makes it slow, and how it is begun. Yields its error, if it has one.
struct transfer_case
{
    std::string_view name;
    std::string_view slow_method;
    std::function<std::optional<error>(transferring&, const transfer_options&)> start;
};

template <class T>
std::optional<error> error_of(const result<T>& done)
{
    return done ? std::nullopt : std::optional<error>(done.error());
}

std::vector<transfer_case> all_transfers()
{
    return {
        {"upload of bytes", "PUT",
            [](transferring& here, const transfer_options& options) {
                const auto text = pattern(size);
                return error_of(here.get(here.cos.upload(
                    {.bucket = bucket, .key = "new", .body = text, .options = options})));
            }},
        {"upload of a source", "PUT",
            [](transferring& here, const transfer_options& options) {
                slow_source source;
                return error_of(here.get(here.cos.upload(
                    {.bucket = bucket, .key = "new", .body = source, .options = options})));
            }},
        {"upload of a source that is slow itself", "none",
            [](transferring& here, const transfer_options& options) {
                slow_source source{.pause = 40ms};
                return error_of(here.get(here.cos.upload(
                    {.bucket = bucket, .key = "new", .body = source, .options = options})));
            }},
        {"upload_file", "PUT",
            [](transferring& here, const transfer_options& options) {
                return error_of(here.get(here.cos.upload_file({.bucket = bucket, .key = "new",
                    .path = here.files / "source", .options = options})));
            }},
        {"download", "GET",
            [](transferring& here, const transfer_options& options) {
                std::vector<std::byte> buffer(size);
                return error_of(here.get(here.cos.download_into(
                    {.bucket = bucket, .key = "old", .options = options}, buffer)));
            }},
        {"download to a sink that is slow itself", "none",
            [](transferring& here, const transfer_options& options) {
                slow_sink sink{.pause = 1000ms};
                return error_of(here.get(here.cos.download_to(
                    {.bucket = bucket, .key = "old", .options = options}, sink)));
            }},
        {"download_file", "GET",
            [](transferring& here, const transfer_options& options) {
                return error_of(here.get(here.cos.download_file({.bucket = bucket, .key = "old",
                    .path = here.files / "target", .options = options})));
            }},
        {"download_directory", "GET",
            [](transferring& here, const transfer_options& options) {
                return error_of(here.get(here.cos.download_directory({.bucket = bucket,
                    .prefix = "many/", .path = here.files / "tree", .options = options})));
            }},
        {"copy", "PUT",
            [](transferring& here, const transfer_options& options) {
                return error_of(here.get(here.cos.copy({.bucket = bucket, .key = "new",
                    .copy_source = {.bucket = bucket, .key = "old"}, .options = options})));
            }},
    };
}

transfer_options one_at_a_time()
{
    auto made = transferring::options();
    made.parallelism = 1;
    return made;
}

/// With what all of them read.
struct stocked : transferring
{
    stocked()
    {
        const auto text = pattern(size);
        files.write("source", text);
        std::filesystem::create_directory(files / "tree");
        REQUIRE(get(cos.put_object({.bucket = bucket, .key = "old", .body = text})));
        for (int i = 0; i != 20; ++i) {
            const auto key = "many/" + std::to_string(i);
            REQUIRE(get(cos.put_object({.bucket = bucket, .key = key, .body = "x"})));
        }
    }

    [[nodiscard]] std::size_t entries() const
    {
        std::size_t count = 0;
        for (const auto& one : std::filesystem::recursive_directory_iterator(files.path))
            count += one.is_regular_file() ? 1U : 0U;
        return count;
    }
};

TEST_CASE("total: each transfer ends at its limit, and not before")
{
    for (const auto& each : all_transfers()) {
        CAPTURE(each.name);
        stocked here;
        auto options = one_at_a_time();
        here.server.inject(fault::delay(40ms).on_method(std::string(each.slow_method)).always());

        options.total = 250ms;
        const auto begun = std::chrono::steady_clock::now();
        const auto late = each.start(here, options);
        const auto took = std::chrono::steady_clock::now() - begun;
        REQUIRE(late);
        CHECK(late->code == errc::total_timeout);
        CHECK(late->code == condition::timeout);
        CHECK(took >= 250ms);
        CHECK(took < 5s);
        CHECK(here.cos.counters().in_use == 0);

        CHECK(here.unfinished() == 0); // Aborted, though the time was over.
        if (each.name != "download_directory")
            CHECK(here.entries() == 1); // The source, and nothing half done.
        CHECK(here.content("new").empty());

        // The same one goes on with more time, or with none that is limited.
        options.total = 60s;
        CHECK_FALSE(each.start(here, options));
        here.server.clear_faults();
        options.total = no_timeout;
        CHECK_FALSE(each.start(here, options));
    }
}

TEST_CASE("total: one request that hangs does not outlast it")
{
    for (const auto& each : all_transfers()) {
        if (each.slow_method == "none")
            continue;
        CAPTURE(each.name);
        stocked here;
        here.server.inject(
            fault::delay(20s).on_method(std::string(each.slow_method)).skip(2).always());
        auto options = transferring::options();
        options.total = 300ms;
        const auto begun = std::chrono::steady_clock::now();
        const auto late = each.start(here, options);
        REQUIRE(late);
        CHECK(late->code == errc::total_timeout);
        CHECK(std::chrono::steady_clock::now() - begun < 5s);
    }
}

TEST_CASE("total: what was done in the time is kept, and the next run goes on from it")
{
    for (const bool up : {true, false}) {
        CAPTURE(up);
        stocked here;
        const std::string checkpoint = here.files / "checkpoint";
        auto options = one_at_a_time();
        options.checkpoint = checkpoint;
        const auto run = [&](timeout total) -> result<std::uint32_t> {
            options.total = total;
            if (up) {
                const auto done = here.get(here.cos.upload_file({.bucket = bucket, .key = "new",
                    .path = here.files / "source", .options = options}));
                return done ? result<std::uint32_t>(done->resumed_parts) : done.error();
            }
            const auto done = here.get(here.cos.download_file({.bucket = bucket, .key = "old",
                .path = here.files / "target", .options = options}));
            return done ? result<std::uint32_t>(done->resumed_parts) : done.error();
        };
        // Of all but the first five parts nothing comes.
        here.server.inject(fault::delay(20s)
                .on_method(up ? "PUT" : "GET")
                .on_target(up ? "new" : "old")
                .skip(5)
                .always());
        const auto begun = std::chrono::steady_clock::now();
        const auto late = run(500ms);
        CHECK(std::chrono::steady_clock::now() - begun < 5s);
        REQUIRE_FALSE(late);
        CHECK(late.error().code == errc::total_timeout);
        CHECK(here.files.has("checkpoint"));
        CHECK(here.unfinished() == (up ? 1 : 0));
        CHECK_FALSE(here.files.has("target"));

        here.server.clear_faults();
        const auto done = run(60s);
        REQUIRE(done);
        CHECK(*done == 5);
        CHECK_FALSE(here.files.has("checkpoint"));
        if (up)
            CHECK(here.content("new") == pattern(size));
        else
            CHECK(here.files.read("target") == pattern(size));
    }
}

TEST_CASE("total: a pipe that nobody serves")
{
    stocked here;
    const std::string pipe = here.files / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    auto options = transferring::options();
    options.total = 200ms;
    const auto check = [&](const auto& begin) {
        const auto begun = std::chrono::steady_clock::now();
        const std::optional<error> late = begin();
        REQUIRE(late);
        CHECK(late->code == errc::total_timeout);
        CHECK(std::chrono::steady_clock::now() - begun < 5s);
        CHECK(here.unfinished() == 0);
    };
    check([&] { // Nobody writes.
        return error_of(here.get(here.cos.upload_file(
            {.bucket = bucket, .key = "new", .path = pipe, .options = options})));
    });
    check([&] { // Nobody reads.
        return error_of(here.get(here.cos.download_file(
            {.bucket = bucket, .key = "old", .path = pipe, .options = options})));
    });
    const int reader = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(reader >= 0);
    const auto large = pattern(1'000'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "old", .body = large})));
    check([&] { // Somebody has opened it, and reads nothing.
        return error_of(here.get(here.cos.download_file(
            {.bucket = bucket, .key = "old", .path = pipe, .options = options})));
    });
    ::close(reader);
}

TEST_CASE("total: a limit of nothing is refused before anything is sent")
{
    for (const auto& each : all_transfers()) {
        CAPTURE(each.name);
        stocked here;
        const auto requests = here.server.counters().requests.load();
        for (const auto none : {0ms, -1ms}) {
            auto options = one_at_a_time();
            options.total = none;
            const auto refused = each.start(here, options);
            REQUIRE(refused);
            CHECK(refused->code == errc::invalid_argument);
            CHECK(refused->field == "total");
        }
        CHECK(here.server.counters().requests == requests);
    }
}

} // namespace total_test
