// SPDX-License-Identifier: MIT
//
// What block_on.hpp declares.

#ifndef COSIO_BLOCK_ON_DEFINITIONS_HPP
#define COSIO_BLOCK_ON_DEFINITIONS_HPP

#include <cosio/block_on.hpp>
#include <cosio/error.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <utility>

namespace cosio::inline v0 {

COSIO_DECLARED void detail::block_on_function::operator()(asio::awaitable<void> work) const
{
    bool is_done = false;
    asio::io_context context(1);
    // Thrown through the loop, which leaves the rest undone.
    asio::co_spawn(context, std::move(work), [&is_done](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
        is_done = true;
    });
    context.run();
    if (!is_done)
        throw exception(
            error(errc::cancelled, "the executor was stopped before the work was done"));
}

} // namespace cosio::inline v0

#endif
