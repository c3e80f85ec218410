#include <cosio/detail/utf8.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using namespace cosio::detail;

TEST_CASE("UTF-8 is checked as RFC 3629 wants it")
{
    for (const std::string_view good :
        {"", "abc", "腾讯云", "\xf0\x9f\x94\x91", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(is_utf8(good));
    for (const std::string_view bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
             "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe8\x85", "\xff", "a\xe8z"})
        CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("a code point is appended in its shortest form")
{
    const auto encoded = [](std::uint32_t code_point) {
        std::string out;
        append_utf8(out, code_point);
        return out;
    };
    CHECK(encoded(0) == std::string(1, '\0'));
    CHECK(encoded(0x7f) == "\x7f");
    CHECK(encoded(0x80) == "\xc2\x80");
    CHECK(encoded(0x7ff) == "\xdf\xbf");
    CHECK(encoded(0x800) == "\xe0\xa0\x80");
    CHECK(encoded(0xffff) == "\xef\xbf\xbf");
    CHECK(encoded(0x10000) == "\xf0\x90\x80\x80");
    CHECK(encoded(0x10ffff) == "\xf4\x8f\xbf\xbf");
}
