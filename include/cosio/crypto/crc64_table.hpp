// SPDX-License-Identifier: MIT
//
// CRC64 by tables, eight bytes a step: what every processor can do.

#ifndef COSIO_CRYPTO_CRC64_TABLE_HPP
#define COSIO_CRYPTO_CRC64_TABLE_HPP

#include <cosio/crypto/crc64_polynomial.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace cosio::inline v0::crypto {

using crc64_table = std::array<std::array<std::uint64_t, 256>, 8>;

/// Row k advances a byte by k further bytes.
[[nodiscard]] constexpr crc64_table crc64_make_table() noexcept
{
    crc64_table table{};
    for (std::size_t byte = 0; byte != 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit != 8; ++bit)
            value = crc64_times_x(value);
        table[0][byte] = value;
    }
    for (std::size_t row = 1; row != 8; ++row)
        for (std::size_t byte = 0; byte != 256; ++byte) {
            const std::uint64_t before = table[row - 1][byte];
            table[row][byte] = before >> 8U ^ table[0][before & 0xffU];
        }
    return table;
}

inline constexpr crc64_table crc64_tables = crc64_make_table();

/// Advances the raw register (all ones at the start, complemented at the end) over `bytes`.
[[nodiscard]] inline std::uint64_t crc64_update_table(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    if constexpr (std::endian::native == std::endian::little) {
        for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data(), sizeof word);
            state ^= word;
            std::uint64_t next = 0;
            for (std::size_t i = 0; i != 8; ++i)
                next ^= crc64_tables[7 - i][state >> (8 * i) & 0xffU];
            state = next;
        }
    }
    for (const std::byte byte : bytes)
        state = state >> 8U ^
            crc64_tables[0][(state ^ std::to_integer<std::uint64_t>(byte)) & 0xffU];
    return state;
}

} // namespace cosio::inline v0::crypto

#endif
