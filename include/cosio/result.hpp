// SPDX-License-Identifier: MIT
//
// A value or the error that took its place.

#ifndef COSIO_RESULT_HPP
#define COSIO_RESULT_HPP

#include <cosio/error.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

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

    result() requires std::default_initializable<T>
    = default;

    template <class U = T>
        requires(std::constructible_from<T, U &&> &&
            !std::same_as<std::remove_cvref_t<U>, result> &&
            !std::same_as<std::remove_cvref_t<U>, cosio::error>)
    explicit(!std::convertible_to<U&&, T>) result(U&& value)
        : state_(std::in_place_index<0>, std::forward<U>(value))
    {}

    result(cosio::error problem) : state_(std::in_place_index<1>, std::move(problem)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
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

    [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&state_); }
    [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    [[nodiscard]] cosio::error& error() & noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] const cosio::error& error() const& noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] cosio::error&& error() && noexcept
    {
        return std::move(*std::get_if<1>(&state_));
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
            throw exception(error());
    }

    std::variant<T, cosio::error> state_{};
};

/// Success, or the error that took its place.
template <>
class [[nodiscard]] result<void>
{
public:
    using value_type = void;
    using error_type = cosio::error;

    result() = default;
    result(cosio::error problem) : state_(std::in_place_index<1>, std::move(problem)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// Throws `cosio::exception` on a failed result.
    void value() const
    {
        if (!has_value())
            throw exception(error());
    }

    [[nodiscard]] cosio::error& error() & noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] const cosio::error& error() const& noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] cosio::error&& error() && noexcept
    {
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<std::monostate, cosio::error> state_{};
};

} // namespace cosio::inline v0

#endif
