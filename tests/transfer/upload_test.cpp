// Bodies of any size: bytes in memory, and sources that do not know how long they are.

#include "transfer/transferring.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
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

TEST_CASE("upload: a source with more parts than an upload may have is given up")
{
    transferring here;
    endless_source source{.text = pattern(10'001)};
    auto options = here.options();
    options.part_size = 1;
    options.parallelism = 8;
    const auto failed = here.get(here.client(here.server.client_config(scheme::http)).upload(
        {.bucket = bucket, .key = "k", .body = source, .options = options}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().field == "part_size");
    CHECK(here.unfinished() == 0);
}

} // namespace upload_test
