// What single operations take by the clock, where a run asks for it: one operation at a time.

#ifndef COSIO_BENCHMARKS_SUPPORT_LATENCY_HPP
#define COSIO_BENCHMARKS_SUPPORT_LATENCY_HPP

#include "measure.hpp"

#include <algorithm>
#include <chrono>

namespace bench {

class latencies
{
public:
    explicit latencies(const options& run) : run_(run) {}

    /// From here on operations count.
    void start()
    {
        on_ = run_.latency;
        taken_.reserve(on_ ? run_.operations : 0);
    }

    void operation_begins() noexcept
    {
        if (on_)
            begun_ = std::chrono::steady_clock::now();
    }
    void operation_ends()
    {
        if (on_)
            taken_.push_back(std::chrono::steady_clock::now() - begun_);
    }

    /// One line of JSON.
    void print()
    {
        if (!on_)
            return;
        std::sort(taken_.begin(), taken_.end());
        std::printf("{\"p50_us\": %.3f, \"p99_us\": %.3f}\n", quantile(50), quantile(99));
    }

private:
    [[nodiscard]] double quantile(std::size_t percent) const
    {
        return std::chrono::duration<double, std::micro>(taken_[taken_.size() * percent / 100])
            .count();
    }

    const options& run_;
    bool on_ = false;
    std::chrono::steady_clock::time_point begun_{};
    std::vector<std::chrono::steady_clock::duration> taken_{};
};

} // namespace bench

#endif
