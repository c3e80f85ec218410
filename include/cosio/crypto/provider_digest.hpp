// SPDX-License-Identifier: MIT
//
// A digest that an OpenSSL provider computes: whichever the process has configured.

#ifndef COSIO_CRYPTO_PROVIDER_DIGEST_HPP
#define COSIO_CRYPTO_PROVIDER_DIGEST_HPP

#include <cosio/crypto/digest_value.hpp>

#include <openssl/evp.h>
#include <openssl/provider.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace cosio::inline v0::crypto {

/// Fetching takes longer than hashing a request, hence once per process. The object is constant
/// from then on and lives as long as the process; null when no provider has the algorithm.
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

/// Whether OpenSSL's own default provider has been chosen, rather than that for FIPS or another.
template <digest_algorithm Algorithm>
[[nodiscard]] bool is_of_default_provider() noexcept
{
    static const bool value = [] {
        const auto* const algorithm = fetched_digest<Algorithm>();
        return algorithm != nullptr &&
            std::string_view("default") ==
                OSSL_PROVIDER_get0_name(EVP_MD_get0_provider(algorithm));
    }();
    return value;
}

/// Requires `start` or `set` before all else. Not thread safe. What fails returns false.
template <digest_algorithm Algorithm>
class provider_digest
{
public:
    /// Forgets all bytes.
    [[nodiscard]] bool start() noexcept
    {
        const auto* const algorithm = fetched_digest<Algorithm>();
        return algorithm != nullptr && has_context() &&
            EVP_DigestInit_ex2(context_.get(), algorithm, nullptr) == 1;
    }

    /// Requires that `other` is at some bytes.
    [[nodiscard]] bool set(const provider_digest& other) noexcept
    {
        return has_context() && EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1;
    }

    [[nodiscard]] bool update(std::span<const std::byte> bytes) noexcept
    {
        return EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }

    [[nodiscard]] bool finish(digest_value<Algorithm>& out) noexcept
    {
        return EVP_DigestFinal_ex(
                   context_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1;
    }

private:
    struct deleter
    {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };

    [[nodiscard]] bool has_context() noexcept
    {
        if (context_ == nullptr)
            context_.reset(EVP_MD_CTX_new());
        return context_ != nullptr;
    }

    std::unique_ptr<EVP_MD_CTX, deleter> context_{};
};

} // namespace cosio::inline v0::crypto

#endif
