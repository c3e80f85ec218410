// SPDX-License-Identifier: MIT
//
// Runs a coroutine in a program that has no execution context of its own.

#ifndef COSIO_RUN_HPP
#define COSIO_RUN_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/separate.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace cosio::inline v0 {

/// Runs `work`, and whatever it starts on its executor, to the end: `cosio::run(backup())`.
///
/// On the calling thread and on an `io_context` of its own, which `asio::this_coro::executor` names
/// within `work`; clients made there must end with it. Rethrows what `work` throws, then without
/// waiting for what else it started. A server runs the context it has instead.
COSIO_DECLARED void run(asio::awaitable<void> work);

namespace detail {

template <class T>
asio::awaitable<void> keep_value(asio::awaitable<T> work, std::optional<T>& value)
{
    value.emplace(co_await std::move(work));
}

} // namespace detail

/// The same, and gives what `work` returned.
template <std::move_constructible T>
T run(asio::awaitable<T> work)
{
    std::optional<T> value;
    run(detail::keep_value(std::move(work), value));
    return *std::move(value);
}

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/run_definitions.hpp>
#endif

#endif
