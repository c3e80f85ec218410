// SPDX-License-Identifier: MIT
//
// What initiation.hpp declares.

#ifndef COSIO_NET_INITIATION_DEFINITIONS_HPP
#define COSIO_NET_INITIATION_DEFINITIONS_HPP

#include <cosio/net/initiation.hpp>
#include <cosio/net/operation_control.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/post.hpp>

namespace cosio::inline v0::net {

COSIO_DECLARED const asio::any_io_executor& executor_of(const operation_control& control) noexcept
{
    return control.executor();
}

COSIO_DECLARED void cancellation_handler::operator()(asio::cancellation_type type) const
{
    if ((type & asio::cancellation_type::terminal) == asio::cancellation_type::none)
        return; // A cancelled operation cannot promise to have had no effect.
    asio::post(executor_, [control = control_] {
        if (const auto running = control.lock())
            running->cancel();
    });
}

} // namespace cosio::inline v0::net

#endif
