// SPDX-License-Identifier: MIT
//
// Storage that is wiped before it is given back.

#ifndef COSIO_CRYPTO_SECRET_HPP
#define COSIO_CRYPTO_SECRET_HPP

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace cosio::inline v0::crypto {

/// Compares without a branch on the contents; the lengths are not secret.
[[nodiscard]] inline bool equal_in_constant_time(
    std::span<const std::byte> left, std::span<const std::byte> right) noexcept
{
    return left.size() == right.size() &&
        CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

/// Wipes memory before returning it, so that a growing container leaves nothing behind.
template <class T>
struct wiping_allocator
{
    using value_type = T;

    wiping_allocator() = default;
    template <class U>
    wiping_allocator(const wiping_allocator<U>&) noexcept
    {}

    [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* memory, std::size_t count) noexcept
    {
        OPENSSL_cleanse(memory, count * sizeof(T));
        std::allocator<T>().deallocate(memory, count);
    }

    friend bool operator==(wiping_allocator, wiping_allocator) noexcept { return true; }
};

/// A growing buffer of text that may hold secrets: a request head, a base64 form of a key.
///
/// Not a `std::string`, whose small buffer inside the object would escape the wiping.
class secret_buffer
{
public:
    secret_buffer() = default;
    explicit secret_buffer(std::string_view text) : bytes_(text.begin(), text.end()) {}

    secret_buffer(const secret_buffer&) = default;
    secret_buffer(secret_buffer&&) noexcept = default;
    secret_buffer& operator=(const secret_buffer&) = default;
    secret_buffer& operator=(secret_buffer&&) noexcept = default;
    ~secret_buffer() = default;

    /// Valid until the next non-const call.
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), bytes_.size()}; }
    [[nodiscard]] char* data() noexcept { return bytes_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

    void reserve(std::size_t capacity) { bytes_.reserve(capacity); }
    void resize(std::size_t size) { bytes_.resize(size); }
    secret_buffer& append(std::string_view text)
    {
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        return *this;
    }
    void push_back(char character) { bytes_.push_back(character); }

    /// Wipes the contents and keeps the memory.
    void clear() noexcept
    {
        if (!bytes_.empty())
            OPENSSL_cleanse(bytes_.data(), bytes_.size());
        bytes_.clear();
    }

    /// Secrets have no text form.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const secret_buffer& a_secret_is_never_printed)
        = delete;

private:
    std::vector<char, wiping_allocator<char>> bytes_{};
};

/// A fixed number of secret bytes inside the object, wiped when it goes.
template <std::size_t Size>
class secret_bytes
{
public:
    secret_bytes() = default;
    secret_bytes(const secret_bytes&) = default;
    secret_bytes& operator=(const secret_bytes&) = default;
    ~secret_bytes() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    [[nodiscard]] std::span<const std::byte, Size> view() const noexcept { return bytes_; }
    [[nodiscard]] std::span<std::byte, Size> writable() noexcept { return bytes_; }

    /// In constant time.
    friend bool operator==(const secret_bytes& left, const secret_bytes& right) noexcept
    {
        return equal_in_constant_time(left.bytes_, right.bytes_);
    }

    /// Secrets have no text form.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const secret_bytes& a_secret_is_never_printed)
        = delete;

private:
    std::array<std::byte, Size> bytes_{};
};

} // namespace cosio::inline v0::crypto

#endif
