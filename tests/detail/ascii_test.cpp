#include <cosio/detail/ascii.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using namespace cosio::detail;

TEST_CASE("numbers are digits and nothing else")
{
    CHECK(parse_number<std::uint64_t>("0") == 0);
    CHECK(parse_number<std::uint64_t>("18446744073709551615") == UINT64_MAX);
    CHECK(parse_number<std::uint64_t>("ff", 16) == 255);
    for (const std::string_view text : {"", " 1", "1 ", "+1", "-1", "1x", "0x1",
             "18446744073709551616", "99999999999999999999"})
        CHECK_MESSAGE(!parse_number<std::uint64_t>(text), text);
    CHECK_FALSE(parse_number<std::uint64_t>("-1", 16));
    std::string text = "n=";
    append_number(text, UINT64_MAX);
    CHECK(text == "n=18446744073709551615");
}

TEST_CASE("UTF-8 is checked as RFC 3629 wants it")
{
    for (const std::string_view good :
        {"", "abc", "腾讯云", "\xf0\x9f\x94\x91", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(is_utf8(good));
    for (const std::string_view bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
             "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe8\x85", "\xff", "a\xe8z"})
        CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("trimming and comparing")
{
    CHECK(trimmed("\t a b \t") == "a b");
    CHECK(trimmed(" \t ").empty());
    CHECK(equal_ignoring_case("Content-MD5", "content-md5"));
    CHECK_FALSE(equal_ignoring_case("a", "ab"));
    CHECK(starts_with_ignoring_case("X-Cos-Meta-a", "x-cos-meta-"));
}
