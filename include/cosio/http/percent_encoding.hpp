// SPDX-License-Identifier: MIT
//
// Percent-encoding as COS and S3 want it: `A-Z a-z 0-9 - _ . ~` stay, everything else becomes %XX
// with upper-case digits.

#ifndef COSIO_HTTP_PERCENT_ENCODING_HPP
#define COSIO_HTTP_PERCENT_ENCODING_HPP

#include <cosio/detail/ascii.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// Whether `/` stays (paths) or is encoded (query parts, signatures).
enum class slash { keep, encode };

[[nodiscard]] constexpr std::array<bool, 256> make_unreserved_characters() noexcept
{
    std::array<bool, 256> unreserved{};
    for (std::size_t i = 0; i != unreserved.size(); ++i) {
        const char c = static_cast<char>(i);
        unreserved[i] =
            detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~';
    }
    return unreserved;
}

inline constexpr auto unreserved_characters = make_unreserved_characters();

/// Appends the encoded form of `text` to anything that has `append(std::string_view)`.
template <class Text>
void append_percent_encoded(Text& out, std::string_view text, slash treatment)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::size_t plain = 0; // Start of the run of characters that stay as they are.
    for (std::size_t i = 0; i != text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (unreserved_characters[byte] || (byte == '/' && treatment == slash::keep))
            continue;
        out.append(text.substr(plain, i - plain));
        const char escape[] = {'%', digits[byte >> 4U], digits[byte & 15U]};
        out.append(std::string_view(escape, sizeof escape));
        plain = i + 1;
    }
    out.append(text.substr(plain));
}

[[nodiscard]] inline std::string percent_encoded(
    std::string_view text, slash treatment = slash::encode)
{
    std::string out;
    append_percent_encoded(out, text, treatment);
    return out;
}

/// What `+` stands for: itself in a path, a space in a query.
enum class plus { plain, space };

/// The decoded text; nothing when a `%` is not followed by two hexadecimal digits.
[[nodiscard]] inline std::optional<std::string> percent_decoded(
    std::string_view text, plus treatment = plus::plain)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] == '%') {
            if (text.size() - i < 3)
                return std::nullopt;
            const auto byte = detail::parse_number<unsigned char>(text.substr(i + 1, 2), 16);
            if (!byte)
                return std::nullopt;
            out.push_back(static_cast<char>(*byte));
            i += 2;
        } else {
            out.push_back(text[i] == '+' && treatment == plus::space ? ' ' : text[i]);
        }
    }
    return out;
}

} // namespace cosio::inline v0::http

#endif
