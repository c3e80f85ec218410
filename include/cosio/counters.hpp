// SPDX-License-Identifier: MIT
//
// What the connections of a client have been through.

#ifndef COSIO_COUNTERS_HPP
#define COSIO_COUNTERS_HPP

#include <cstddef>
#include <cstdint>

namespace cosio::inline v0 {

/// A snapshot, from `client::counters()`. The first group grows, the second is of the moment.
struct connection_counters
{
    std::uint64_t opened = 0;  ///< Connections made, TLS handshake included.
    std::uint64_t resumed = 0; ///< Of these, those that resumed a TLS session.
    std::uint64_t reused = 0;  ///< Requests that found an idle connection.
    std::uint64_t stale = 0;   ///< Idle connections that the server had closed or spoken on.
    std::uint64_t failed = 0;  ///< Attempts to open one that failed.

    std::size_t in_use = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0; ///< Operations that wait for a connection.
};

} // namespace cosio::inline v0

#endif
