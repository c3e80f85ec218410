// SPDX-License-Identifier: MIT
//
// What customer_key.hpp declares.

#ifndef COSIO_CUSTOMER_KEY_DEFINITIONS_HPP
#define COSIO_CUSTOMER_KEY_DEFINITIONS_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/customer_key.hpp>
#include <cosio/detail/bytes.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0 {

namespace detail {

[[nodiscard]] inline error invalid_customer_key(std::string_view rule)
{
    return error(errc::invalid_customer_key, std::string(rule), "customer_key");
}

} // namespace detail

COSIO_DECLARED result<customer_key_md5> customer_key_md5::from_base64(std::string_view text)
{
    crypto::md5_value digest{};
    if (crypto::decode_base64(text, digest) != digest.size())
        return error(errc::invalid_customer_key,
            "must be the base64 form of 16 bytes (24 characters)", "sse.md5");
    return customer_key_md5(digest);
}

COSIO_DECLARED std::string customer_key_md5::base64() const { return crypto::base64(digest_); }

COSIO_DECLARED result<customer_key> customer_key::from_text(std::string_view text)
{
    if (text.size() != size)
        return detail::invalid_customer_key("must be exactly 32 characters");
    if (!std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }))
        return detail::invalid_customer_key(
            "must be printable ASCII; use from_bytes or from_base64 for other bytes");
    return from_bytes(detail::bytes_of(text));
}

COSIO_DECLARED result<customer_key> customer_key::from_bytes(std::span<const std::byte> bytes)
{
    if (bytes.size() != size)
        return detail::invalid_customer_key("must be exactly 32 bytes");
    const auto digest = crypto::md5(bytes);
    if (!digest)
        return digest.error();
    customer_key key(*digest);
    std::ranges::copy(bytes, key.bytes_.writable().begin());
    return key;
}

COSIO_DECLARED result<customer_key> customer_key::from_base64(std::string_view text)
{
    crypto::secret_bytes<size> bytes;
    if (crypto::decode_base64(text, bytes.writable()) != size)
        return detail::invalid_customer_key("must be the base64 form of 32 bytes (44 characters)");
    return from_bytes(bytes.view());
}

COSIO_DECLARED result<customer_key> customer_key::generate()
{
    crypto::secret_bytes<size> bytes;
    auto* const out = reinterpret_cast<unsigned char*>(bytes.writable().data());
    if (RAND_priv_bytes(out, static_cast<int>(size)) != 1)
        return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
    return from_bytes(bytes.view());
}

} // namespace cosio::inline v0

#endif
