// SPDX-License-Identifier: MIT
//
// Encryption at rest: AES-256-GCM in segments under a data key, which itself is wrapped under the
// master key, a KMS key, or the customer's key.

#ifndef COSIO_TESTING_EMULATION_SEALING_HPP
#define COSIO_TESTING_EMULATION_SEALING_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/detail/bytes.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cosio::inline v0::testing::emulation {

inline constexpr std::size_t aes_key_size = 32;
inline constexpr std::size_t gcm_nonce_size = 12;
inline constexpr std::size_t gcm_tag_size = 16;

using aes_key = crypto::secret_bytes<aes_key_size>;

[[nodiscard]] inline std::string random_bytes(std::size_t size)
{
    std::string out(size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1)
        throw std::runtime_error("no random bytes");
    return out;
}

[[nodiscard]] inline aes_key key_from(std::string_view bytes)
{
    aes_key key;
    std::ranges::copy(
        detail::bytes_of(bytes).first(aes_key_size), key.writable().begin());
    return key;
}

[[nodiscard]] inline aes_key random_key()
{
    return key_from(random_bytes(aes_key_size));
}

/// AES-256-GCM over one piece. `nonce` must not be used twice with a key.
class gcm
{
public:
    explicit gcm(const aes_key& key) : key_(key), context_(EVP_CIPHER_CTX_new()) {}

    /// Ciphertext with its tag behind it.
    [[nodiscard]] std::string seal(
        std::string_view nonce, std::string_view plain, std::string_view associated) const
    {
        std::string out(plain.size() + gcm_tag_size, '\0');
        auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
        const bool done = run(true, nonce, plain, associated, bytes) &&
            EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, gcm_tag_size,
                bytes + plain.size()) == 1;
        if (!done)
            throw std::runtime_error("AES-GCM failed");
        return out;
    }

    /// The plaintext; nothing when key, nonce, associated data or ciphertext are not right.
    [[nodiscard]] std::optional<std::string> open(
        std::string_view nonce, std::string_view sealed, std::string_view associated) const
    {
        if (sealed.size() < gcm_tag_size)
            return std::nullopt;
        tag_ = sealed.substr(sealed.size() - gcm_tag_size);
        const auto cipher = sealed.substr(0, sealed.size() - gcm_tag_size);
        std::string out(cipher.size(), '\0');
        if (!run(false, nonce, cipher, associated, reinterpret_cast<unsigned char*>(out.data())))
            return std::nullopt;
        return out;
    }

private:
    struct context_deleter
    {
        void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    };

    bool run(bool seals, std::string_view nonce, std::string_view input,
        std::string_view associated, unsigned char* out) const
    {
        const auto bytes = [](std::string_view text) {
            return reinterpret_cast<const unsigned char*>(text.data());
        };
        auto* const context = context_.get();
        int size = 0;
        bool right = EVP_CipherInit_ex2(context, EVP_aes_256_gcm(),
                         reinterpret_cast<const unsigned char*>(key_.view().data()), bytes(nonce),
                         seals ? 1 : 0, nullptr) == 1;
        if (right && !associated.empty())
            right = EVP_CipherUpdate(context, nullptr, &size, bytes(associated),
                        static_cast<int>(associated.size())) == 1;
        if (right && !input.empty())
            right = EVP_CipherUpdate(
                        context, out, &size, bytes(input), static_cast<int>(input.size())) == 1;
        if (right && !seals)
            right = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, gcm_tag_size,
                        tag_.data()) == 1;
        return right && EVP_CipherFinal_ex(context, out + input.size(), &size) == 1;
    }

    aes_key key_;
    std::unique_ptr<EVP_CIPHER_CTX, context_deleter> context_;
    mutable std::string tag_{};
};

/// A data key under another key: nonce, ciphertext, tag.
[[nodiscard]] inline std::string wrap(
    const aes_key& under, const aes_key& key, std::string_view associated)
{
    const auto nonce = random_bytes(gcm_nonce_size);
    return nonce + gcm(under).seal(nonce, detail::text_of(key.view()), associated);
}

[[nodiscard]] inline std::optional<aes_key> unwrap(
    const aes_key& under, std::string_view wrapped, std::string_view associated)
{
    if (wrapped.size() != gcm_nonce_size + aes_key_size + gcm_tag_size)
        return std::nullopt;
    const auto plain = gcm(under).open(
        wrapped.substr(0, gcm_nonce_size), wrapped.substr(gcm_nonce_size), associated);
    if (!plain)
        return std::nullopt;
    return key_from(*plain);
}

/// Bytes at rest, in segments, so that a range can be read without the rest.
struct sealed_bytes
{
    static constexpr std::size_t segment = 256 * 1024;

    /// Segments behind one another, each with its tag; or, without encryption, the bytes.
    std::string stored{};
    std::uint64_t size = 0; ///< Before encryption.
    /// The data key, wrapped; empty without encryption.
    std::string wrapped_key{};
};

/// Segments are numbered in their nonces, so they cannot change places.
[[nodiscard]] inline std::string segment_nonce(std::uint64_t number)
{
    std::string nonce(gcm_nonce_size, '\0');
    for (std::size_t i = 0; i != 8; ++i)
        nonce[i] = static_cast<char>(number >> (8 * i) & 0xffU);
    return nonce;
}

/// Encrypts under a data key of its own.
[[nodiscard]] inline std::string seal_segments(const aes_key& key, std::string_view plain)
{
    const gcm cipher(key);
    std::string out;
    out.reserve(plain.size() + (plain.size() / sealed_bytes::segment + 1) * gcm_tag_size);
    for (std::uint64_t number = 0; !plain.empty(); ++number) {
        const auto piece = plain.substr(0, sealed_bytes::segment);
        out.append(cipher.seal(segment_nonce(number), piece, {}));
        plain.remove_prefix(piece.size());
    }
    return out;
}

/// Decrypts `count` bytes from `first` on; nothing when the key is wrong or bytes were changed.
[[nodiscard]] inline std::optional<std::string> open_segments(
    const aes_key& key, const sealed_bytes& sealed, std::uint64_t first, std::uint64_t count)
{
    constexpr std::uint64_t stride = sealed_bytes::segment + gcm_tag_size;
    const gcm cipher(key);
    std::string out;
    for (std::uint64_t number = first / sealed_bytes::segment;
         count != 0 && number * stride < sealed.stored.size(); ++number) {
        const auto piece =
            std::string_view(sealed.stored).substr(number * stride, stride);
        const auto plain = cipher.open(segment_nonce(number), piece, {});
        if (!plain)
            return std::nullopt;
        const auto skip = first - number * sealed_bytes::segment;
        const auto taken = std::min<std::uint64_t>(count, plain->size() - skip);
        out.append(*plain, skip, taken);
        first += taken;
        count -= taken;
    }
    return out;
}

[[nodiscard]] inline std::string hmac_sha256_text(std::string_view key, std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
    return {reinterpret_cast<const char*>(out.data()), size};
}

} // namespace cosio::inline v0::testing::emulation

#endif
