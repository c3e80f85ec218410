// SPDX-License-Identifier: MIT
//
// What run.hpp declares.

#ifndef COSIO_RUN_DEFINITIONS_HPP
#define COSIO_RUN_DEFINITIONS_HPP

#include <cosio/run.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <utility>

namespace cosio::inline v0 {

COSIO_DECLARED void run(asio::awaitable<void> work)
{
    asio::io_context context(1);
    // Thrown through the loop, which leaves the rest undone.
    asio::co_spawn(context, std::move(work), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    context.run();
}

} // namespace cosio::inline v0

#endif
