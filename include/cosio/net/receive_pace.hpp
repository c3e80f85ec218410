// SPDX-License-Identifier: MIT
//
// How much of a long body should have come before it is worth waking up for.

#ifndef COSIO_NET_RECEIVE_PACE_HPP
#define COSIO_NET_RECEIVE_PACE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cosio::inline v0::net {

/// Who is woken up for each packet of a fast peer spends more time on waking up than on the bytes.
/// So while bytes come fast, the system is asked to wait for a batch of them; when they do not,
/// each is worth having at once.
class receive_pace
{
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t batch = 96 * 1024;
    /// A batch takes no longer than that at the least pace that is called fast.
    static constexpr std::chrono::milliseconds longest_batch{40};

    /// The bytes to wait for, when a batch or more is certain to come and `received` are here in
    /// all.
    [[nodiscard]] std::size_t worth_waiting_for(
        std::uint64_t received, clock::time_point now) noexcept
    {
        if (received - measured_from_ >= batch) {
            const auto batches = static_cast<std::int64_t>((received - measured_from_) / batch);
            is_fast_ = now - measured_since_ <= batches * longest_batch;
            measured_from_ = received;
            measured_since_ = now;
        }
        return is_fast_ ? batch : 1;
    }

    /// A wait goes on for a while now, `received` are here in all: what comes next is worth having
    /// at once.
    void slowed_down(std::uint64_t received, clock::time_point now) noexcept
    {
        is_fast_ = false;
        measured_from_ = received;
        measured_since_ = now;
    }

private:
    bool is_fast_ = false;
    std::uint64_t measured_from_ = 0;
    clock::time_point measured_since_{};
};

} // namespace cosio::inline v0::net

#endif
