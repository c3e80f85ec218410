// SPDX-License-Identifier: MIT
//
// What every transfer works with.

#ifndef COSIO_TRANSFER_ENVIRONMENT_HPP
#define COSIO_TRANSFER_ENVIRONMENT_HPP

#include <cosio/net/client_core.hpp>
#include <cosio/net/operation_control.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>

namespace cosio::inline v0::transfer {

template <class Client>
struct environment
{
    Client cos; ///< Carries out the operations.
    std::shared_ptr<net::client_core> core;
    std::shared_ptr<net::operation_control> control; ///< Of the transfer, with its executor.
    asio::any_io_executor files;                     ///< Where files are read and written.
};

} // namespace cosio::inline v0::transfer

#endif
