#include <cosio/http/response_body.hpp>

#include <doctest/doctest.h>

using namespace cosio::http;
using cosio::errc;

namespace {

response_head head_with(unsigned status, std::optional<std::uint64_t> length, bool chunked = false)
{
    response_head head;
    head.status = status;
    head.content_length = length;
    head.chunked = chunked;
    return head;
}

} // namespace

TEST_CASE("framing follows RFC 9112, 6.3")
{
    CHECK(framing_of(method::get, 200, true, false) == framing::length);
    CHECK(framing_of(method::get, 200, false, true) == framing::chunked);
    CHECK(framing_of(method::get, 200, false, false) == framing::until_close);
    for (const unsigned status : {100U, 204U, 304U})
        CHECK(framing_of(method::get, status, true, true) == framing::none);
    CHECK(framing_of(method::head, 200, true, false) == framing::none);
    CHECK(framing_of(method::head, 404, true, false) == framing::none);
    CHECK(framing_of(method::delete_, 404, true, false) == framing::length);
}

TEST_CASE("a body with a length")
{
    response_body body(method::get, head_with(200, 5));
    CHECK_FALSE(body.done());
    CHECK(body.known_left() == 5);
    auto piece = body.next("hel").value();
    CHECK(piece.payload == "hel");
    CHECK(body.closed().error().code == errc::truncated_body);
    body.took(1);
    piece = body.next("oNEXT").value();
    CHECK(piece.payload == "o");
    CHECK(piece.consumed == 1);
    CHECK(body.done());
    CHECK(body.closed());
}

TEST_CASE("no body at all")
{
    CHECK(response_body(method::get, head_with(200, 0)).done());
    CHECK(response_body(method::head, head_with(200, 349)).done());
    CHECK(response_body(method::get, head_with(304, 349)).done());
}

TEST_CASE("a body that ends with the connection")
{
    response_body body(method::get, head_with(200, std::nullopt));
    CHECK(body.next("abc").value().payload == "abc");
    CHECK_FALSE(body.done());
    CHECK(body.closed());
    CHECK(body.done());
}

TEST_CASE("a chunked body that is cut off")
{
    response_body body(method::get, head_with(200, std::nullopt, true));
    CHECK(body.next("3\r\nabc").value().consumed == 3);
    CHECK(body.next("abc").value().payload == "abc");
    CHECK_FALSE(body.done());
    CHECK(body.closed().error().code == errc::truncated_body);
}
