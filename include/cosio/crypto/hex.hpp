// SPDX-License-Identifier: MIT
//
// Lower-case hexadecimal, as signatures are written.

#ifndef COSIO_CRYPTO_HEX_HPP
#define COSIO_CRYPTO_HEX_HPP

#include <cstddef>
#include <span>
#include <string>

namespace cosio::inline v0::crypto {

/// Appends two lower-case digits a byte to anything that has `resize` and `data`.
template <class Text>
void append_hex(Text& text, std::span<const std::byte> bytes)
{
    constexpr char digits[] = "0123456789abcdef";
    const std::size_t start = text.size();
    text.resize(start + 2 * bytes.size());
    char* out = text.data() + start;
    for (const std::byte byte : bytes) {
        *out++ = digits[std::to_integer<unsigned>(byte >> 4)];
        *out++ = digits[std::to_integer<unsigned>(byte & std::byte{15})];
    }
}

[[nodiscard]] inline std::string hex(std::span<const std::byte> bytes)
{
    std::string text;
    append_hex(text, bytes);
    return text;
}

} // namespace cosio::inline v0::crypto

#endif
