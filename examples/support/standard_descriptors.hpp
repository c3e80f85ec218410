// Descriptors 0, 1 and 2 of a program whose user has closed some of them.

#ifndef COSIO_EXAMPLES_STANDARD_DESCRIPTORS_HPP
#define COSIO_EXAMPLES_STANDARD_DESCRIPTORS_HPP

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <initializer_list>

/// To be called before anything is opened, as what is opened next would take the place of one that
/// is closed, and be read or written to in its stead. What takes it instead can be neither: `EBADF`,
/// as of a closed one. A file that may not grow is an error too then, not the end of the process.
inline void occupy_standard_descriptors() noexcept
{
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) != -1 || errno != EBADF)
            continue;
        const int direction = number == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        const int taken = ::open("/dev/null", direction); // The lowest that is free: this one.
        if (taken >= 0 && taken != number) {
            ::dup2(taken, number);
            ::close(taken);
        }
    }
    std::signal(SIGXFSZ, SIG_IGN);
}

#endif
