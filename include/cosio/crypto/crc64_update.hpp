// SPDX-License-Identifier: MIT
//
// How bytes are added to a CRC64. Apart from crc64.hpp, as intrinsics take long to read.

#ifndef COSIO_CRYPTO_CRC64_UPDATE_HPP
#define COSIO_CRYPTO_CRC64_UPDATE_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/crypto/crc64_carry_less.hpp>
#include <cosio/crypto/crc64_table.hpp>
#include <cosio/crypto/crc64_wide.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace cosio::inline v0::crypto {

/// Advances the raw register over bytes, as `crc64_update_table` does.
using crc64_form = std::uint64_t (*)(std::uint64_t, std::span<const std::byte>) noexcept;

/// The fastest form that the processor can do; looked for once per process.
[[nodiscard]] inline crc64_form crc64_fastest() noexcept
{
    static const crc64_form fastest = crc64_has_512_bits() ? crc64_update_512
        : crc64_has_256_bits()                             ? crc64_update_256
        : crc64_has_carry_less_multiply()                  ? crc64_update_carry_less
                                                           : crc64_update_table;
    return fastest;
}

COSIO_DECLARED void crc64::update(std::span<const std::byte> bytes) noexcept
{
    register_ = crc64_fastest()(register_, bytes);
}

} // namespace cosio::inline v0::crypto

#endif
