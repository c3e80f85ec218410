// SPDX-License-Identifier: MIT
//
// Text that mostly needs no memory of its own.

#ifndef COSIO_DETAIL_INLINE_TEXT_HPP
#define COSIO_DETAIL_INLINE_TEXT_HPP

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::detail {

/// Holds up to `Inline` characters in itself and allocates only for longer text. Moving it moves
/// the characters, so views of it do not outlive that.
template <std::size_t Inline>
class inline_text
{
public:
    inline_text() noexcept {} // Leaves characters that are not there yet as they are.
    inline_text(std::string_view text) { append(text); }

    inline_text(const inline_text& other) : size_(other.size_), longer_(other.longer_)
    {
        copy_inline(other);
    }
    inline_text(inline_text&& other) noexcept
        : size_(other.size_), longer_(std::move(other.longer_))
    {
        copy_inline(other);
        other.clear();
    }
    inline_text& operator=(const inline_text& other)
    {
        if (this == &other)
            return *this;
        longer_ = other.longer_;
        size_ = other.size_;
        copy_inline(other);
        return *this;
    }
    inline_text& operator=(inline_text&& other) noexcept
    {
        if (this == &other)
            return *this;
        longer_ = std::move(other.longer_);
        size_ = other.size_;
        copy_inline(other);
        other.clear();
        return *this;
    }
    ~inline_text() = default;

    /// Valid until the text is changed or moved.
    [[nodiscard]] const char* data() const noexcept
    {
        return is_inline() ? first_.data() : longer_.data();
    }
    [[nodiscard]] std::string_view view() const noexcept { return {data(), size_}; }
    operator std::string_view() const noexcept { return view(); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    inline_text& append(std::string_view more)
    {
        const auto size = size_ + more.size();
        if (size <= Inline) {
            if (!more.empty())
                std::memcpy(first_.data() + size_, more.data(), more.size());
        } else {
            if (is_inline()) {
                longer_.reserve(size);
                longer_.assign(first_.data(), size_);
            }
            longer_.append(more);
        }
        size_ = size;
        return *this;
    }
    void push_back(char character) { append({&character, 1}); }

    void clear() noexcept
    {
        size_ = 0;
        longer_.clear();
    }

    friend bool operator==(const inline_text& left, std::string_view right) noexcept
    {
        return left.view() == right;
    }

private:
    [[nodiscard]] bool is_inline() const noexcept { return size_ <= Inline; }

    void copy_inline(const inline_text& other) noexcept
    {
        if (is_inline())
            std::memcpy(first_.data(), other.first_.data(), size_);
    }

    std::array<char, Inline> first_;
    std::size_t size_ = 0;
    std::string longer_{}; // All of the text, once it is longer than `Inline`.
};

} // namespace cosio::inline v0::detail

#endif
