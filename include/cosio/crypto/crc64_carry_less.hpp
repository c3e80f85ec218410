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
#include <wmmintrin.h> // The whole of immintrin.h takes a fifth of a second to compile.
#else
#define COSIO_HAS_PCLMULQDQ 0
#endif

namespace cosio::inline v0::crypto {

/// What the two halves of 128 bits are multiplied by to move them on.
struct crc64_distance
{
    std::uint64_t for_high_degrees;
    std::uint64_t for_low_degrees;
};

/// The product of two reflected words comes out one bit short of 128, which the exponents make up
/// for.
[[nodiscard]] constexpr crc64_distance crc64_distance_of(std::size_t bytes) noexcept
{
    const auto bits = static_cast<unsigned>(bytes * 8);
    return {crc64_power_of_x(bits + 63), crc64_power_of_x(bits - 1)};
}

#if COSIO_HAS_PCLMULQDQ

/// Whether this processor has the instruction; asked once per process.
[[nodiscard]] inline bool crc64_has_carry_less_multiply() noexcept
{
    static const bool present = __builtin_cpu_supports("pclmul") != 0;
    return present;
}

/// Moves the 128 bits of `state` on by `distance`, then adds `data`.
[[gnu::target("pclmul")]] [[nodiscard]] inline __m128i crc64_fold(
    __m128i state, __m128i distance, __m128i data) noexcept
{
    const __m128i upper = _mm_clmulepi64_si128(state, distance, 0x00);
    const __m128i lower = _mm_clmulepi64_si128(state, distance, 0x11);
    return _mm_xor_si128(_mm_xor_si128(upper, lower), data);
}

[[nodiscard]] inline __m128i crc64_in_register(crc64_distance distance) noexcept
{
    return _mm_set_epi64x(static_cast<long long>(distance.for_low_degrees),
        static_cast<long long>(distance.for_high_degrees));
}

/// The register after the bytes that were folded into `folded`, and then `bytes`.
template <std::size_t Lanes>
[[gnu::target("pclmul")]] [[nodiscard]] inline std::uint64_t crc64_finish(
    const __m128i (&folded)[Lanes], std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t lane = sizeof(__m128i);
    constexpr auto distance = crc64_distance_of(lane);
    const __m128i by_lane = crc64_in_register(distance);
    __m128i last = folded[0];
#pragma GCC unroll 4
    for (std::size_t i = 1; i != Lanes; ++i)
        last = crc64_fold(last, by_lane, folded[i]);
    for (; bytes.size() >= lane; bytes = bytes.subspan(lane))
        last = crc64_fold(
            last, by_lane, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data())));

    std::array<std::byte, lane> remainder{};
    _mm_storeu_si128(reinterpret_cast<__m128i*>(remainder.data()), last);
    return crc64_update_table(crc64_update_table(0, remainder), bytes);
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
    __m128i folded[lanes]; // Not a std::array, whose template argument would lose the alignment.
#pragma GCC unroll 4
    for (std::size_t i = 0; i != lanes; ++i)
        folded[i] = load(bytes.data() + i * lane);
    folded[0] = _mm_xor_si128(folded[0], _mm_set_epi64x(0, static_cast<long long>(state)));
    bytes = bytes.subspan(step);

    constexpr auto distance = crc64_distance_of(step);
    const __m128i by_step = crc64_in_register(distance);
    for (; bytes.size() >= step; bytes = bytes.subspan(step)) {
#pragma GCC unroll 4
        for (std::size_t i = 0; i != lanes; ++i)
            folded[i] = crc64_fold(folded[i], by_step, load(bytes.data() + i * lane));
    }
    return crc64_finish(folded, bytes);
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
