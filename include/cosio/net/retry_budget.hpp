// SPDX-License-Identifier: MIT
//
// How many retries a client has left, over all its operations.

#ifndef COSIO_NET_RETRY_BUDGET_HPP
#define COSIO_NET_RETRY_BUDGET_HPP

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace cosio::inline v0::net {

/// A bucket of tokens: each retry takes one, ten attempts that succeed bring one. Thread safe.
class retry_budget
{
public:
    explicit retry_budget(unsigned retries) noexcept
        : capacity_(std::int64_t{retries} * parts_per_retry), left_(capacity_)
    {}

    /// Whether there was a retry left, which is taken then.
    [[nodiscard]] bool take() noexcept
    {
        auto left = left_.load(std::memory_order_relaxed);
        while (left >= parts_per_retry)
            if (left_.compare_exchange_weak(
                    left, left - parts_per_retry, std::memory_order_relaxed))
                return true;
        return false;
    }

    void succeeded() noexcept
    {
        auto left = left_.load(std::memory_order_relaxed);
        while (left < capacity_ &&
            !left_.compare_exchange_weak(
                left, std::min(left + 1, capacity_), std::memory_order_relaxed)) {
        }
    }

    [[nodiscard]] unsigned left() const noexcept
    {
        return static_cast<unsigned>(left_.load(std::memory_order_relaxed) / parts_per_retry);
    }

private:
    static constexpr std::int64_t parts_per_retry = 10;

    const std::int64_t capacity_;
    std::atomic<std::int64_t> left_;
};

} // namespace cosio::inline v0::net

#endif
