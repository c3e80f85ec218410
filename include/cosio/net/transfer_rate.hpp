// SPDX-License-Identifier: MIT
//
// Whether a peer that is waited for moves enough bytes.

#ifndef COSIO_NET_TRANSFER_RATE_HPP
#define COSIO_NET_TRANSFER_RATE_HPP

#include <chrono>
#include <cstdint>

namespace cosio::inline v0::net {

/// Adds up the time in which a peer was waited for, and judges it window by window: what the caller
/// takes for itself is not the peer's. Knows no clock.
class transfer_rate
{
public:
    using duration = std::chrono::steady_clock::duration;

    /// Another connection, or another request: nothing is held against it.
    void restart(std::uint64_t moved) noexcept
    {
        waited_ = duration::zero();
        moved_before_ = moved;
    }

    /// The peer was waited for, `moved` bytes have moved in all. False when a window has passed in
    /// which it was slower than `least` bytes a second; a window of zero or less judges nothing.
    [[nodiscard]] bool waited(
        duration time, std::uint64_t moved, std::uint64_t least, duration window) noexcept
    {
        waited_ += time;
        if (window <= duration::zero() || waited_ < window)
            return true;
        const std::chrono::duration<double> seconds = waited_;
        const bool enough = static_cast<double>(moved - moved_before_) >=
            static_cast<double>(least) * seconds.count();
        restart(moved);
        return enough;
    }

    [[nodiscard]] std::uint64_t moved_before() const noexcept { return moved_before_; }

private:
    duration waited_{};
    std::uint64_t moved_before_ = 0;
};

} // namespace cosio::inline v0::net

#endif
