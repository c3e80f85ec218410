// SPDX-License-Identifier: MIT
//
// MD5, SHA-1 and SHA-256 over OpenSSL 3.

#ifndef COSIO_CRYPTO_DIGEST_HPP
#define COSIO_CRYPTO_DIGEST_HPP

#include <cosio/crypto/digest_value.hpp>
#include <cosio/crypto/direct_digest.hpp>
#include <cosio/crypto/provider_digest.hpp>
#include <cosio/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::crypto {

[[nodiscard]] inline error digest_unavailable(std::string_view name)
{
    return error(errc::crypto_unavailable, std::string("OpenSSL has no ").append(name));
}

/// A digest over bytes that arrive in pieces. Reusable: what comes after `finish()` starts again.
///
/// Computed by the provider that the process has configured, that for FIPS included; what would be
/// the default one's is computed without it where that is cheaper, and an engine is not asked then.
///
/// What it holds of the bytes is wiped when it goes, starts again or is set. Movable, not copyable;
/// not thread safe. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
class hasher
{
public:
    /// Adds bytes.
    void update(std::span<const std::byte> bytes) noexcept
    {
        start();
        usable_ = usable_ && (is_by_default() ? default_.update(bytes) : provider_.update(bytes));
    }

    /// Forgets its own bytes and goes on behind those of `other`: cheaper than hashing them again.
    void set(const hasher& other) noexcept
    {
        started_ = true;
        usable_ = other.usable() &&
            (is_by_default() ? default_.set(other.default_) : provider_.set(other.provider_));
    }

    /// Whether bytes were added and nothing has failed, which `finish()` would report.
    [[nodiscard]] bool usable() const noexcept { return started_ && usable_; }

    /// The digest of all bytes since the start.
    [[nodiscard]] result<digest_value<Algorithm>> finish()
    {
        start();
        started_ = false;
        digest_value<Algorithm> value{};
        if (!usable_ || !(is_by_default() ? default_.finish(value) : provider_.finish(value)))
            return digest_unavailable("digest that is needed (MD5, SHA1 or SHA256)");
        return value;
    }

private:
    /// Rather than by `provider_`.
    [[nodiscard]] static bool is_by_default() noexcept
    {
        return is_of_default_provider<Algorithm>();
    }

    /// Not before there are bytes: many a hasher is set, or used once.
    void start() noexcept
    {
        if (started_)
            return;
        started_ = true;
        usable_ = is_by_default() ? default_.start() : provider_.start();
    }

    provider_digest<Algorithm> provider_{};
    typename default_provider_digest<Algorithm>::type default_{};
    bool started_ = false;
    bool usable_ = false;
};

/// The digest of `bytes`. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
[[nodiscard]] result<digest_value<Algorithm>> digest(std::span<const std::byte> bytes)
{
    hasher<Algorithm> hash;
    hash.update(bytes);
    return hash.finish();
}

[[nodiscard]] inline result<md5_value> md5(std::span<const std::byte> bytes)
{
    return digest<digest_algorithm::md5>(bytes);
}

[[nodiscard]] inline result<sha1_value> sha1(std::span<const std::byte> bytes)
{
    return digest<digest_algorithm::sha1>(bytes);
}

[[nodiscard]] inline result<sha256_value> sha256(std::span<const std::byte> bytes)
{
    return digest<digest_algorithm::sha256>(bytes);
}

} // namespace cosio::inline v0::crypto

#endif
