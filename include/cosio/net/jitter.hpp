// SPDX-License-Identifier: MIT
//
// Random numbers that keep many clients from doing the same at the same time.

#ifndef COSIO_NET_JITTER_HPP
#define COSIO_NET_JITTER_HPP

#include <mutex>
#include <random>

namespace cosio::inline v0::net {

/// Seeded by the system. Thread safe. Not for secrets.
class jitter
{
public:
    /// Within [0, 1).
    [[nodiscard]] double operator()()
    {
        const std::lock_guard lock(mutex_);
        return std::uniform_real_distribution<double>()(engine_);
    }

    /// In a child process, which else draws what its parent does.
    void seed_again()
    {
        const std::lock_guard lock(mutex_);
        engine_.seed(std::random_device()());
    }

private:
    std::mutex mutex_{};
    std::minstd_rand engine_{std::random_device()()};
};

} // namespace cosio::inline v0::net

#endif
