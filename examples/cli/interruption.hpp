// What SIGINT, SIGTERM and SIGHUP do.

#ifndef COSIO_CLI_INTERRUPTION_HPP
#define COSIO_CLI_INTERRUPTION_HPP

#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

namespace cli {

/// The first signal cancels what runs, so that it can leave things in order; a second one ends the
/// program as it would any other.
class interruption
{
public:
    /// Throws `std::system_error` when there are no descriptors left.
    explicit interruption(asio::io_context& context);
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;
    ~interruption();

    /// Of the coroutine that is to be cancelled.
    [[nodiscard]] asio::cancellation_slot slot() noexcept { return cancel_.slot(); }
    [[nodiscard]] bool happened() const noexcept { return number_ != 0; }
    /// As shells count: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP.
    [[nodiscard]] int exit_code() const noexcept { return 128 + number_; }
    /// Hangs up when it happens: for threads that wait in `poll`.
    [[nodiscard]] int hang_up_descriptor() const noexcept { return pipe_[0]; }
    /// Waits no more, so that the context may come to its end.
    void dismiss() { signals_.cancel(); }

private:
    void close_end(int& end) noexcept;

    asio::signal_set signals_;
    asio::cancellation_signal cancel_{};
    int pipe_[2] = {-1, -1};
    int number_ = 0;
};

} // namespace cli

#endif
