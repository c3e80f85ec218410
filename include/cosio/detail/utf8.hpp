// SPDX-License-Identifier: MIT
//
// UTF-8 (RFC 3629).

#ifndef COSIO_DETAIL_UTF8_HPP
#define COSIO_DETAIL_UTF8_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cosio::inline v0::detail {

/// Whether `text` is well-formed UTF-8: shortest forms, no surrogates.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        if (lead < 0x80)
            continue;
        const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4)
            return false;
        for (int k = 0; k != more; ++k, ++i) {
            if (i == text.size())
                return false;
            const auto next = static_cast<unsigned char>(text[i]);
            const unsigned char low = k != 0 ? 0x80
                : lead == 0xe0              ? 0xa0
                : lead == 0xf0              ? 0x90
                                            : 0x80;
            const unsigned char high = k != 0 ? 0xbf
                : lead == 0xed               ? 0x9f
                : lead == 0xf4               ? 0x8f
                                             : 0xbf;
            if (next < low || next > high)
                return false;
        }
    }
    return true;
}

/// How many characters well-formed UTF-8 has.
[[nodiscard]] constexpr std::size_t characters_in(std::string_view text) noexcept
{
    std::size_t count = 0;
    for (const char c : text)
        count += (static_cast<unsigned char>(c) & 0xc0U) == 0x80 ? 0 : 1;
    return count;
}

/// A surrogate is encoded like any other code point.
inline void append_utf8(std::string& out, std::uint32_t code_point)
{
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto tail = [&put, code_point](unsigned shift) {
        put(0x80U | (code_point >> shift & 0x3fU));
    };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0U | code_point >> 6U);
        tail(0);
    } else if (code_point < 0x10000) {
        put(0xe0U | code_point >> 12U);
        tail(6);
        tail(0);
    } else {
        put(0xf0U | code_point >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

} // namespace cosio::inline v0::detail

#endif
