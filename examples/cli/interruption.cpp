#include "interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace cli {

interruption::interruption(asio::io_context& context) : signals_(context, SIGINT, SIGTERM)
{
    struct sigaction before = {};
    if (::sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) // `nohup`.
        signals_.add(SIGHUP);
    if (::pipe2(pipe_, O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "no pipe");
    signals_.async_wait([this](const std::error_code& problem, int number) {
        if (problem)
            return;
        number_ = number;
        signals_.clear();
        close_end(pipe_[1]);
        cancel_.emit(asio::cancellation_type::terminal);
    });
}

interruption::~interruption()
{
    close_end(pipe_[0]);
    close_end(pipe_[1]);
}

void interruption::close_end(int& end) noexcept
{
    if (end >= 0)
        ::close(end);
    end = -1;
}

} // namespace cli
