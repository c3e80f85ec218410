#include <cosio/detail/ascii.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
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
    CHECK(parse_number<std::uint8_t>("255") == 255);
    CHECK_FALSE(parse_number<std::uint8_t>("256"));
    CHECK(parse_number<std::uint16_t>("0065535") == 65535);
    CHECK_FALSE(parse_number<std::uint16_t>("65536"));
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

TEST_CASE("eight characters at once are lower-cased as one is")
{
    for (int byte = 0; byte != 256; ++byte)
        for (std::size_t place = 0; place != 8; ++place) {
            std::string text = "Az@[`{\x80\xff";
            text[place] = static_cast<char>(byte);
            std::string expected = text;
            std::ranges::transform(expected, expected.begin(), [](char c) { return to_lower(c); });
            const auto lower = eight_to_lower(eight_at(text.data()));
            REQUIRE(lower == eight_at(expected.data()));
        }
}

TEST_CASE("eight characters at once are looked at as one is")
{
    for (int byte = 0; byte != 256; ++byte)
        for (std::size_t place = 0; place != 8; ++place) {
            std::string text = "a ~\x80\xff!zZ";
            text[place] = static_cast<char>(byte);
            const auto count = static_cast<std::size_t>(
                std::ranges::find_if(text, is_control) - text.begin());
            REQUIRE(printable_among_eight_at(text.data()) == count);
            text.back() = '\n'; // One behind another.
            REQUIRE(printable_among_eight_at(text.data()) == std::min<std::size_t>(count, 7));
        }
}

TEST_CASE("letters, digits and hyphens among eight characters")
{
    const auto belongs = [](char c) { return is_alphanumeric(c) || c == '-'; };
    for (int byte = 0; byte != 256; ++byte)
        for (std::size_t place = 0; place != 8; ++place) {
            std::string text = "aZ-09zA5";
            text[place] = static_cast<char>(byte);
            const std::size_t count = belongs(text[place]) ? 8 : place;
            REQUIRE(name_characters_among_eight_at(text.data()) == count);
            text.back() = ':'; // One behind another.
            REQUIRE(name_characters_among_eight_at(text.data()) == std::min<std::size_t>(count, 7));
        }
}

TEST_CASE("texts of all lengths that differ in one place")
{
    const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123";
    const std::string lower = "abcdefghijklmnopqrstuvwxyz-0123";
    for (std::size_t size = 0; size <= upper.size(); ++size) {
        const auto text = std::string_view(upper).substr(0, size);
        REQUIRE(equal_ignoring_case(text, std::string_view(lower).substr(0, size)));
        std::string made_lower(text);
        make_lower(made_lower);
        REQUIRE(made_lower == std::string_view(lower).substr(0, size));
        for (std::size_t place = 0; place != size; ++place) {
            auto other = lower.substr(0, size);
            other[place] = '_';
            REQUIRE_FALSE(equal_ignoring_case(text, other));
        }
    }
    static_assert(equal_ignoring_case("Content-Length", "content-length"));
    static_assert(!equal_ignoring_case("Content-Length", "content_length"));
}
