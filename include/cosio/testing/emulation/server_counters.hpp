// SPDX-License-Identifier: MIT
//
// What a server has been through.

#ifndef COSIO_TESTING_EMULATION_SERVER_COUNTERS_HPP
#define COSIO_TESTING_EMULATION_SERVER_COUNTERS_HPP

#include <atomic>
#include <cstdint>

namespace cosio::inline v0::testing::emulation {

/// How often things happened, for tests of connection reuse.
struct server_counters
{
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> resumed_sessions{0};
    std::atomic<std::uint64_t> requests{0};
};

} // namespace cosio::inline v0::testing::emulation

#endif
