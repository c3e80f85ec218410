// SPDX-License-Identifier: MIT
//
// Storage that is wiped before it is given back.

#ifndef COSIO_CRYPTO_SECRET_HPP
#define COSIO_CRYPTO_SECRET_HPP

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace cosio::inline v0::crypto {

/// Compares without a branch on the contents; the lengths are not secret.
[[nodiscard]] inline bool equal_in_constant_time(
    std::span<const std::byte> left, std::span<const std::byte> right) noexcept
{
    return left.size() == right.size() &&
        CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

/// Overwrites a secret with zeros, which no optimisation leaves out.
inline void wipe(void* memory, std::size_t size) noexcept
{
#if defined(__GNUC__)
    // By whole vectors, where OPENSSL_cleanse goes by eight bytes; the compiler has to believe that
    // somebody reads the zeros.
    std::memset(memory, 0, size);
    __asm__ volatile("" : : "r"(memory) : "memory");
#else
    OPENSSL_cleanse(memory, size);
#endif
}

/// A growing buffer of text that may hold secrets: a request head, a base64 form of a key. Wiped
/// when it goes, shrinks, or moves to more memory.
///
/// Not a `std::string`, whose small buffer inside the object would escape the wiping.
class secret_buffer
{
public:
    secret_buffer() = default;
    explicit secret_buffer(std::string_view text) { append(text); }

    secret_buffer(const secret_buffer& other) : secret_buffer(other.view()) {}
    secret_buffer(secret_buffer&& other) noexcept
        : room_(std::move(other.room_)), capacity_(std::exchange(other.capacity_, 0)),
          size_(std::exchange(other.size_, 0))
    {}
    secret_buffer& operator=(const secret_buffer& other)
    {
        if (this == &other)
            return *this;
        clear();
        return append(other.view());
    }
    secret_buffer& operator=(secret_buffer&& other) noexcept
    {
        if (this == &other)
            return *this;
        clear();
        room_ = std::move(other.room_);
        capacity_ = std::exchange(other.capacity_, 0);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~secret_buffer() { clear(); }

    /// Valid until the next non-const call.
    [[nodiscard]] std::string_view view() const noexcept { return {room_.get(), size_}; }
    [[nodiscard]] char* data() noexcept { return room_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void reserve(std::size_t capacity)
    {
        if (capacity > capacity_)
            move_to(capacity);
    }
    /// What is added are zeros.
    void resize(std::size_t size)
    {
        make_room(size);
        if (size > size_)
            std::memset(room_.get() + size_, 0, size - size_);
        else if (size < size_)
            wipe(room_.get() + size, size_ - size);
        size_ = size;
    }
    /// One text behind the other.
    template <std::convertible_to<std::string_view>... More>
    secret_buffer& append(std::string_view first, const More&... more)
    {
        make_room(size_ + (first.size() + ... + std::string_view(more).size()));
        const auto put = [this](std::string_view text) {
            if (!text.empty())
                std::memcpy(room_.get() + size_, text.data(), text.size());
            size_ += text.size();
        };
        put(first);
        (put(more), ...);
        return *this;
    }
    void push_back(char character) { append({&character, 1}); }
    /// Lets `write(char* from)` write up to `at_most` characters and return where they end. It
    /// must not touch what lies behind.
    template <class Write>
    void append_written(std::size_t at_most, Write&& write)
    {
        make_room(size_ + at_most);
        size_ = static_cast<std::size_t>(write(room_.get() + size_) - room_.get());
    }

    /// Wipes the contents and keeps the memory.
    void clear() noexcept
    {
        if (size_ != 0)
            wipe(room_.get(), size_);
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
        if (size > capacity_)
            grow(size);
    }

    /// Kept out of line, so that what mostly happens is short enough to be inlined.
    [[gnu::noinline]] void grow(std::size_t size)
    {
        move_to(std::max({size, 2 * capacity_, first_capacity}));
    }

    void move_to(std::size_t capacity)
    {
        auto more = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ != 0) {
            std::memcpy(more.get(), room_.get(), size_);
            wipe(room_.get(), size_);
        }
        room_ = std::move(more);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> room_{}; // Beyond `size_` it never holds anything that was appended.
    std::size_t capacity_ = 0;
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
    ~secret_bytes() { wipe(bytes_.data(), bytes_.size()); }

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
