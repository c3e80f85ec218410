// SPDX-License-Identifier: MIT
//
// Arithmetic in GF(2)[x] modulo the CRC64 polynomial, in reflected form: the lowest bit of a word
// is the coefficient of x^63, the highest that of x^0.

#ifndef COSIO_CRYPTO_CRC64_POLYNOMIAL_HPP
#define COSIO_CRYPTO_CRC64_POLYNOMIAL_HPP

#include <array>
#include <cstddef>
#include <cstdint>

namespace cosio::inline v0::crypto {

/// 0x42F0E1EBA9EA3693 reflected; the x^64 term is implied.
inline constexpr std::uint64_t crc64_polynomial = 0xC96C5795D7870F42;

[[nodiscard]] constexpr std::uint64_t crc64_times_x(std::uint64_t value) noexcept
{
    return value >> 1U ^ ((value & 1U) != 0 ? crc64_polynomial : 0);
}

/// left * right mod P.
[[nodiscard]] constexpr std::uint64_t crc64_multiply(
    std::uint64_t left, std::uint64_t right) noexcept
{
    std::uint64_t product = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 63U; bit != 0; bit >>= 1U) {
        if ((left & bit) != 0)
            product ^= right;
        right = crc64_times_x(right);
    }
    return product;
}

/// x^exponent mod P.
[[nodiscard]] constexpr std::uint64_t crc64_power_of_x(unsigned exponent) noexcept
{
    std::uint64_t power = std::uint64_t{1} << 63U;
    for (; exponent != 0; --exponent)
        power = crc64_times_x(power);
    return power;
}

/// x^(8 * 2^i) mod P for each bit i of a 64-bit byte count.
[[nodiscard]] constexpr std::array<std::uint64_t, 64> crc64_make_byte_powers() noexcept
{
    std::array<std::uint64_t, 64> powers{};
    powers[0] = crc64_power_of_x(8);
    for (std::size_t i = 1; i != powers.size(); ++i)
        powers[i] = crc64_multiply(powers[i - 1], powers[i - 1]);
    return powers;
}

inline constexpr auto crc64_byte_powers = crc64_make_byte_powers();

/// x^(8 * count) mod P.
[[nodiscard]] constexpr std::uint64_t crc64_power_of_x_to_bytes(std::uint64_t count) noexcept
{
    std::uint64_t power = std::uint64_t{1} << 63U;
    for (std::size_t i = 0; count != 0; ++i, count >>= 1U)
        if ((count & 1U) != 0)
            power = crc64_multiply(power, crc64_byte_powers[i]);
    return power;
}

} // namespace cosio::inline v0::crypto

#endif
