// SPDX-License-Identifier: MIT
//
// The digests of the protocol, and what they give.

#ifndef COSIO_CRYPTO_DIGEST_VALUE_HPP
#define COSIO_CRYPTO_DIGEST_VALUE_HPP

#include <array>
#include <cstddef>

namespace cosio::inline v0::crypto {

/// What the protocol uses; none of them is a choice of ours.
enum class digest_algorithm { md5, sha1, sha256 };

[[nodiscard]] constexpr std::size_t digest_size(digest_algorithm algorithm) noexcept
{
    switch (algorithm) {
    case digest_algorithm::md5: return 16;
    case digest_algorithm::sha1: return 20;
    case digest_algorithm::sha256: break;
    }
    return 32;
}

template <digest_algorithm Algorithm>
using digest_value = std::array<std::byte, digest_size(Algorithm)>;
using md5_value = digest_value<digest_algorithm::md5>;
using sha1_value = digest_value<digest_algorithm::sha1>;
using sha256_value = digest_value<digest_algorithm::sha256>;

} // namespace cosio::inline v0::crypto

#endif
