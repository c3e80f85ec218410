// SPDX-License-Identifier: MIT
//
// Percent-encoding as COS and S3 want it: `A-Z a-z 0-9 - _ . ~` stay, everything else becomes %XX
// with upper-case digits.

#ifndef COSIO_HTTP_PERCENT_ENCODING_HPP
#define COSIO_HTTP_PERCENT_ENCODING_HPP

#include <cosio/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// Whether `/` stays (paths) or is encoded (query parts, signatures).
enum class slash { keep, encode };

/// Whether a character stays as it is, for each there is.
[[nodiscard]] constexpr std::array<bool, 256> make_plain_characters(slash treatment) noexcept
{
    std::array<bool, 256> plain{};
    for (std::size_t i = 0; i != plain.size(); ++i) {
        const char c = static_cast<char>(i);
        plain[i] = detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~' ||
            (c == '/' && treatment == slash::keep);
    }
    return plain;
}

inline constexpr auto plain_in_paths = make_plain_characters(slash::keep);
inline constexpr auto plain_in_queries = make_plain_characters(slash::encode);

/// The most characters that one becomes.
inline constexpr std::size_t longest_escape = 3;

/// Writes the encoded form of `text` to `out`, which has room for `longest_escape` times its size;
/// where it ends.
inline char* write_percent_encoded(char* out, std::string_view text, slash treatment) noexcept
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::size_t group_size = 8; // Of characters that mostly all stay as they are.
    const auto& table = treatment == slash::keep ? plain_in_paths : plain_in_queries;
    const auto is_plain = [&table](char c) { return table[static_cast<unsigned char>(c)]; };
    const auto are_plain = [&is_plain](const char* group) {
        bool all = true; // Without a branch for each of them.
#pragma GCC unroll 8
        for (std::size_t i = 0; i != group_size; ++i)
            all = all & is_plain(group[i]);
        return all;
    };
    while (!text.empty()) {
        const auto group = text.substr(0, group_size);
        text.remove_prefix(group.size());
        if (group.size() == group_size && are_plain(group.data())) {
            std::memcpy(out, group.data(), group_size);
            out += group_size;
            continue;
        }
        for (const char c : group) {
            if (is_plain(c)) {
                *out++ = c;
                continue;
            }
            const auto byte = static_cast<unsigned char>(c);
            *out++ = '%';
            *out++ = digits[byte >> 4U];
            *out++ = digits[byte & 15U];
        }
    }
    return out;
}

/// Appends the encoded form of `text` to anything that has `append(std::string_view)`.
template <class Text>
void append_percent_encoded(Text& out, std::string_view text, slash treatment)
{
    constexpr std::size_t piece = 64;
    char written[longest_escape * piece];
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        char* const end = write_percent_encoded(written, text.substr(0, piece), treatment);
        out.append(std::string_view(written, static_cast<std::size_t>(end - written)));
    }
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
