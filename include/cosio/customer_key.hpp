// SPDX-License-Identifier: MIT
//
// The key of SSE-C, which the service never stores, and the MD5 that travels with it.

#ifndef COSIO_CUSTOMER_KEY_HPP
#define COSIO_CUSTOMER_KEY_HPP

#include <cosio/crypto/digest_value.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0 {

/// The MD5 of a customer key: sent with the key, echoed by the service, kept by it. Not a secret.
class customer_key_md5
{
public:
    customer_key_md5() = delete; // SSE-C goes with the key's MD5: sse::customer{key, key.md5()}

    explicit constexpr customer_key_md5(const crypto::md5_value& digest) noexcept : digest_(digest)
    {}

    /// From the 24 characters that the header carries. Errors: `errc::invalid_customer_key`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key_md5> from_base64(
        std::string_view text);

    [[nodiscard]] std::span<const std::byte, 16> bytes() const noexcept { return digest_; }
    /// As the header carries it.
    [[nodiscard]] COSIO_DECLARED std::string base64() const;

    friend bool operator==(const customer_key_md5&, const customer_key_md5&) = default;

private:
    crypto::md5_value digest_;
};

/// 32 secret bytes that encrypt objects with SSE-C. Wiped when it goes; has no text form.
///
/// Losing it loses the objects: the service keeps only a salted hash (COS documentation, "Server-
/// Side Encryption"). Copies are allowed, each wipes itself. Safe to read from several threads.
class customer_key
{
public:
    static constexpr std::size_t size = 32;

    /// From 32 printable ASCII characters, the form the COS guide shows.
    /// Errors: `errc::invalid_customer_key`, `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> from_text(std::string_view text);

    /// From a literal, whose length the compiler checks.
    template <std::size_t Length>
    [[nodiscard]] static result<customer_key> from_text(const char (&literal)[Length])
    {
        static_assert(Length == size + 1, "a customer key is exactly 32 characters long");
        return from_text(std::string_view(literal, Length - 1));
    }

    /// From 32 bytes. Errors: `errc::invalid_customer_key`, `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> from_bytes(
        std::span<const std::byte> bytes);

    /// From the 44 characters of base64 that the header carries.
    /// Errors: `errc::invalid_customer_key`, `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> from_base64(std::string_view text);

    /// A new key from the system's random source. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] COSIO_DECLARED static result<customer_key> generate();

    /// The secret itself. Valid as long as this object.
    [[nodiscard]] std::span<const std::byte, size> bytes() const noexcept { return bytes_.view(); }
    /// What the service checks the key against.
    [[nodiscard]] const customer_key_md5& md5() const noexcept { return md5_; }

    /// In constant time.
    friend bool operator==(const customer_key& left, const customer_key& right) noexcept
    {
        return left.bytes_ == right.bytes_;
    }

    /// A key is never printed.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const customer_key& a_customer_key_is_never_printed)
        = delete;

private:
    explicit customer_key(const crypto::md5_value& digest) noexcept : md5_(digest) {}

    crypto::secret_bytes<size> bytes_{};
    customer_key_md5 md5_;
};

/// A key by reference; the key must outlive every use of the view.
class customer_key_view
{
public:
    customer_key_view(const customer_key& key) noexcept : key_(&key) {}
    customer_key_view(const customer_key&& a_temporary_key_would_be_gone_name_it_first) = delete;

    [[nodiscard]] const customer_key& get() const noexcept { return *key_; }

private:
    const customer_key* key_;
};

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/customer_key_definitions.hpp>
#endif

#endif
