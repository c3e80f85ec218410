// SPDX-License-Identifier: MIT
//
// Storage that is wiped before it is given back.

#ifndef COSIO_CRYPTO_SECRET_HPP
#define COSIO_CRYPTO_SECRET_HPP

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
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
    explicit secret_buffer(std::string_view text) { append(text); }

    secret_buffer(const secret_buffer&) = default;
    secret_buffer(secret_buffer&& other) noexcept
        : room_(std::move(other.room_)), size_(std::exchange(other.size_, 0))
    {}
    secret_buffer& operator=(const secret_buffer&) = default;
    secret_buffer& operator=(secret_buffer&& other) noexcept
    {
        room_ = std::move(other.room_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~secret_buffer() = default;

    /// Valid until the next non-const call.
    [[nodiscard]] std::string_view view() const noexcept { return {room_.data(), size_}; }
    [[nodiscard]] char* data() noexcept { return room_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void reserve(std::size_t capacity)
    {
        if (capacity > room_.size())
            room_.resize(capacity);
    }
    /// What is added are zeros.
    void resize(std::size_t size)
    {
        make_room(size);
        if (size > size_)
            std::memset(room_.data() + size_, 0, size - size_);
        size_ = size;
    }
    secret_buffer& append(std::string_view text)
    {
        make_room(size_ + text.size());
        text.copy(room_.data() + size_, text.size());
        size_ += text.size();
        return *this;
    }
    void push_back(char character) { append({&character, 1}); }

    /// Wipes the contents and keeps the memory.
    void clear() noexcept
    {
        OPENSSL_cleanse(room_.data(), size_);
        size_ = 0;
    }

    /// Secrets have no text form.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const secret_buffer& a_secret_is_never_printed)
        = delete;

private:
    /// A request head mostly fits: growing means copying and wiping.
    static constexpr std::size_t first_capacity = 512;

    void make_room(std::size_t size)
    {
        if (size > room_.size())
            room_.resize(std::max({size, 2 * room_.size(), first_capacity}));
    }

    std::vector<char, wiping_allocator<char>> room_{}; // Filled up to `size_`.
    std::size_t size_ = 0;
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
