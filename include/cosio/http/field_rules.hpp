// SPDX-License-Identifier: MIT
//
// What may stand in the name and the value of a header field.

#ifndef COSIO_HTTP_FIELD_RULES_HPP
#define COSIO_HTTP_FIELD_RULES_HPP

#include <cosio/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace cosio::inline v0::http {

/// One answer for each byte there is: these questions are asked of every byte of every head.
template <class Predicate>
[[nodiscard]] constexpr std::array<bool, 256> make_character_table(Predicate belongs) noexcept
{
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i != table.size(); ++i)
        table[i] = belongs(static_cast<char>(i));
    return table;
}

inline constexpr auto token_characters = make_character_table([](char c) {
    return detail::is_alphanumeric(c) ||
        std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});

inline constexpr auto receivable_characters =
    make_character_table([](char c) { return c == '\t' || !detail::is_control(c); });

/// RFC 9110, 5.6.2.
[[nodiscard]] constexpr bool is_token_character(char c) noexcept
{
    return token_characters[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_field_name(std::string_view name) noexcept
{
    return !name.empty() && std::ranges::all_of(name, is_token_character);
}

/// What we send: visible ASCII, with blanks inside but not at the ends, where a server would strip
/// them and the signature would no longer match.
[[nodiscard]] constexpr bool is_sendable_value(std::string_view value) noexcept
{
    const auto sendable = [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); };
    return std::ranges::all_of(value, sendable) && detail::trimmed(value) == value;
}

/// What we accept in values: no control bytes but tabs (RFC 9110, 5.5).
[[nodiscard]] constexpr bool is_receivable_character(char c) noexcept
{
    return receivable_characters[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_receivable_value(std::string_view value) noexcept
{
    return std::ranges::all_of(value, is_receivable_character);
}

} // namespace cosio::inline v0::http

#endif
