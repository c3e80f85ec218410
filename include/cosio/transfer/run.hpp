// SPDX-License-Identifier: MIT
//
// Runs any transfer.

#ifndef COSIO_TRANSFER_RUN_HPP
#define COSIO_TRANSFER_RUN_HPP

#include <cosio/net/run_operation.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <memory>

namespace cosio::inline v0::transfer {

/// Keeps `work` until it is done, and lets no exception out.
template <class Transfer>
[[nodiscard]] asio::awaitable<result<typename Transfer::result_type>> run(
    std::shared_ptr<Transfer> work)
{
    try {
        auto done = co_await work->run();
        co_return done;
    } catch (...) {
        co_return net::error_of_exception();
    }
}

} // namespace cosio::inline v0::transfer

#endif
