// SPDX-License-Identifier: MIT
//
// How many connections are kept, and how long.

#ifndef COSIO_POOL_SETTINGS_HPP
#define COSIO_POOL_SETTINGS_HPP

#include <chrono>
#include <cstddef>

namespace cosio::inline v0 {

/// How connections are kept.
class pool_settings
{
public:
    pool_settings() = default;

    /// A connection that has been idle for longer is not used again. Below what servers allow, so
    /// that a request does not meet a connection that is just being closed. Nothing waits for this
    /// time to pass: such a connection is closed when the pool is used next.
    std::chrono::seconds idle_timeout{20};
    /// Idle connections kept at most, all hosts together; the oldest go first.
    std::size_t maximum_idle = 64;
    /// Connections to one host at most; further operations wait for one, in the order in which
    /// they came, see `timeout_settings::pool_wait`.
    std::size_t maximum_per_host = 256;
};

} // namespace cosio::inline v0

#endif
