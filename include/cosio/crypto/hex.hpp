// SPDX-License-Identifier: MIT
//
// Lower-case hexadecimal, as signatures are written.

#ifndef COSIO_CRYPTO_HEX_HPP
#define COSIO_CRYPTO_HEX_HPP

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::crypto {

[[nodiscard]] constexpr auto make_hex_pairs() noexcept
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte != pairs.size(); ++byte)
        pairs[byte] = {digits[byte >> 4U], digits[byte & 15U]};
    return pairs;
}

inline constexpr auto hex_pairs = make_hex_pairs();

/// Writes two lower-case digits a byte to `out`; where they end.
inline char* write_hex(char* out, std::span<const std::byte> bytes) noexcept
{
    for (const std::byte byte : bytes) {
        std::memcpy(out, hex_pairs[std::to_integer<std::size_t>(byte)].data(), 2);
        out += 2;
    }
    return out;
}

/// Appends two lower-case digits a byte to anything that has `resize` and `data`.
template <class Text>
void append_hex(Text& text, std::span<const std::byte> bytes)
{
    const std::size_t start = text.size();
    text.resize(start + 2 * bytes.size());
    write_hex(text.data() + start, bytes);
}

[[nodiscard]] inline std::string hex(std::span<const std::byte> bytes)
{
    std::string text;
    append_hex(text, bytes);
    return text;
}

} // namespace cosio::inline v0::crypto

#endif
