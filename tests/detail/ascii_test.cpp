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

TEST_CASE("trimming and comparing")
{
    CHECK(trimmed("\t a b \t") == "a b");
    CHECK(trimmed(" \t ").empty());
    CHECK(equal_ignoring_case("Content-MD5", "content-md5"));
    CHECK_FALSE(equal_ignoring_case("a", "ab"));
    CHECK(starts_with_ignoring_case("X-Cos-Meta-a", "x-cos-meta-"));
}
