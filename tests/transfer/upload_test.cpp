// Bodies of any size: bytes in memory, and sources that do not know how long they are.

#include "transfer/transferring.hpp"

#include <cosio/transfer/part_plan.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace upload_test {

using namespace cosio;
using support::bucket;
using support::encryption_cases;
using support::key_of;
using support::pattern;
using support::transferring;
using testing::fault;

/// Yields a text a few bytes at a time, without saying how much there is.
struct endless_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        if (at >= fails_at)
            co_return error(std::make_error_code(std::errc::io_error), "the source broke");
        const auto left = std::as_bytes(std::span(text)).subspan(at);
        const auto count = std::min({left.size(), buffer.size(), std::size_t{77}});
        std::ranges::copy(left.first(count), buffer.begin());
        at += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return said; }

    std::string text{};
    std::optional<std::uint64_t> said{};
    std::size_t fails_at = std::string::npos;
    std::size_t at = 0;
};

TEST_CASE("upload: memory and sources, every size around the borders, in every mode")
{
    transferring here;
    const auto key = key_of(1);
    for (const auto& each : encryption_cases(key))
        for (const std::size_t size : {0U, 1U, 999U, 1000U, 1001U, 2000U, 2001U, 3000U, 7777U}) {
            CAPTURE(each.name);
            CAPTURE(size);
            const auto text = pattern(size);
            const auto check = [&](const result<upload_result>& done) {
                REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
                CHECK(done->size == size);
                CHECK(done->crc64_verified);
                CHECK(here.server.at_rest(here.server.bucket(), "k")->mode == each.mode);
                CHECK((here.content("k", each.read) == text));
            };
            check(here.get(here.cos.upload({.bucket = bucket, .key = "k", .body = text,
                .sse = each.write, .options = here.options()})));
            endless_source unknown{.text = text};
            check(here.get(here.cos.upload({.bucket = bucket, .key = "k", .body = unknown,
                .sse = each.write, .options = here.options()})));
            endless_source known{.text = text, .said = size};
            check(here.get(here.cos.upload({.bucket = bucket, .key = "k", .body = known,
                .sse = each.write, .options = here.options()})));
        }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("upload: parts of a source are sent again although it cannot rewind")
{
    transferring here;
    endless_source source{.text = pattern(9000)};
    here.server.inject(fault::reply_with(503, "SlowDown").on_target("partNumber=2").times(2));
    here.server.inject(fault::reset_after_request_bytes(900).on_target("partNumber=5"));
    REQUIRE(here.get(here.retrying().upload(
        {.bucket = bucket, .key = "k", .body = source, .options = here.options()})));
    CHECK((here.content("k") == source.text));
}

TEST_CASE("upload: a source that breaks, or lies about its size, leaves nothing behind")
{
    transferring here;
    for (const std::size_t at : {0U, 500U, 1500U, 5000U}) {
        endless_source broken{.text = pattern(9000), .fails_at = at};
        CHECK(here.get(here.cos.upload({.bucket = bucket, .key = "k", .body = broken,
            .options = here.options()})).error().code == std::errc::io_error);
        CHECK(here.unfinished() == 0);
    }
    for (const std::uint64_t said : {1U, 8999U, 9001U}) {
        endless_source liar{.text = pattern(9000), .said = said};
        CHECK(here.get(here.cos.upload({.bucket = bucket, .key = "k", .body = liar,
            .options = here.options()})).error().code == errc::body_size_mismatch);
        CHECK(here.unfinished() == 0);
    }
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
}

/// Yields so many bytes, and then nothing until it is cancelled, or throws.
struct stuck_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        if (left == 0 && throws)
            throw std::runtime_error("the source is gone");
        asio::steady_timer never(
            co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
        if (left == 0)
            co_await never.async_wait(asio::use_awaitable);
        const auto count = std::min(left, buffer.size());
        left -= count;
        co_return count;
    }
    [[nodiscard]] static std::optional<std::uint64_t> size() { return std::nullopt; }

    std::size_t left = 0;
    bool throws = false;
};

TEST_CASE("upload: a source that is stuck, or throws, is no reason to be stuck, or leave parts")
{
    transferring here;
    for (const std::size_t yields : {0U, 500U, 2500U}) {
        CAPTURE(yields);
        stuck_source stuck{.left = yields};
        asio::cancellation_signal signal;
        std::optional<error> seen;
        here.cos.upload(
            {.bucket = bucket, .key = "k", .body = stuck, .options = here.options()},
            asio::bind_cancellation_slot(signal.slot(),
                [&](const result<upload_result>& got) { seen = got ? error() : got.error(); }));
        here.context.restart();
        here.context.run_for(std::chrono::milliseconds(100));
        CHECK_FALSE(seen);
        signal.emit(asio::cancellation_type::terminal);
        here.context.run_for(std::chrono::seconds(5));
        REQUIRE(seen);
        CHECK(seen->code == errc::cancelled);
        CHECK(here.unfinished() == 0);

        stuck_source thrown{.left = yields, .throws = true};
        const auto failed = here.get(here.cos.upload(
            {.bucket = bucket, .key = "k", .body = thrown, .options = here.options()}));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code == errc::body_source_failed);
        CHECK(here.unfinished() == 0);
    }
    // The part that fails ends the wait for the source of the next.
    here.server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber").always());
    stuck_source stuck{.left = 2500};
    const auto refused = here.get(here.cos.upload(
        {.bucket = bucket, .key = "k", .body = stuck, .options = here.options()}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == service_errc::access_denied);
    CHECK(here.unfinished() == 0);
}

/// Yields this many bytes, which depend on where they are, without saying how many there are.
struct long_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto count = std::min<std::uint64_t>(size_ - at, buffer.size());
        for (std::size_t i = 0; i != count; ++i)
            buffer[i] = static_cast<std::byte>((at + i) * 31 + (at + i) / 253);
        at += count;
        co_return count;
    }
    [[nodiscard]] static std::optional<std::uint64_t> size() { return std::nullopt; }

    std::uint64_t size_ = 0;
    std::uint64_t at = 0;
};

TEST_CASE("upload: parts of a source that does not end soon grow, and end where they have to")
{
    transferring here;
    const auto upload = [&](std::uint64_t size) {
        long_source source{.size_ = size};
        auto options = here.options();
        options.part_size = 1;
        options.parallelism = 8;
        auto done = here.get(here.client(here.server.client_config(scheme::http)).upload(
            {.bucket = bucket, .key = "k", .body = source, .options = options}));
        CHECK(source.at <= size);
        return done;
    };
    const transfer::growing_parts parts(1, {1, std::uint64_t{5} << 30U, 10'000});
    const auto done = upload(10'001); // As many parts of one byte are too many.
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->parts == 6251);
    CHECK(done->crc64_verified);
    CHECK((here.content("k") == pattern(10'001)));
    const auto most = upload(parts.capacity());
    REQUIRE_MESSAGE(most, (most ? std::string() : most.error().describe()));
    CHECK(most->parts == 10'000);
    CHECK((here.content("k") == pattern(parts.capacity())));
}

TEST_CASE("upload: an endless device ends with the last part that there may be")
{
    transferring here;
    auto options = here.options();
    options.part_size = 1;
    options.parallelism = 8;
    const auto failed = here.get(here.client(here.server.client_config(scheme::http)).upload_file(
        {.bucket = bucket, .key = "k", .path = "/dev/zero", .options = options}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::invalid_argument);
    CHECK(failed.error().field == "part_size");
    CHECK(failed.error().message.find("1028000 bytes") != std::string::npos);
    CHECK(here.unfinished() == 0);
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
}

} // namespace upload_test
