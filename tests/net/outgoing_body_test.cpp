#include <cosio/net/outgoing_body.hpp>

#include "support/scripted_stream.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using cosio::body_view;
using cosio::errc;
using cosio::http::method;
using cosio::net::exchange;
using cosio::net::outgoing_body;

namespace {

/// Yields `text` in pieces of `step`, and says that it has `says` bytes.
struct text_source
{
    std::string text{};
    std::size_t step = 1;
    std::optional<std::uint64_t> says{};
    std::size_t at = 0;

    asio::awaitable<cosio::result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto count = std::min({step, buffer.size(), text.size() - at});
        std::memcpy(buffer.data(), text.data() + at, count);
        at += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return says; }
    bool rewind()
    {
        at = 0;
        return true;
    }
};

static_assert(cosio::body_source<text_source>);

struct outcome
{
    std::string sent{};
    std::uint64_t crc64 = 0;
    std::size_t largest = 0;
    std::error_code problem{};
};

asio::awaitable<outcome> send_all(body_view body)
{
    outcome seen;
    exchange progress(method::put, body.size());
    outgoing_body outgoing(body, body.size());
    const auto control = std::make_shared<cosio::net::operation_control>(
        co_await asio::this_coro::executor, cosio::timeout_settings());
    cosio::net::source_read reading(*control);
    for (;;) {
        auto piece = co_await outgoing.next(progress, reading);
        if (!piece) {
            seen.problem = piece.error().code;
            co_return seen;
        }
        if (piece->empty())
            break;
        seen.largest = std::max(seen.largest, piece->size());
        seen.sent.append(cosio::detail::text_of(*piece));
    }
    seen.crc64 = outgoing.crc64();
    co_return seen;
}

std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

std::uint64_t crc64_of(const std::string& text)
{
    return cosio::crypto::crc64_of(cosio::detail::bytes_of(text));
}

} // namespace

TEST_CASE("bytes in memory are cut into pieces without being copied or changed")
{
    for (const std::size_t size : {0U, 1U, 131071U, 131072U, 131073U, 400000U}) {
        const auto text = pattern(size);
        const auto seen = support::run(send_all(text));
        CHECK(seen.sent == text);
        CHECK(seen.crc64 == crc64_of(text));
        CHECK(seen.largest <= outgoing_body::piece_size);
    }
}

TEST_CASE("a source that knows its size")
{
    for (const std::size_t size : {0U, 1U, 5U, 262143U, 262144U, 262145U, 600000U})
        for (const std::size_t step : {7U, 4096U, 1U << 20U}) {
            if (step == 7 && size > 10)
                continue;
            text_source source{pattern(size), step, size};
            const auto seen = support::run(send_all(source));
            CHECK(seen.largest <= outgoing_body::source_piece_size);
            CHECK(seen.sent == source.text);
            CHECK(seen.crc64 == crc64_of(source.text));
        }
}

TEST_CASE("a source that does not know its size is sent in chunks")
{
    text_source source{"hello world", 5, std::nullopt};
    const auto seen = support::run(send_all(source));
    CHECK(seen.sent == "5\r\nhello\r\n5\r\n worl\r\n1\r\nd\r\n0\r\n\r\n");
    CHECK(seen.crc64 == crc64_of("hello world"));
    text_source empty{"", 5, std::nullopt};
    CHECK(support::run(send_all(empty)).sent == "0\r\n\r\n");
}

TEST_CASE("a source that is not of the size it said never sends its last byte")
{
    text_source more{"hello", 5, 4};
    auto seen = support::run(send_all(more));
    CHECK(seen.problem == errc::body_size_mismatch);
    CHECK(seen.sent.empty());

    text_source fewer{"hello", 2, 6};
    seen = support::run(send_all(fewer));
    CHECK(seen.problem == errc::body_size_mismatch);
    CHECK(seen.sent.size() < 6);

    text_source none{"", 5, 1};
    CHECK(support::run(send_all(none)).problem == errc::body_size_mismatch);
    text_source some{"x", 5, 0};
    CHECK(support::run(send_all(some)).problem == errc::body_size_mismatch);
}

namespace {

struct failing_source
{
    bool lies = false;
    asio::awaitable<cosio::result<std::size_t>> read(std::span<std::byte> buffer)
    {
        if (lies)
            co_return buffer.size() + 1;
        co_return cosio::error(std::make_error_code(std::errc::io_error), "disk gone");
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return 10; }
};

} // namespace

TEST_CASE("an error of the source ends the operation with it")
{
    failing_source source;
    CHECK(support::run(send_all(source)).problem == std::errc::io_error);
    source.lies = true;
    CHECK(support::run(send_all(source)).problem == errc::body_source_failed);
}

TEST_CASE("a view is copied, not referred to")
{
    failing_source source;
    cosio::body_view of_source(source);
    cosio::body_view of_text("text");
    cosio::body_view copies[] = {of_source, of_text};
    of_source = of_text = cosio::body_view();
    CHECK_FALSE(copies[0].in_memory());
    CHECK_FALSE(copies[0].replayable());
    CHECK(copies[0].size() == 10);
    CHECK(support::run(send_all(copies[0])).problem == std::errc::io_error);
    CHECK(copies[1].in_memory());
    CHECK(copies[1].size() == 4);
}
