// SPDX-License-Identifier: MIT
//
// HMAC with a key that is set up once and used many times.

#ifndef COSIO_CRYPTO_HMAC_HPP
#define COSIO_CRYPTO_HMAC_HPP

#include <cosio/crypto/digest.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <span>

namespace cosio::inline v0::crypto {

[[nodiscard]] inline EVP_MAC* fetched_hmac() noexcept
{
    static EVP_MAC* const instance = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    return instance;
}

struct mac_context_deleter
{
    // OpenSSL wipes the key schedule when it frees the context.
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using mac_context = std::unique_ptr<EVP_MAC_CTX, mac_context_deleter>;

/// A keyed HMAC. The pads are computed by the constructor; each `sign` reuses them.
///
/// Not thread safe; movable, not copyable. Errors: `errc::crypto_unavailable`.
template <digest_algorithm Algorithm>
class hmac_key
{
    static_assert(Algorithm != digest_algorithm::md5, "COS and S3 sign with SHA-1 and SHA-256");

public:
    explicit hmac_key(std::span<const std::byte> key)
    {
        auto* const algorithm = fetched_hmac();
        if (algorithm == nullptr)
            return;
        context_.reset(EVP_MAC_CTX_new(algorithm));
        char name[] = "SHA256";
        if constexpr (Algorithm == digest_algorithm::sha1) {
            name[3] = '1';
            name[4] = '\0';
        }
        const OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
            OSSL_PARAM_construct_end(),
        };
        static constexpr unsigned char nothing = 0; // A null key would mean "keep the old one".
        const auto* const data =
            key.empty() ? &nothing : reinterpret_cast<const unsigned char*>(key.data());
        if (context_ != nullptr &&
            EVP_MAC_init(context_.get(), data, key.size(), parameters) != 1)
            context_.reset();
    }

    [[nodiscard]] result<digest_value<Algorithm>> sign(std::span<const std::byte> message)
    {
        digest_value<Algorithm> value{};
        std::size_t size = 0;
        const bool done = context_ != nullptr &&
            EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
            EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(message.data()),
                message.size()) == 1 &&
            EVP_MAC_final(context_.get(), reinterpret_cast<unsigned char*>(value.data()), &size,
                value.size()) == 1 &&
            size == value.size();
        if (!done)
            return digest_unavailable("HMAC");
        return value;
    }

private:
    mac_context context_{};
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
