// SPDX-License-Identifier: MIT
//
// A place where an operation waits until another one, perhaps on another thread, wakes it.

#ifndef COSIO_NET_PARKING_HPP
#define COSIO_NET_PARKING_HPP

#include <cosio/net/operation_control.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <memory>
#include <system_error>

namespace cosio::inline v0::net {

/// Owned by a `shared_ptr`, by the one who waits and by the one who wakes.
class parking final : public interruptible, public std::enable_shared_from_this<parking>
{
public:
    /// `executor` is the operation's.
    explicit parking(const asio::any_io_executor& executor)
        : timer_(executor, asio::steady_timer::time_point::max())
    {}

    /// Waits until `wake` or an interruption; at once if either has come already. On the
    /// operation's executor, which `control` is of.
    [[nodiscard]] asio::awaitable<void> wait(operation_control& control)
    {
        std::error_code ended;
        while (!awake_ && !control.cancelled()) {
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
            if (!awake_)
                control.note_aborted();
        }
    }

    /// From any thread.
    void wake()
    {
        asio::post(timer_.get_executor(), [self = shared_from_this()] { self->interrupt(); });
    }

    void interrupt() noexcept override
    {
        awake_ = true;
        try {
            timer_.cancel();
        } catch (...) { // It cannot fail where it is used: the context is alive.
        }
    }

private:
    asio::steady_timer timer_;
    bool awake_ = false;
};

} // namespace cosio::inline v0::net

#endif
