// SPDX-License-Identifier: MIT
//
// How a running operation is told to stop.

#ifndef COSIO_NET_OPERATION_CONTROL_HPP
#define COSIO_NET_OPERATION_CONTROL_HPP

#include <cosio/detail/asio.hpp>

#include <asio/any_io_executor.hpp>

#include <utility>

namespace cosio::inline v0::net {

/// Something an operation waits for, that can be made to fail at once.
class interruptible
{
public:
    /// Makes what is being waited for complete with an error, now and from now on.
    virtual void interrupt() noexcept = 0;

protected:
    interruptible() = default;
    interruptible(const interruptible&) = default;
    interruptible& operator=(const interruptible&) = default;
    ~interruptible() = default;
};

/// The side of an operation that a cancellation sees. Touched on the operation's executor only.
class operation_control
{
public:
    explicit operation_control(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Serial: everything an operation does runs here, one thing at a time.
    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }

    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

    void cancel() noexcept
    {
        cancelled_ = true;
        if (waiting_for_ != nullptr)
            waiting_for_->interrupt();
    }

    /// Names what the operation waits for, as long as this object lives.
    class waiting
    {
    public:
        waiting(operation_control& control, interruptible& what) noexcept : control_(control)
        {
            control_.waiting_for_ = &what;
        }
        waiting(const waiting&) = delete;
        waiting& operator=(const waiting&) = delete;
        ~waiting() { control_.waiting_for_ = nullptr; }

    private:
        operation_control& control_;
    };

private:
    asio::any_io_executor executor_;
    interruptible* waiting_for_ = nullptr;
    bool cancelled_ = false;
};

} // namespace cosio::inline v0::net

#endif
