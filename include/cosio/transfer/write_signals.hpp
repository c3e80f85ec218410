// SPDX-License-Identifier: MIT
//
// Writing without the signals that come with an error.

#ifndef COSIO_TRANSFER_WRITE_SIGNALS_HPP
#define COSIO_TRANSFER_WRITE_SIGNALS_HPP

#include <pthread.h>

#include <cerrno>
#include <csignal>

namespace cosio::inline v0::transfer {

/// As long as it lives, a write of this thread that is beyond the limit of a file's size, or into a
/// pipe that nobody reads, is an error alone. By default the system kills the process for either.
class write_signals_blocked
{
public:
    write_signals_blocked() noexcept
    {
        sigset_t both;
        ::sigemptyset(&both);
        ::sigaddset(&both, SIGXFSZ);
        ::sigaddset(&both, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &both, &before_);
    }
    write_signals_blocked(const write_signals_blocked&) = delete;
    write_signals_blocked& operator=(const write_signals_blocked&) = delete;
    /// Leaves `errno` as it is.
    ~write_signals_blocked()
    {
        const int kept = errno;
        if (kept == EFBIG)
            consume(SIGXFSZ);
        if (kept == EPIPE)
            consume(SIGPIPE);
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = kept;
    }

private:
    /// One that was blocked before is for whoever blocked it.
    void consume(int number) const noexcept
    {
        sigset_t pending;
        if (::sigismember(&before_, number) == 1 || ::sigpending(&pending) != 0 ||
            ::sigismember(&pending, number) != 1)
            return;
        sigset_t one;
        ::sigemptyset(&one);
        ::sigaddset(&one, number);
        int taken = 0;
        ::sigwait(&one, &taken);
    }

    sigset_t before_{};
};

} // namespace cosio::inline v0::transfer

#endif
