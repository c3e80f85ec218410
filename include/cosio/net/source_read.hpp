// SPDX-License-Identifier: MIT
//
// Reads of the caller's body source, which time and a cancellation can reach.

#ifndef COSIO_NET_SOURCE_READ_HPP
#define COSIO_NET_SOURCE_READ_HPP

#include <cosio/body.hpp>
#include <cosio/net/error_of_exception.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// A source reads in a coroutine of its own, which is cancelled when the operation has to stop. It
/// is waited for all the same: it fills a buffer of ours, and uses what the caller may let go of
/// once the operation is done.
class source_read final : public interruptible
{
public:
    explicit source_read(operation_control& control)
        : control_(control), state_(std::make_shared<state>(control.executor()))
    {}

    /// One read. Errors: those of the source, what its exceptions say, `errc::cancelled` when it
    /// was interrupted, be it by time.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(
        const body_view& body, std::span<std::byte> buffer)
    {
        if (interrupted_)
            co_return error(errc::cancelled);
        // An exception in place of the end of the read would leave the source behind.
        const bool throws = co_await asio::this_coro::throw_if_cancelled();
        co_await asio::this_coro::throw_if_cancelled(false);
        start(body, buffer);
        while (!state_->ended) {
            std::error_code code;
            co_await state_->end.async_wait(asio::redirect_error(asio::use_awaitable, code));
            if (state_->ended)
                break;
            control_.note_aborted();
            interrupt();
        }
        co_await asio::this_coro::throw_if_cancelled(throws);
        co_return std::move(state_->got);
    }

    void interrupt() noexcept override
    {
        interrupted_ = true;
        try {
            state_->stop.emit(asio::cancellation_type::terminal);
        } catch (...) { // Without memory to tell it, the source ends when it does.
        }
    }

private:
    /// Of the one who waits and the one who reads.
    struct state
    {
        explicit state(const asio::any_io_executor& executor)
            : end(executor, asio::steady_timer::time_point::max())
        {}
        asio::cancellation_signal stop{};
        asio::steady_timer end;
        result<std::size_t> got = error(errc::cancelled);
        bool ended = false;
    };

    struct ending
    {
        void operator()(const std::exception_ptr& thrown, result<std::size_t> count) const
        {
            of->got = std::move(count);
            if (thrown != nullptr)
                try {
                    std::rethrow_exception(thrown);
                } catch (...) {
                    of->got = error_of_exception();
                }
            of->ended = true;
            of->end.cancel();
        }
        std::shared_ptr<state> of;
    };

    void start(const body_view& body, std::span<std::byte> buffer)
    {
        state_->ended = false;
        try {
            asio::co_spawn(control_.executor(), body.read(buffer),
                asio::bind_cancellation_slot(state_->stop.slot(), ending{state_}));
        } catch (...) {
            state_->got = error_of_exception();
            state_->ended = true;
        }
    }

    operation_control& control_;
    std::shared_ptr<state> state_;
    bool interrupted_ = false;
};

} // namespace cosio::inline v0::net

#endif
