// SPDX-License-Identifier: MIT
//
// The characters of XML 1.0, and how they are escaped.

#ifndef COSIO_XML_CHARACTERS_HPP
#define COSIO_XML_CHARACTERS_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/utf8.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::xml {

[[nodiscard]] constexpr bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Beyond ASCII everything is let through: the service's own names are ASCII.
[[nodiscard]] constexpr bool is_name_start(char c) noexcept
{
    return detail::is_lower(c) || detail::is_upper(c) || c == '_' || c == ':' ||
        static_cast<unsigned char>(c) >= 0x80;
}

[[nodiscard]] constexpr bool is_name_character(char c) noexcept
{
    return is_name_start(c) || detail::is_digit(c) || c == '-' || c == '.';
}

/// XML 1.0, production [2] Char.
[[nodiscard]] constexpr bool is_xml_character(std::uint32_t code_point) noexcept
{
    return code_point == 0x9 || code_point == 0xa || code_point == 0xd ||
        (code_point >= 0x20 && code_point <= 0xd7ff) ||
        (code_point >= 0xe000 && code_point <= 0xfffd) ||
        (code_point >= 0x10000 && code_point <= 0x10ffff);
}

/// Whether `text` is UTF-8 made of characters that XML 1.0 allows.
[[nodiscard]] constexpr bool is_xml_text(std::string_view text) noexcept
{
    const auto forbidden = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && !is_blank(c);
    };
    return std::ranges::none_of(text, forbidden) && detail::is_utf8(text) &&
        text.find("\xef\xbf\xbe") == std::string_view::npos && // U+FFFE
        text.find("\xef\xbf\xbf") == std::string_view::npos;   // U+FFFF
}

/// Appends `text` with its line ends made LF, as XML 1.0 (2.11) wants.
inline void append_unescaped_lines(std::string& out, std::string_view text)
{
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '\r')
            out.push_back(text[i]);
        else if (i + 1 == text.size() || text[i + 1] != '\n')
            out.push_back('\n');
    }
}

/// The code point of a reference without its `&` and `;`, such as `amp`, `#38` or `#x26`.
[[nodiscard]] inline std::optional<std::uint32_t> referenced_character(std::string_view reference)
{
    if (reference == "amp")
        return '&';
    if (reference == "lt")
        return '<';
    if (reference == "gt")
        return '>';
    if (reference == "quot")
        return '"';
    if (reference == "apos")
        return '\'';
    if (!reference.starts_with('#'))
        return std::nullopt;
    const bool hexadecimal = reference.starts_with("#x");
    const auto code_point = detail::parse_number<std::uint32_t>(
        reference.substr(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
    if (!code_point || !is_xml_character(*code_point))
        return std::nullopt;
    return code_point;
}

/// Appends `text` with its references replaced; false when one is not known.
[[nodiscard]] inline bool append_unescaped(std::string& out, std::string_view text)
{
    for (;;) {
        const auto ampersand = text.find('&');
        append_unescaped_lines(out, text.substr(0, ampersand));
        if (ampersand == std::string_view::npos)
            return true;
        text.remove_prefix(ampersand + 1);
        const auto semicolon = text.find(';');
        if (semicolon == std::string_view::npos)
            return false;
        const auto character = referenced_character(text.substr(0, semicolon));
        if (!character)
            return false;
        detail::append_utf8(out, *character);
        text.remove_prefix(semicolon + 1);
    }
}

/// Appends `text` so that it can stand between tags. Carriage returns become references, or a
/// reader would turn them into line feeds.
inline void append_escaped(std::string& out, std::string_view text)
{
    for (const char c : text)
        switch (c) {
        case '&': out.append("&amp;"); break;
        case '<': out.append("&lt;"); break;
        case '>': out.append("&gt;"); break;
        case '"': out.append("&quot;"); break;
        case '\r': out.append("&#13;"); break;
        default: out.push_back(c); break;
        }
}

} // namespace cosio::inline v0::xml

#endif
