// SPDX-License-Identifier: MIT
//
// HMAC with a key that is set up once and used many times.

#ifndef COSIO_CRYPTO_HMAC_HPP
#define COSIO_CRYPTO_HMAC_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace cosio::inline v0::crypto {

/// A keyed HMAC (RFC 2104). What the key makes of the digest is computed by the constructor, copied
/// for each message, and wiped with the object.
///
/// Made of two digests in a context that stays: OpenSSL's own HMAC sets up more for each message
/// than hashing it takes.
///
/// Not thread safe; movable, not copyable. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
class hmac_key
{
    static_assert(Algorithm != digest_algorithm::md5, "COS and S3 sign with SHA-1 and SHA-256");

public:
    /// `prefix` is what all messages begin with; `sign` takes the rest.
    explicit hmac_key(std::span<const std::byte> key, std::span<const std::byte> prefix = {})
    {
        secret_bytes<block_size> block;
        if (key.size() <= block_size) {
            std::ranges::copy(key, block.writable().begin());
        } else {
            hash_.update(key);
            auto digest = hash_.finish();
            if (!digest)
                return; // Not usable.
            std::ranges::copy(*digest, block.writable().begin());
            wipe(digest->data(), digest->size());
        }
        constexpr std::byte inner_mask{0x36};
        constexpr std::byte outer_mask{0x5c};
        for (std::byte& each : block.writable())
            each ^= inner_mask;
        behind_prefix_.update(block.view());
        behind_prefix_.update(prefix);
        for (std::byte& each : block.writable())
            each ^= inner_mask ^ outer_mask;
        behind_outer_pad_.update(block.view());
    }

    /// Whether the key could be set up; `sign` fails if not.
    [[nodiscard]] bool usable() const noexcept
    {
        return behind_prefix_.usable() && behind_outer_pad_.usable();
    }

    [[nodiscard]] result<digest_value<Algorithm>> sign(std::span<const std::byte> message)
    {
        hash_.set(behind_prefix_);
        hash_.update(message);
        const auto inner = hash_.finish();
        if (!inner)
            return inner.error();
        hash_.set(behind_outer_pad_);
        hash_.update(*inner);
        return hash_.finish();
    }

    /// The digest of `message` without the key, in the same context.
    [[nodiscard]] result<digest_value<Algorithm>> digest(std::span<const std::byte> message)
    {
        hash_.update(message);
        return hash_.finish();
    }

private:
    static constexpr std::size_t block_size = 64; // Of SHA-1 and SHA-256.

    hasher<Algorithm> hash_{};
    hasher<Algorithm> behind_prefix_{};
    hasher<Algorithm> behind_outer_pad_{};
};

using hmac_sha1_key = hmac_key<digest_algorithm::sha1>;
using hmac_sha256_key = hmac_key<digest_algorithm::sha256>;

[[nodiscard]] inline result<sha1_value> hmac_sha1(
    std::span<const std::byte> key, std::span<const std::byte> message)
{
    return hmac_sha1_key(key).sign(message);
}

[[nodiscard]] inline result<sha256_value> hmac_sha256(
    std::span<const std::byte> key, std::span<const std::byte> message)
{
    return hmac_sha256_key(key).sign(message);
}

} // namespace cosio::inline v0::crypto

#endif
