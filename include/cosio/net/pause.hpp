// SPDX-License-Identifier: MIT
//
// A wait between two attempts.

#ifndef COSIO_NET_PAUSE_HPP
#define COSIO_NET_PAUSE_HPP

#include <cosio/net/operation_control.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <system_error>

namespace cosio::inline v0::net {

class interruptible_timer final : public interruptible
{
public:
    interruptible_timer(
        const asio::any_io_executor& executor, std::chrono::steady_clock::duration time)
        : timer(executor, time)
    {}
    void interrupt() noexcept override
    {
        try {
            timer.cancel();
        } catch (...) { // It cannot fail where it is used: the context is alive.
        }
    }

    asio::steady_timer timer;
};

/// Waits for `time`. False when the operation has to stop: see `operation_control::stopped`.
[[nodiscard]] inline asio::awaitable<bool> pause(
    operation_control& control, std::chrono::steady_clock::duration time)
{
    interruptible_timer pausing(control.executor(), time);
    const operation_control::waiting waiting(control, pausing, step::untimed);
    std::error_code code;
    if (!control.interrupted())
        co_await pausing.timer.async_wait(asio::redirect_error(asio::use_awaitable, code));
    if (code)
        control.note_aborted();
    co_return !control.interrupted();
}

} // namespace cosio::inline v0::net

#endif
