#include <cosio/http/response_parser.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

using cosio::errc;
using cosio::http::head_limits;
using cosio::http::response_head;
using cosio::http::response_parser;

namespace {

struct outcome
{
    cosio::result<std::size_t> length = std::size_t{0};
    response_head head{};
};

outcome parse(std::string_view text, head_limits limits = {})
{
    outcome seen;
    response_parser parser(limits);
    seen.length = parser.parse(text, seen.head);
    return seen;
}

std::string with(std::string_view fields)
{
    return std::string("HTTP/1.1 200 OK\r\n").append(fields).append("\r\n");
}

void check_malformed(std::string_view text)
{
    const auto seen = parse(text);
    CAPTURE(text);
    REQUIRE_FALSE(seen.length);
    CHECK(seen.length.error().code == errc::malformed_response);
}

} // namespace

TEST_CASE("a whole head")
{
    const std::string text = "HTTP/1.1 206 Partial Content\r\nContent-Length: 7\r\nETag:\"a\"\r\n"
                             "x-cos-request-id: \t NWU5 \t\r\nEmpty:\r\n\r\n";
    const auto seen = parse(text + "payload");
    REQUIRE(seen.length);
    CHECK(*seen.length == text.size());
    CHECK(seen.head.status == 206);
    CHECK(seen.head.minor_version == 1);
    CHECK(seen.head.content_length == 7);
    CHECK_FALSE(seen.head.chunked);
    CHECK(seen.head.keep_alive);
    CHECK(seen.head.size() == 4);
    CHECK(seen.head.get("etag") == "\"a\"");
    CHECK(seen.head.get("X-COS-Request-Id") == "NWU5");
    CHECK(seen.head.find("empty") == "");
    CHECK_FALSE(seen.head.find("absent"));
}

TEST_CASE("fields are found in any case, and those that are not there are not")
{
    std::string fields;
    for (int i = 0; i != 100; i += 2)
        fields += "X-Field_" + std::to_string(i * i) + ": " + std::to_string(i) + "\r\n";
    const auto seen = parse(with(fields + "a: first\r\nA: second\r\n"));
    REQUIRE(seen.length);
    for (int i = 0; i != 100; ++i) {
        const auto number = std::to_string(i * i);
        const auto expected = i % 2 == 0 ? std::to_string(i) : std::string();
        CHECK(seen.head.get("x-field_" + number) == expected);
        CHECK(seen.head.get("X-FIELD_" + number) == expected);
    }
    CHECK(seen.head.get("A") == "first");
    CHECK_FALSE(seen.head.find(""));
    CHECK_FALSE(response_head().find("a"));
}

TEST_CASE("values may hold tabs and bytes above ASCII, at any place")
{
    const std::string plain = "a value that is longer than a few groups of eight";
    for (const char c : {'\t', '\x80', '\xff', ' ', '~'})
        for (std::size_t place = 1; place != plain.size() - 1; ++place) {
            auto value = plain;
            value[place] = c;
            CHECK(parse(with("A: " + value + "\r\n")).head.get("a") == value);
        }
    for (const char c : {'\0', '\r', '\n', '\x1f', '\x7f', '\x0b'})
        for (std::size_t place = 0; place != plain.size(); ++place) {
            auto value = plain;
            value[place] = c;
            check_malformed(with("A: " + value + "\r\n"));
        }
}

TEST_CASE("a head that was moved away has no fields")
{
    auto seen = parse(with("A: b\r\n"));
    const auto moved = std::move(seen.head);
    CHECK(moved.get("a") == "b");
    CHECK(seen.head.size() == 0); // NOLINT(bugprone-use-after-move)
    CHECK_FALSE(seen.head.find("a"));
    seen.head.for_each("a", [](std::string_view) { FAIL("there is no field"); });
}

TEST_CASE("the head may come in any pieces")
{
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\n";
    for (std::size_t cut = 0; cut != text.size(); ++cut) {
        response_parser parser;
        response_head head;
        REQUIRE(parser.parse(text.substr(0, cut), head).value() == 0);
        REQUIRE(parser.parse(text, head).value() == text.size());
        CHECK(head.content_length == 5);
    }
    response_parser parser;
    response_head head;
    for (std::size_t size = 0; size != text.size(); ++size)
        REQUIRE(parser.parse(text.substr(0, size), head).value() == 0);
    REQUIRE(parser.parse(text, head).value() == text.size());
    REQUIRE(parser.parse(text.substr(0, 9), head).value() == 0); // Ready for the next head.
    CHECK(head.size() == 0);
    CHECK(head.status == 0);
    REQUIRE(parser.parse(text, head).value() == text.size());
}

TEST_CASE("a head that comes byte by byte is read as one that comes at once")
{
    int whole = 0;
    for (const std::string_view text :
        {"HTTP/1.1 200 OK\r\nx-cos-request-id: NWU5\r\nA:\r\nB: \t c \r\n\r\n",
            "HTTP/1.0 404 No\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\n",
            "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\r\n",
            "HTTP/1.1 200 OK\r\nA\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"}) {
        CAPTURE(text);
        const auto at_once = parse(text);
        response_parser parser;
        response_head head;
        cosio::result<std::size_t> length{std::size_t{0}};
        for (std::size_t size = 0; size <= text.size() && length && *length == 0; ++size) {
            REQUIRE(head.size() == 0);
            REQUIRE(head.status == 0);
            REQUIRE_FALSE(head.find("a"));
            length = parser.parse(std::string(text.substr(0, size)), head);
        }
        REQUIRE(length.has_value() == at_once.length.has_value());
        if (!length) {
            CHECK(length.error().message == at_once.length.error().message);
            continue;
        }
        ++whole;
        CHECK(*length == *at_once.length);
        CHECK(head.status == at_once.head.status);
        CHECK(head.minor_version == at_once.head.minor_version);
        CHECK(head.content_length == at_once.head.content_length);
        CHECK(head.keep_alive == at_once.head.keep_alive);
        REQUIRE(head.size() == at_once.head.size());
        for (std::size_t i = 0; i != head.size(); ++i) {
            CHECK(head[i].name == at_once.head[i].name);
            CHECK(head[i].value == at_once.head[i].value);
        }
    }
    CHECK(whole == 2);
}

TEST_CASE("of a head that is refused its status is known, and the parser is ready for the next")
{
    response_parser parser;
    response_head head;
    for (const std::string_view rest : {"Retry-After: 1\r\nA b\r\n\r\n", "A: b\rc\r\n\r\n",
             "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "\rx"}) {
        CAPTURE(rest);
        CHECK_FALSE(parser.parse(std::string("HTTP/1.1 503 Busy\r\n").append(rest), head));
        CHECK(head.status == 503);
        CHECK(head.size() == 0);
        CHECK_FALSE(head.content_length);
        CHECK(parser.parse("HTTP/1.1 2", head).value() == 0);
        CHECK(head.status == 0);
        const std::string_view next = "HTTP/1.1 204 None\r\nC: d\r\n\r\n";
        CHECK(parser.parse(next, head).value() == next.size());
        CHECK(head.status == 204);
    }
    CHECK_FALSE(parser.parse("HTTP/1.1 5030 Busy\r\n", head));
    CHECK(head.status == 0);
}

TEST_CASE("a line that cannot become a field is refused before the head is whole")
{
    check_malformed("HTTP/1.1 200 OK\r\nA b");
    check_malformed("HTTP/1.1 200 OK\r\n c");
    check_malformed("HTTP/1.1 200 OK\r\n:");
    check_malformed("HTTP/1.1 200 OK\r\nA: b\n");
    check_malformed("HTTP/1.1 200 OK\r\nA: b\rc");
    check_malformed("HTTP/1.1 200 OK\r\n\rc");
}

TEST_CASE("the second of two fields of one name, behind more fields than a byte can count")
{
    std::string fields;
    for (int i = 0; i != 300; ++i)
        fields.append("A").append(std::to_string(i)).append(": ").append(std::to_string(i)).append(
            "\r\n");
    const auto seen = parse(with(fields + "B: first\r\nb: second\r\n"), {.fields = 400});
    REQUIRE(seen.length);
    CHECK(seen.head.get("a299") == "299");
    CHECK(seen.head.get("B") == "first");
    std::string all;
    seen.head.for_each("b", [&all](std::string_view value) { all.append(value).append(";"); });
    CHECK(all == "first;second;");
    seen.head.for_each("c", [](std::string_view) { FAIL("there is no such field"); });
}

TEST_CASE("keep-alive follows the version and the Connection field")
{
    CHECK(parse("HTTP/1.1 200 OK\r\n\r\n").head.keep_alive);
    CHECK_FALSE(parse("HTTP/1.0 200 OK\r\n\r\n").head.keep_alive);
    CHECK(parse("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n").head.keep_alive);
    CHECK_FALSE(parse(with("Connection: close\r\n")).head.keep_alive);
    CHECK_FALSE(parse(with("Connection: x, Close\r\nConnection: keep-alive\r\n")).head.keep_alive);
}

TEST_CASE("status lines")
{
    CHECK(parse("HTTP/1.1 200\r\n\r\n").head.status == 200);
    CHECK(parse("HTTP/1.1 200 \r\n\r\n").head.status == 200);
    CHECK(parse("HTTP/1.1 100 CONTINUE\r\n\r\n").head.status == 100);
    for (const std::string_view line : {"HTTP/1.2 200 OK", "HTTP/2 200 OK", "http/1.1 200 OK",
             "HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 2x0 OK",
             "HTTP/1.1 099 OK", "HTTP/1.1 -20 OK", "HTTP/1.1200 OK", "ICY 200 OK", "", "HTTP/1.1"})
        check_malformed(std::string(line).append("\r\n\r\n"));
    check_malformed(std::string_view("HTTP/1.1 200 O\0K\r\n\r\n", 20));
    check_malformed("SSH-2.0-OpenSSH\r\n"); // Not even a line that is whole is needed to tell.
    check_malformed("\x15\x03\x03");
}

TEST_CASE("what could be read in two ways is refused")
{
    check_malformed("HTTP/1.1 200 OK\n\n");
    check_malformed("HTTP/1.1 200 OK\r\nA: b\n\r\n");
    check_malformed(with("Content-Length: 5\r\nContent-Length: 5\r\n"));
    check_malformed(with("Content-Length: 5\r\nContent-Length: 6\r\n"));
    check_malformed(with("Content-Length: 5, 5\r\n"));
    check_malformed(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"));
    check_malformed(with("Transfer-Encoding: chunked\r\ncontent-length: 5\r\n"));
    check_malformed(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
    check_malformed(with("Transfer-Encoding: gzip, chunked\r\n"));
    check_malformed(with("Transfer-Encoding: identity\r\n"));
    check_malformed("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    check_malformed(with("A: b\r\n c\r\n"));
    check_malformed(with("A: b\r\n\tc\r\n"));
    check_malformed(with("A : b\r\n"));
    check_malformed(with(": b\r\n"));
    check_malformed(with("A\r\n"));
    check_malformed(with("A b: c\r\n"));
    check_malformed(with("A: b\rc\r\n"));
    check_malformed(with(std::string_view("A: b\0c\r\n", 8)));
    check_malformed(with("A: b\x7f\r\n"));
}

TEST_CASE("lengths are plain numbers in range")
{
    CHECK(parse(with("Content-Length: 0\r\n")).head.content_length == 0);
    CHECK(parse(with("Content-Length: 9223372036854775807\r\n")).head.content_length ==
        9223372036854775807U);
    for (const std::string_view value : {"-1", "+1", "0x10", "1 2", "", "9223372036854775808",
             "18446744073709551616", "1e3", "1.0"})
        check_malformed(with(std::string("Content-Length: ").append(value).append("\r\n")));
}

TEST_CASE("limits")
{
    const auto big = parse(with("A: " + std::string(200, 'x') + "\r\n"), {.bytes = 100, .fields = 9});
    REQUIRE_FALSE(big.length);
    CHECK(big.length.error().code == errc::response_too_large);

    const auto endless =
        parse("HTTP/1.1 200 " + std::string(200, 'x'), {.bytes = 100, .fields = 9});
    REQUIRE_FALSE(endless.length);
    CHECK(endless.length.error().code == errc::response_too_large);

    response_parser parser({.bytes = 100, .fields = 9});
    response_head head;
    const auto text = with("A: " + std::string(200, 'x') + "\r\n");
    for (std::size_t size = 0; size <= 100; ++size)
        REQUIRE(parser.parse(text.substr(0, size), head).value() == 0);
    CHECK(parser.parse(text.substr(0, 101), head).error().code == errc::response_too_large);

    const std::string fits = with("A: " + std::string(80, 'x') + "\r\n");
    CHECK(parse(fits, {.bytes = fits.size()}).length);
    CHECK_FALSE(parse(fits, {.bytes = fits.size() - 1}).length);

    const auto many = parse(with("A: b\r\nA: b\r\nA: b\r\n"), {.bytes = 1000, .fields = 2});
    REQUIRE_FALSE(many.length);
    CHECK(many.length.error().code == errc::response_too_large);
    CHECK(parse(with("A: b\r\nA: b\r\n"), {.bytes = 1000, .fields = 2}).length);
}
