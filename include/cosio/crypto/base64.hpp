// SPDX-License-Identifier: MIT
//
// Standard base64 with padding (RFC 4648, section 4), strict on input.

#ifndef COSIO_CRYPTO_BASE64_HPP
#define COSIO_CRYPTO_BASE64_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::crypto {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::uint8_t not_base64 = 0xff;

constexpr auto make_base64_values()
{
    std::array<std::uint8_t, 256> values{};
    values.fill(not_base64);
    for (std::size_t i = 0; i != base64_alphabet.size(); ++i)
        values[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}

inline constexpr auto base64_values = make_base64_values();

/// The length of the base64 form of `size` bytes.
[[nodiscard]] constexpr std::size_t base64_length(std::size_t size) noexcept
{
    return (size + 2) / 3 * 4;
}

/// Appends the base64 form of `bytes` to anything that has `push_back(char)`.
template <class Text>
void append_base64(Text& text, std::span<const std::byte> bytes)
{
    const auto put = [&](std::uint32_t value, int shift) {
        text.push_back(base64_alphabet[(value >> shift) & 63U]);
    };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const auto group = std::to_integer<std::uint32_t>(bytes[i]) << 16U |
            std::to_integer<std::uint32_t>(bytes[i + 1]) << 8U |
            std::to_integer<std::uint32_t>(bytes[i + 2]);
        for (const int shift : {18, 12, 6, 0})
            put(group, shift);
    }
    if (const auto left = bytes.size() - i; left != 0) {
        auto group = std::to_integer<std::uint32_t>(bytes[i]) << 16U;
        if (left == 2)
            group |= std::to_integer<std::uint32_t>(bytes[i + 1]) << 8U;
        put(group, 18);
        put(group, 12);
        if (left == 2)
            put(group, 6);
        else
            text.push_back('=');
        text.push_back('=');
    }
}

[[nodiscard]] inline std::string base64(std::span<const std::byte> bytes)
{
    std::string text;
    text.reserve(base64_length(bytes.size()));
    append_base64(text, bytes);
    return text;
}

/// Decodes into `out`; yields the number of bytes written.
///
/// Nothing when the text is not canonical base64 (wrong length, alphabet, padding, or bits set
/// behind the last byte) or `out` is too small. `out` may then hold part of the decoded bytes.
[[nodiscard]] constexpr std::optional<std::size_t> decode_base64(
    std::string_view text, std::span<std::byte> out) noexcept
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding != 2 && padding != text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;

    const std::size_t size = text.size() / 4 * 3 - padding;
    if (size > out.size())
        return std::nullopt;

    std::uint32_t bits = 0;
    unsigned held = 0;
    std::size_t written = 0;
    for (const char character : text.substr(0, text.size() - padding)) {
        const auto value = base64_values[static_cast<unsigned char>(character)];
        if (value == not_base64)
            return std::nullopt;
        bits = bits << 6U | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[written++] = static_cast<std::byte>(bits >> held & 0xffU);
        }
    }
    if ((bits & ((1U << held) - 1U)) != 0)
        return std::nullopt;
    return written;
}

} // namespace cosio::inline v0::crypto

#endif
