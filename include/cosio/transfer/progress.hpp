// SPDX-License-Identifier: MIT
//
// How far a transfer is, and how it tells.

#ifndef COSIO_TRANSFER_PROGRESS_HPP
#define COSIO_TRANSFER_PROGRESS_HPP

#include <cosio/request/progress.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace cosio::inline v0::transfer {

/// Counts committed bytes and estimates their rate. Knows no clock: the time is a parameter.
class progress_meter
{
public:
    using time_point = std::chrono::steady_clock::time_point;

    progress_meter(
        progress_view listener, std::optional<std::uint64_t> total, time_point start) noexcept
        : listener_(listener), since_(start)
    {
        now_.total = total;
    }

    /// Bytes that an earlier run committed: they count, but say nothing about the rate.
    void resume_from(std::uint64_t bytes)
    {
        now_.committed += bytes;
        counted_ = now_.committed;
        listener_(now_);
    }

    void commit(std::uint64_t bytes, time_point at)
    {
        constexpr auto window = std::chrono::milliseconds(500);
        now_.committed += bytes;
        if (const auto passed = at - since_; passed >= window) {
            const double seconds = std::chrono::duration<double>(passed).count();
            const double lately = static_cast<double>(now_.committed - counted_) / seconds;
            now_.rate = now_.rate == 0 ? lately : (now_.rate + lately) / 2;
            since_ = at;
            counted_ = now_.committed;
        }
        listener_(now_);
    }

    [[nodiscard]] const transfer_progress& current() const noexcept { return now_; }

private:
    progress_view listener_;
    transfer_progress now_{};
    time_point since_;
    std::uint64_t counted_ = 0; // Committed at `since_`.
};

} // namespace cosio::inline v0::transfer

#endif
