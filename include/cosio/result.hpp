// SPDX-License-Identifier: MIT
//
// A value or the error that took its place.

#ifndef COSIO_RESULT_HPP
#define COSIO_RESULT_HPP

#include <cosio/error.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// What every operation yields: a `T`, or a `cosio::error`.
///
/// The interface is a subset of `std::expected<T, cosio::error>`, with one difference: an `error`
/// converts to it directly. `operator*` and `operator->` require a value, `error()` requires none.
template <class T>
class [[nodiscard]] result
{
    static_assert(!std::is_reference_v<T> && !std::same_as<std::remove_cv_t<T>, cosio::error>);

public:
    using value_type = T;
    using error_type = cosio::error;

    result() noexcept(std::is_nothrow_default_constructible_v<T>)
        requires std::default_initializable<T>
        : value_(), has_value_(true)
    {}

    template <class U = T>
        requires(std::constructible_from<T, U &&> &&
            !std::same_as<std::remove_cvref_t<U>, result> &&
            !std::same_as<std::remove_cvref_t<U>, cosio::error>)
    explicit(!std::convertible_to<U&&, T>) result(U&& value)
        : value_(std::forward<U>(value)), has_value_(true)
    {}

    result(cosio::error problem) noexcept : error_(std::move(problem)), has_value_(false) {}

    result(const result& other) requires std::copy_constructible<T>
    {
        construct(other);
    }
    result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
    {
        construct(std::move(other));
    }
    result& operator=(const result& other) requires std::copy_constructible<T>
    {
        return *this = result(other);
    }
    result& operator=(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
    {
        if (this == &other)
            return *this;
        destroy();
        if constexpr (std::is_nothrow_move_constructible_v<T>) {
            construct(std::move(other));
        } else {
            try {
                construct(std::move(other));
            } catch (...) {
                std::construct_at(&error_);
                has_value_ = false;
                throw;
            }
        }
        return *this;
    }
    ~result() { destroy(); }

    [[nodiscard]] bool has_value() const noexcept { return has_value_; }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// The value; throws `cosio::exception` when there is none.
    [[nodiscard]] T& value() &
    {
        require_value();
        return **this;
    }
    [[nodiscard]] const T& value() const&
    {
        require_value();
        return **this;
    }
    [[nodiscard]] T&& value() &&
    {
        require_value();
        return std::move(**this);
    }

    [[nodiscard]] T& operator*() & noexcept { return value_; }
    [[nodiscard]] const T& operator*() const& noexcept { return value_; }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(value_); }
    [[nodiscard]] T* operator->() noexcept { return std::addressof(value_); }
    [[nodiscard]] const T* operator->() const noexcept { return std::addressof(value_); }

    [[nodiscard]] cosio::error& error() & noexcept { return error_; }
    [[nodiscard]] const cosio::error& error() const& noexcept { return error_; }
    [[nodiscard]] cosio::error&& error() && noexcept
    {
        return std::move(error_);
    }

    template <class U>
    [[nodiscard]] T value_or(U&& otherwise) const&
    {
        return has_value() ? **this : static_cast<T>(std::forward<U>(otherwise));
    }
    template <class U>
    [[nodiscard]] T value_or(U&& otherwise) &&
    {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(otherwise));
    }

private:
    void require_value() const
    {
        if (!has_value())
            detail::throw_exception(error());
    }

    template <class Other>
    void construct(Other&& other)
    {
        if (other.has_value_)
            std::construct_at(std::addressof(value_), std::forward<Other>(other).value_);
        else
            std::construct_at(&error_, std::forward<Other>(other).error_);
        has_value_ = other.has_value_;
    }

    void destroy() noexcept
    {
        if (has_value_)
            std::destroy_at(std::addressof(value_));
        else
            std::destroy_at(&error_);
    }

    // Not a std::variant, which takes several times as long to compile, for each T anew.
    union
    {
        T value_;
        cosio::error error_;
    };
    bool has_value_;
};

/// Success, or the error that took its place.
template <>
class [[nodiscard]] result<void>
{
public:
    using value_type = void;
    using error_type = cosio::error;

    result() = default;
    result(cosio::error problem) noexcept : error_(std::move(problem)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// Throws `cosio::exception` on a failed result.
    void value() const
    {
        if (!has_value())
            detail::throw_exception(error());
    }

    [[nodiscard]] cosio::error& error() & noexcept { return *error_; }
    [[nodiscard]] const cosio::error& error() const& noexcept { return *error_; }
    [[nodiscard]] cosio::error&& error() && noexcept
    {
        return std::move(*error_);
    }

private:
    std::optional<cosio::error> error_{};
};

} // namespace cosio::inline v0

#endif
