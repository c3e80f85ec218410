// SPDX-License-Identifier: MIT
//
// Whether this is still the process in which something was made.

#ifndef COSIO_DETAIL_PROCESS_GENERATION_HPP
#define COSIO_DETAIL_PROCESS_GENERATION_HPP

#include <pthread.h>

#include <atomic>
#include <cstdint>

namespace cosio::inline v0::detail {

inline std::atomic<std::uint32_t> forks_since_start{0};

/// How often this process and its ancestors were forked since `notice_forks`: another number in a
/// child than in its parent. To ask costs no system call, unlike `getpid()`.
[[nodiscard]] inline std::uint32_t process_generation() noexcept
{
    return forks_since_start.load(std::memory_order_relaxed);
}

/// From now on, `fork()` is counted in the child. `_Fork()` and a bare `clone` are not, as they run
/// no handlers. Can be called any number of times.
inline void notice_forks() noexcept
{
    static const int registered = ::pthread_atfork(nullptr, nullptr,
        [] { forks_since_start.fetch_add(1, std::memory_order_relaxed); });
    static_cast<void>(registered); // It fails for want of memory only.
}

} // namespace cosio::inline v0::detail

#endif
