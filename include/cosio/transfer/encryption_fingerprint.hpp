// SPDX-License-Identifier: MIT
//
// Tells whether two runs of a transfer ask for the same encryption, without keeping the key.

#ifndef COSIO_TRANSFER_ENCRYPTION_FINGERPRINT_HPP
#define COSIO_TRANSFER_ENCRYPTION_FINGERPRINT_HPP

#include <cosio/crypto/hex.hpp>
#include <cosio/crypto/hmac.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/result.hpp>
#include <cosio/sse.hpp>

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace cosio::inline v0::transfer {

/// `<mode>`, or `<mode>:<salt>:<HMAC-SHA256 of what the mode has>` in hexadecimal: the customer
/// key, or key id and context of SSE-KMS.
class encryption_fingerprint
{
public:
    /// With a salt of its own. Errors: `errc::crypto_unavailable`.
    template <class Asked>
    [[nodiscard]] static result<std::string> make(const Asked& asked)
    {
        std::array<unsigned char, 16> salt{};
        if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
            return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
        return with_salt(asked, crypto::hex(std::as_bytes(std::span(salt))));
    }

    /// Whether `text`, which `make` made, is of the same encryption.
    template <class Asked>
    [[nodiscard]] static bool matches(const Asked& asked, std::string_view text)
    {
        const auto first = text.find(':');
        const auto second = text.find(':', first == std::string_view::npos ? first : first + 1);
        const auto salt = second == std::string_view::npos
            ? std::string_view()
            : text.substr(first + 1, second - first - 1);
        const auto again = with_salt(asked, salt);
        return again &&
            crypto::equal_in_constant_time(detail::bytes_of(*again), detail::bytes_of(text));
    }

private:
    template <class Asked>
    [[nodiscard]] static result<std::string> with_salt(const Asked& asked, std::string_view salt)
    {
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            return seal("customer", salt, customer->key.get().bytes());
        if constexpr (std::is_same_v<Asked, sse::on_write>) {
            if (const auto* const kms = std::get_if<sse::kms>(&asked)) {
                const auto text =
                    std::string(kms->key_id).append("\n").append(kms->context);
                return seal("kms", salt, detail::bytes_of(text));
            }
            if (std::holds_alternative<sse::cos_managed>(asked))
                return std::string("cos_managed");
        }
        return std::string("none");
    }

    [[nodiscard]] static result<std::string> seal(
        std::string_view mode, std::string_view salt, std::span<const std::byte> what)
    {
        const auto digest = crypto::hmac_sha256(detail::bytes_of(salt), what);
        if (!digest)
            return digest.error();
        return std::string(mode).append(":").append(salt).append(":").append(
            crypto::hex(*digest));
    }
};

} // namespace cosio::inline v0::transfer

#endif
