// SPDX-License-Identifier: MIT
//
// CRC-64/XZ (ECMA-182, reflected): the checksum COS keeps for every object, over the plaintext.

#ifndef COSIO_CRYPTO_CRC64_HPP
#define COSIO_CRYPTO_CRC64_HPP

#include <cosio/crypto/crc64_polynomial.hpp>
#include <cosio/detail/separate.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace cosio::inline v0::crypto {

/// The CRC64 of bytes that arrive in pieces.
class crc64
{
public:
    /// Adds bytes: carry-less multiplication where the processor has it, tables elsewhere.
    COSIO_DECLARED void update(std::span<const std::byte> bytes) noexcept;

    /// The CRC64 of all bytes so far; 0 when there were none.
    [[nodiscard]] std::uint64_t value() const noexcept { return ~register_; }

private:
    std::uint64_t register_ = ~std::uint64_t{0};
};

[[nodiscard]] inline std::uint64_t crc64_of(std::span<const std::byte> bytes) noexcept
{
    crc64 sum;
    sum.update(bytes);
    return sum.value();
}

/// The CRC64 of A followed by B, from those of A and of B and the length of B in bytes.
[[nodiscard]] constexpr std::uint64_t crc64_combine(
    std::uint64_t of_first, std::uint64_t of_second, std::uint64_t length_of_second) noexcept
{
    // Appending n bytes multiplies by x^(8n); the all-ones start and end values cancel out.
    return crc64_multiply(of_first, crc64_power_of_x_to_bytes(length_of_second)) ^ of_second;
}

} // namespace cosio::inline v0::crypto

#if defined(COSIO_DEFINITIONS)
#include <cosio/crypto/crc64_update.hpp>
#endif

#endif
