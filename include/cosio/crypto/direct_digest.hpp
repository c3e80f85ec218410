// SPDX-License-Identifier: MIT
//
// SHA-1 and SHA-256 by the functions that OpenSSL's default provider is made of.

#ifndef COSIO_CRYPTO_DIRECT_DIGEST_HPP
#define COSIO_CRYPTO_DIRECT_DIGEST_HPP

#include <cosio/crypto/digest_value.hpp>
#include <cosio/crypto/provider_digest.hpp>
#include <cosio/crypto/secret.hpp>

#include <openssl/opensslv.h>
#include <openssl/sha.h>

#include <cstddef>
#include <span>
#include <type_traits>

namespace cosio::inline v0::crypto {

/// What the default provider computes, by the cheapest way there is.
template <digest_algorithm Algorithm>
struct default_provider_digest : std::type_identity<provider_digest<Algorithm>>
{};

// Up to OpenSSL 3.4 a provider's context is allocated whenever it is copied or started, three times
// for a signature; 3.5 keeps it. These functions are deprecated since there are contexts, and an
// OpenSSL may come without them: all translation units of a program have to agree on that.
#if OPENSSL_VERSION_NUMBER < 0x30500000L && !defined(OPENSSL_NO_DEPRECATED_3_0)

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

/// As `provider_digest`, with its state in the object, which wipes it when it goes.
template <digest_algorithm Algorithm, class State, int (*Start)(State*),
    int (*Update)(State*, const void*, std::size_t), int (*Finish)(unsigned char*, State*)>
class direct_digest
{
public:
    direct_digest() = default;
    direct_digest(const direct_digest&) = default;
    direct_digest& operator=(const direct_digest&) = default;
    ~direct_digest() { wipe(&state_, sizeof state_); }

    [[nodiscard]] bool start() noexcept { return Start(&state_) == 1; }
    [[nodiscard]] bool set(const direct_digest& other) noexcept
    {
        state_ = other.state_;
        return true;
    }
    [[nodiscard]] bool update(std::span<const std::byte> bytes) noexcept
    {
        return Update(&state_, bytes.data(), bytes.size()) == 1;
    }
    [[nodiscard]] bool finish(digest_value<Algorithm>& out) noexcept
    {
        return Finish(reinterpret_cast<unsigned char*>(out.data()), &state_) == 1;
    }

private:
    State state_{};
};

template <>
struct default_provider_digest<digest_algorithm::sha1>
    : std::type_identity<
          direct_digest<digest_algorithm::sha1, SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final>>
{};

template <>
struct default_provider_digest<digest_algorithm::sha256>
    : std::type_identity<direct_digest<digest_algorithm::sha256, SHA256_CTX, SHA256_Init,
          SHA256_Update, SHA256_Final>>
{};

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif

} // namespace cosio::inline v0::crypto

#endif
