// SPDX-License-Identifier: MIT
//
// Runs a coroutine in a program that has no execution context of its own.

#ifndef COSIO_BLOCK_ON_HPP
#define COSIO_BLOCK_ON_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/separate.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace cosio::inline v0 {

namespace detail {

/// An object, so that no call of a function that happens to have its name finds it by the
/// namespace of an argument.
class block_on_function
{
public:
    COSIO_DECLARED void operator()(asio::awaitable<void> work) const;

    template <std::move_constructible T>
    T operator()(asio::awaitable<T> work) const
    {
        std::optional<T> value;
        (*this)(keep_value(std::move(work), value));
        return *std::move(value);
    }

private:
    template <class T>
    static asio::awaitable<void> keep_value(asio::awaitable<T> work, std::optional<T>& value)
    {
        value.emplace(co_await std::move(work));
    }
};

} // namespace detail

/// Runs a coroutine, and whatever it starts on its executor, to the end, and gives what it
/// returned: `cosio::block_on(backup())`.
///
/// On the calling thread and on an `io_context` of its own, which `asio::this_coro::executor` names
/// within the coroutine. Clients are to be made there, and to end there with all they have given:
/// one of another context would wait for that. Throws what the coroutine throws, or any handler on
/// its executor, without waiting for the rest then; and `cosio::exception` of `errc::cancelled`
/// when its executor was stopped before it was done. A server runs the context it has instead.
inline constexpr detail::block_on_function block_on{};

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/block_on_definitions.hpp>
#endif

#endif
