// SPDX-License-Identifier: MIT
//
// CRC64 by carry-less multiplication of whole vector registers (VPCLMULQDQ): the algorithm of
// crc64_carry_less.hpp, with 64 or 32 bytes in a register instead of 16.

#ifndef COSIO_CRYPTO_CRC64_WIDE_HPP
#define COSIO_CRYPTO_CRC64_WIDE_HPP

#include <cosio/crypto/crc64_carry_less.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace cosio::inline v0::crypto {

#if COSIO_HAS_PCLMULQDQ

// Vectors of the language and one line of assembler stand for the intrinsics: those come with all
// of immintrin.h, and the built-in functions behind them are no interface of either compiler. The
// assembler line stands in both of its dialects, as either may be asked for.
using crc64_256 = std::uint64_t __attribute__((vector_size(32)));
using crc64_512 = std::uint64_t __attribute__((vector_size(64)));

/// Whether this processor multiplies 256 bits at a time, and the system saves such registers;
/// asked once per process.
[[nodiscard]] inline bool crc64_has_256_bits() noexcept
{
    static const bool present = __builtin_cpu_supports("avx2") != 0 &&
        __builtin_cpu_supports("vpclmulqdq") != 0 && crc64_has_carry_less_multiply();
    return present;
}

/// As `crc64_has_256_bits`, with 512.
[[nodiscard]] inline bool crc64_has_512_bits() noexcept
{
    static const bool present = crc64_has_256_bits() && __builtin_cpu_supports("avx512f") != 0;
    return present;
}

/// The factors for each 128 bits of a register.
[[gnu::target("avx2")]] [[nodiscard]] inline crc64_256 crc64_repeated_256(
    crc64_distance distance) noexcept
{
    return crc64_256{distance.for_high_degrees, distance.for_low_degrees, distance.for_high_degrees,
        distance.for_low_degrees};
}

/// The bytes at `from`, at any alignment.
[[gnu::target("avx2")]] [[nodiscard]] inline crc64_256 crc64_load_256(
    const std::byte* from) noexcept
{
    crc64_256 loaded;
    std::memcpy(&loaded, from, sizeof loaded);
    return loaded;
}

/// As `crc64_fold`, for each 128 bits of a register.
[[gnu::target("avx2,vpclmulqdq")]] [[nodiscard]] inline crc64_256 crc64_fold_256(
    crc64_256 state, crc64_256 distance, crc64_256 data) noexcept
{
    crc64_256 upper;
    crc64_256 lower;
    asm("vpclmulqdq {$0x00, %2, %1, %0|%0, %1, %2, 0x00}"
        : "=x"(upper) : "x"(state), "x"(distance));
    asm("vpclmulqdq {$0x11, %2, %1, %0|%0, %1, %2, 0x11}"
        : "=x"(lower) : "x"(state), "x"(distance));
    return upper ^ lower ^ data;
}

/// The factors for each 128 bits of a register.
[[gnu::target("avx512f")]] [[nodiscard]] inline crc64_512 crc64_repeated_512(
    crc64_distance distance) noexcept
{
    return crc64_512{distance.for_high_degrees, distance.for_low_degrees, distance.for_high_degrees,
        distance.for_low_degrees, distance.for_high_degrees, distance.for_low_degrees,
        distance.for_high_degrees, distance.for_low_degrees};
}

/// The bytes at `from`, at any alignment.
[[gnu::target("avx512f")]] [[nodiscard]] inline crc64_512 crc64_load_512(
    const std::byte* from) noexcept
{
    crc64_512 loaded;
    std::memcpy(&loaded, from, sizeof loaded);
    return loaded;
}

/// As `crc64_fold`, for each 128 bits of a register.
[[gnu::target("avx512f,vpclmulqdq")]] [[nodiscard]] inline crc64_512 crc64_fold_512(
    crc64_512 state, crc64_512 distance, crc64_512 data) noexcept
{
    crc64_512 upper;
    crc64_512 lower;
    asm("vpclmulqdq {$0x00, %2, %1, %0|%0, %1, %2, 0x00}"
        : "=v"(upper) : "v"(state), "v"(distance));
    asm("vpclmulqdq {$0x11, %2, %1, %0|%0, %1, %2, 0x11}"
        : "=v"(lower) : "v"(state), "v"(distance));
    return upper ^ lower ^ data;
}

// Loops over registers are unrolled by hand, as GCC keeps their array in memory below -O3.

/// As `crc64_update_table`; requires `crc64_has_256_bits()`.
[[gnu::target("avx2,vpclmulqdq,pclmul")]] [[nodiscard]] inline std::uint64_t crc64_update_256(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t registers = 8;
    constexpr std::size_t step = sizeof(crc64_256) * registers;
    if (bytes.size() < step)
        return crc64_update_carry_less(state, bytes);

    crc64_256 folded[registers];
#pragma GCC unroll 8
    for (std::size_t i = 0; i != registers; ++i)
        folded[i] = crc64_load_256(bytes.data() + i * sizeof(crc64_256));
    folded[0] ^= crc64_256{state};
    bytes = bytes.subspan(step);

    constexpr auto step_distance = crc64_distance_of(step);
    const crc64_256 by_step = crc64_repeated_256(step_distance);
    for (; bytes.size() >= step; bytes = bytes.subspan(step)) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i != registers; ++i)
            folded[i] = crc64_fold_256(folded[i], by_step,
                crc64_load_256(bytes.data() + i * sizeof(crc64_256)));
    }

    constexpr auto register_distance = crc64_distance_of(sizeof(crc64_256));
    const crc64_256 by_register = crc64_repeated_256(register_distance);
    crc64_256 last = folded[0];
#pragma GCC unroll 8
    for (std::size_t i = 1; i != registers; ++i)
        last = crc64_fold_256(last, by_register, folded[i]);
    for (; bytes.size() >= sizeof last; bytes = bytes.subspan(sizeof last))
        last = crc64_fold_256(last, by_register, crc64_load_256(bytes.data()));

    __m128i lanes[2];
    std::memcpy(lanes, &last, sizeof last);
    return crc64_finish(lanes, bytes);
}

/// As `crc64_update_table`; requires `crc64_has_512_bits()`.
[[gnu::target("avx512f,vpclmulqdq,pclmul")]] [[nodiscard]] inline std::uint64_t crc64_update_512(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    constexpr std::size_t registers = 8;
    constexpr std::size_t step = sizeof(crc64_512) * registers;
    if (bytes.size() < step)
        return crc64_update_256(state, bytes);

    crc64_512 folded[registers];
#pragma GCC unroll 8
    for (std::size_t i = 0; i != registers; ++i)
        folded[i] = crc64_load_512(bytes.data() + i * sizeof(crc64_512));
    folded[0] ^= crc64_512{state};
    bytes = bytes.subspan(step);

    constexpr auto step_distance = crc64_distance_of(step);
    const crc64_512 by_step = crc64_repeated_512(step_distance);
    for (; bytes.size() >= step; bytes = bytes.subspan(step)) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i != registers; ++i)
            folded[i] = crc64_fold_512(folded[i], by_step,
                crc64_load_512(bytes.data() + i * sizeof(crc64_512)));
    }

    constexpr auto register_distance = crc64_distance_of(sizeof(crc64_512));
    const crc64_512 by_register = crc64_repeated_512(register_distance);
    crc64_512 last = folded[0];
#pragma GCC unroll 8
    for (std::size_t i = 1; i != registers; ++i)
        last = crc64_fold_512(last, by_register, folded[i]);
    for (; bytes.size() >= sizeof last; bytes = bytes.subspan(sizeof last))
        last = crc64_fold_512(last, by_register, crc64_load_512(bytes.data()));

    __m128i lanes[4];
    std::memcpy(lanes, &last, sizeof last);
    return crc64_finish(lanes, bytes);
}

#else

[[nodiscard]] constexpr bool crc64_has_256_bits() noexcept { return false; }
[[nodiscard]] constexpr bool crc64_has_512_bits() noexcept { return false; }

[[nodiscard]] inline std::uint64_t crc64_update_256(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    return crc64_update_table(state, bytes);
}

[[nodiscard]] inline std::uint64_t crc64_update_512(
    std::uint64_t state, std::span<const std::byte> bytes) noexcept
{
    return crc64_update_table(state, bytes);
}

#endif

} // namespace cosio::inline v0::crypto

#endif
