// SPDX-License-Identifier: MIT
//
// CRC64 by carry-less multiplication: 64 bytes a step, folded into 128 bits (Gopal et al., "Fast
// CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", 2009, reflected form).

#ifndef COSIO_CRYPTO_CRC64_CARRY_LESS_HPP
#define COSIO_CRYPTO_CRC64_CARRY_LESS_HPP

#include <cosio/crypto/crc64_polynomial.hpp>
#include <cosio/crypto/crc64_table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#if defined(__x86_64__) && defined(__GNUC__)
#define COSIO_HAS_PCLMULQDQ 1
#include <immintrin.h>
#else
#define COSIO_HAS_PCLMULQDQ 0
#endif

namespace cosio::inline v0::crypto {

#if COSIO_HAS_PCLMULQDQ

/// Whether this processor has the instruction; asked once per process.
[[nodiscard]] inline bool crc64_has_carry_less_multiply() noexcept
{
    static const bool present = __builtin_cpu_supports("pclmul") != 0;
    return present;
}

/// Moves the 128 bits of `state` on by the distance for which `constants` were made, then adds
/// `data`.
[[gnu::target("pclmul")]] [[nodiscard]] inline __m128i crc64_fold(
    __m128i state, __m128i constants, __m128i data) noexcept
{
    const __m128i upper = _mm_clmulepi64_si128(state, constants, 0x00);
    const __m128i lower = _mm_clmulepi64_si128(state, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(upper, lower), data);
}

/// The constants that move 128 bits on by `bits`. The product of two reflected words comes out one
/// bit short of 128, which the exponents make up for.
[[gnu::target("pclmul")]] [[nodiscard]] inline __m128i crc64_fold_constants(
    std::uint64_t for_high_degrees, std::uint64_t for_low_degrees) noexcept
{
    return _mm_set_epi64x(
        static_cast<long long>(for_low_degrees), static_cast<long long>(for_high_degrees));
}

/// As `crc64_update_table`; requires `crc64_has_carry_less_multiply()`.
[[gnu::target("pclmul")]] [[nodiscard]] inline std::uint64_t crc64_update_carry_less(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t lane = sizeof(__m128i);
    constexpr std::size_t lanes = 4;
    constexpr std::size_t step = lane * lanes;
    if (bytes.size() < step)
        return crc64_update_table(state, bytes);

    const auto load = [](const std::byte* from) noexcept {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    };
    constexpr unsigned step_bits = step * 8;
    constexpr unsigned lane_bits = lane * 8;
    constexpr std::uint64_t step_high = crc64_power_of_x(step_bits + 63);
    constexpr std::uint64_t step_low = crc64_power_of_x(step_bits - 1);
    constexpr std::uint64_t lane_high = crc64_power_of_x(lane_bits + 63);
    constexpr std::uint64_t lane_low = crc64_power_of_x(lane_bits - 1);

    __m128i folded[lanes]; // Not a std::array, whose template argument would lose the alignment.
    for (std::size_t i = 0; i != lanes; ++i)
        folded[i] = load(bytes.data() + i * lane);
    folded[0] = _mm_xor_si128(folded[0], _mm_set_epi64x(0, static_cast<long long>(state)));
    bytes = bytes.subspan(step);

    const __m128i by_step = crc64_fold_constants(step_high, step_low);
    for (; bytes.size() >= step; bytes = bytes.subspan(step))
        for (std::size_t i = 0; i != lanes; ++i)
            folded[i] = crc64_fold(folded[i], by_step, load(bytes.data() + i * lane));

    const __m128i by_lane = crc64_fold_constants(lane_high, lane_low);
    __m128i last = folded[0];
    for (std::size_t i = 1; i != lanes; ++i)
        last = crc64_fold(last, by_lane, folded[i]);
    for (; bytes.size() >= lane; bytes = bytes.subspan(lane))
        last = crc64_fold(last, by_lane, load(bytes.data()));

    std::array<std::byte, lane> remainder{};
    _mm_storeu_si128(reinterpret_cast<__m128i*>(remainder.data()), last);
    return crc64_update_table(crc64_update_table(0, remainder), bytes);
}

#else

[[nodiscard]] constexpr bool crc64_has_carry_less_multiply() noexcept { return false; }

[[nodiscard]] inline std::uint64_t crc64_update_carry_less(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    return crc64_update_table(state, bytes);
}

#endif

} // namespace cosio::inline v0::crypto

#endif
