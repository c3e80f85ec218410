// SPDX-License-Identifier: MIT
//
// A vector whose first elements need no memory of their own.

#ifndef COSIO_DETAIL_INLINE_VECTOR_HPP
#define COSIO_DETAIL_INLINE_VECTOR_HPP

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace cosio::inline v0::detail {

/// Holds the first `Inline` elements in itself and allocates only for what comes behind them.
template <class T, std::size_t Inline>
class inline_vector
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    inline_vector() noexcept {} // Leaves elements that are not there yet as they are.

    inline_vector(const inline_vector& other) : size_(other.size_), more_(other.more_)
    {
        copy_inline(other);
    }
    inline_vector(inline_vector&& other) noexcept
        : size_(other.size_), more_(std::move(other.more_))
    {
        copy_inline(other);
        other.clear();
    }
    inline_vector& operator=(const inline_vector& other)
    {
        more_ = other.more_;
        size_ = other.size_;
        copy_inline(other);
        return *this;
    }
    inline_vector& operator=(inline_vector&& other) noexcept
    {
        if (this == &other)
            return *this;
        more_ = std::move(other.more_);
        size_ = other.size_;
        copy_inline(other);
        other.clear();
        return *this;
    }
    ~inline_vector() = default;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t index) const noexcept
    {
        return index < Inline ? first_[index] : more_[index - Inline];
    }

    void push_back(const T& element)
    {
        if (size_ < Inline)
            first_[size_] = element;
        else
            more_.push_back(element);
        ++size_;
    }

    void clear() noexcept
    {
        more_.clear();
        size_ = 0;
    }

private:
    void copy_inline(const inline_vector& other) noexcept
    {
        for (std::size_t i = 0; i != size_ && i != Inline; ++i)
            first_[i] = other.first_[i];
    }

    std::array<T, Inline> first_;
    std::size_t size_ = 0;
    std::vector<T> more_{};
};

} // namespace cosio::inline v0::detail

#endif
