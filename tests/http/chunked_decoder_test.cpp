#include <cosio/http/chunked_decoder.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using cosio::errc;
using cosio::http::chunked_decoder;

namespace {

struct outcome
{
    std::string body{};
    std::string rest{};
    bool done = false;
    cosio::error problem{};
};

/// Shows the decoder `step` more bytes at a time.
outcome decode(std::string_view text, std::size_t step)
{
    outcome seen;
    chunked_decoder decoder;
    std::size_t at = 0;
    for (std::size_t shown = 0; shown <= text.size() && !decoder.done();) {
        auto piece = decoder.next(text.substr(at, shown - at));
        if (!piece) {
            seen.problem = piece.error();
            return seen;
        }
        seen.body.append(piece->payload);
        at += piece->consumed;
        if (piece->consumed == 0) {
            if (shown == text.size())
                break;
            shown = std::min(text.size(), shown + step);
        }
    }
    seen.done = decoder.done();
    seen.rest = text.substr(at);
    return seen;
}

} // namespace

TEST_CASE("chunks, extensions and trailers, whatever the pieces")
{
    const std::string text =
        "5\r\nhello\r\n1;name=value\r\n \r\n0006\r\nwor\r\nd\r\n0\r\nTrailer: x\r\n\r\nnext";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        const auto seen = decode(text, step);
        REQUIRE(seen.done);
        REQUIRE(seen.body == "hello wor\r\nd");
        REQUIRE(seen.rest == "next");
    }
    CHECK(decode("0\r\n\r\n", 1).done);
}

TEST_CASE("an unfinished body is not done")
{
    const std::string text = "5\r\nhello\r\n0\r\n\r\n";
    for (std::size_t size = 0; size != text.size(); ++size) {
        const auto seen = decode(text.substr(0, size), 3);
        CHECK_FALSE(seen.done);
        CHECK_FALSE(seen.problem.code);
    }
}

TEST_CASE("what breaks the coding is refused")
{
    for (const std::string_view text : {"\r\n", "x\r\n", "-2\r\nab\r\n", "0x5\r\nhello\r\n",
             "5 \r\nhello\r\n", " 5\r\nhello\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n",
             "8000000000000000\r\n", "10000000000000000\r\n", "0\r\nbad trailer\r\n\r\n",
             "0\r\n: x\r\n\r\n", "1;a\rb\r\nx\r\n"})
        for (const std::size_t step : {1U, 100U}) {
            const auto seen = decode(text, step);
            CAPTURE(text);
            CHECK(seen.problem.code == errc::malformed_response);
        }
}

TEST_CASE("lines and trailers are bounded")
{
    CHECK(decode("1;" + std::string(5000, 'a'), 100).problem.code == errc::response_too_large);
    std::string text = "0\r\n";
    for (int i = 0; i != 100; ++i)
        text.append("A: b\r\n");
    CHECK(decode(text, 100).problem.code == errc::response_too_large);
}
