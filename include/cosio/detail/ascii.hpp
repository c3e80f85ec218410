// SPDX-License-Identifier: MIT
//
// ASCII text, whatever the locale says.

#ifndef COSIO_DETAIL_ASCII_HPP
#define COSIO_DETAIL_ASCII_HPP

#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0::detail {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept
{
    return is_digit(c) || is_lower(c) || is_upper(c);
}

[[nodiscard]] constexpr bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

[[nodiscard]] constexpr char to_lower(char c) noexcept
{
    return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Lower-cases the letters among eight characters at once.
[[nodiscard]] constexpr std::uint64_t eight_to_lower(std::uint64_t characters) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101;
    // The highest bit of a byte of a sum tells whether the seven below it were above a limit.
    const std::uint64_t low_bits = characters & 0x7f * each;
    const std::uint64_t from_a = low_bits + (0x80 - 'A') * each;
    const std::uint64_t beyond_z = low_bits + (0x7f - 'Z') * each;
    const std::uint64_t upper = from_a & ~beyond_z & ~characters & 0x80 * each;
    return characters | upper >> 2U;
}

/// Eight characters, in whatever order: for comparisons.
[[nodiscard]] inline std::uint64_t eight_at(const char* text) noexcept
{
    std::uint64_t characters = 0;
    std::memcpy(&characters, text, sizeof characters);
    return characters;
}

/// The first four characters and the last four of at least as many: for comparisons, too.
[[nodiscard]] inline std::uint64_t first_and_last_four(std::string_view text) noexcept
{
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, text.data(), sizeof first);
    std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
    return std::uint64_t{first} << 32U | last;
}

/// How many of the eight characters that were read by `eight_at` come before the first whose byte
/// in `marks` has its highest bit set; the other bits are clear.
[[nodiscard]] constexpr std::size_t characters_before(std::uint64_t marks) noexcept
{
    const int bits_before = std::endian::native == std::endian::little ? std::countr_zero(marks)
                                                                       : std::countl_zero(marks);
    return static_cast<std::size_t>(bits_before) / 8;
}

/// How many of the eight characters at `text` are printable, up to the first that is a control
/// character.
[[nodiscard]] inline std::size_t printable_among_eight_at(const char* text) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t characters = eight_at(text);
    const std::uint64_t low_bits = characters & 0x7f * each;
    const std::uint64_t from_blank = low_bits + (0x80 - ' ') * each;
    const std::uint64_t from_delete = low_bits + (0x80 - 0x7f) * each;
    return characters_before((~from_blank | from_delete) & ~characters & 0x80 * each);
}

/// How many of the eight characters at `text` are letters, digits and hyphens, up to the first that
/// is none.
[[nodiscard]] inline std::size_t name_characters_among_eight_at(const char* text) noexcept
{
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t characters = eight_at(text);
    const std::uint64_t low_bits = characters & 0x7f * each;
    const std::uint64_t lower = low_bits | 0x20 * each;
    const std::uint64_t letter = (lower + (0x80 - 'a') * each) & ~(lower + (0x7f - 'z') * each);
    const std::uint64_t digit =
        (low_bits + (0x80 - '0') * each) & ~(low_bits + (0x7f - '9') * each);
    const std::uint64_t hyphen = 0x80 * each - (low_bits ^ '-' * each);
    return characters_before((~(letter | digit | hyphen) | characters) & 0x80 * each);
}

/// Lower-cases the letters of a text where it stands.
inline void make_lower(std::span<char> text) noexcept
{
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        const auto lower = eight_to_lower(eight_at(&text[i]));
        std::memcpy(&text[i], &lower, sizeof lower);
    }
    for (; i != text.size(); ++i)
        text[i] = to_lower(text[i]);
}

[[nodiscard]] constexpr bool equal_ignoring_case(
    std::string_view left, std::string_view right) noexcept
{
    if (left.size() != right.size())
        return false;
    if (const auto size = left.size(); !std::is_constant_evaluated() && size >= 4) {
        const auto equal = [](std::uint64_t a, std::uint64_t b) {
            return a == b || eight_to_lower(a) == eight_to_lower(b);
        };
        // The last ones for the second time, unless it comes out even.
        if (size < 8)
            return equal(first_and_last_four(left), first_and_last_four(right));
        for (std::size_t at = 0; at + 8 < size; at += 8)
            if (!equal(eight_at(left.data() + at), eight_at(right.data() + at)))
                return false;
        return equal(eight_at(left.data() + size - 8), eight_at(right.data() + size - 8));
    }
    for (std::size_t i = 0; i != left.size(); ++i)
        if (to_lower(left[i]) != to_lower(right[i]))
            return false;
    return true;
}

[[nodiscard]] constexpr bool starts_with_ignoring_case(
    std::string_view text, std::string_view prefix) noexcept
{
    return text.size() >= prefix.size() &&
        equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// Without the spaces and tabs around it.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept
{
    constexpr std::string_view blanks = " \t";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A whole number and nothing else: no sign, no blanks, no overflow.
template <std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text, int base = 10) noexcept
{
    Number value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || problem != std::errc{} || stopped != end)
        return std::nullopt;
    return value;
}

template <class Text>
void append_number(Text& text, std::uint64_t number)
{
    char digits[std::numeric_limits<std::uint64_t>::digits10 + 1];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    text.append(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

} // namespace cosio::inline v0::detail

#endif
