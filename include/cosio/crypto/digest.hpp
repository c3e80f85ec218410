// SPDX-License-Identifier: MIT
//
// MD5, SHA-1, SHA-256 and HMAC over OpenSSL 3, with the algorithms fetched once.

#ifndef COSIO_CRYPTO_DIGEST_HPP
#define COSIO_CRYPTO_DIGEST_HPP

#include <cosio/crypto/digest_value.hpp>
#include <cosio/result.hpp>

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::crypto {

/// Fetching takes longer than hashing a request, hence once per process. The object is constant
/// from then on and lives as long as the process; null when the provider lacks the algorithm.
template <digest_algorithm Algorithm>
[[nodiscard]] const EVP_MD* fetched_digest() noexcept
{
    static const EVP_MD* const instance = EVP_MD_fetch(nullptr,
        Algorithm == digest_algorithm::md5        ? "MD5"
            : Algorithm == digest_algorithm::sha1 ? "SHA1"
                                                  : "SHA256",
        nullptr);
    return instance;
}

struct digest_context_deleter
{
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using digest_context = std::unique_ptr<EVP_MD_CTX, digest_context_deleter>;

[[nodiscard]] inline error digest_unavailable(std::string_view name)
{
    return error(errc::crypto_unavailable, std::string("OpenSSL has no ").append(name));
}

/// A digest over bytes that arrive in pieces. Reusable: what comes after `finish()` starts again.
///
/// What it holds of the bytes is wiped when it goes, starts again or is set. Not thread safe.
/// Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
class hasher
{
public:
    hasher() : context_(EVP_MD_CTX_new()) {}

    /// Adds bytes.
    void update(std::span<const std::byte> bytes) noexcept
    {
        start();
        usable_ = usable_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }

    /// Forgets its own bytes and goes on behind those of `other`: cheaper than hashing them again.
    void set(const hasher& other) noexcept
    {
        started_ = true;
        usable_ = other.usable() && context_ != nullptr &&
            EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1;
    }

    /// Whether bytes were added and nothing has failed, which `finish()` would report.
    [[nodiscard]] bool usable() const noexcept { return started_ && usable_; }

    /// The digest of all bytes since the start.
    [[nodiscard]] result<digest_value<Algorithm>> finish()
    {
        start();
        started_ = false;
        digest_value<Algorithm> value{};
        if (!usable_ ||
            EVP_DigestFinal_ex(
                context_.get(), reinterpret_cast<unsigned char*>(value.data()), nullptr) != 1)
            return digest_unavailable("digest that is needed (MD5, SHA1 or SHA256)");
        return value;
    }

private:
    /// Not before there are bytes: many a hasher is set, or used once.
    void start() noexcept
    {
        if (started_)
            return;
        started_ = true;
        const auto* const algorithm = fetched_digest<Algorithm>();
        usable_ = context_ != nullptr && algorithm != nullptr &&
            EVP_DigestInit_ex2(context_.get(), algorithm, nullptr) == 1;
    }

    digest_context context_;
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
