// SPDX-License-Identifier: MIT
//
// The operations of one transfer: side by side in lanes, stopped together.

#ifndef COSIO_TRANSFER_CREW_HPP
#define COSIO_TRANSFER_CREW_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/process_generation.hpp>
#include <cosio/net/error_of_exception.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/run_operation.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::transfer {

/// Where one operation at a time is under way, so that it can be cancelled.
class lane
{
public:
    explicit lane(const asio::any_io_executor& executor) : timer_(executor) {}

    /// The token of each operation in this lane.
    [[nodiscard]] auto token() noexcept
    {
        return asio::bind_cancellation_slot(signal_.slot(), asio::use_awaitable);
    }

    /// Ends early, or does not begin, when what runs here has to stop.
    [[nodiscard]] asio::awaitable<void> pause(std::chrono::nanoseconds time)
    {
        if (interrupted())
            co_return;
        std::error_code ended;
        timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(time));
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    }

    /// What runs here has to stop. An interruption reaches only what is under way at that moment:
    /// ask before each operation.
    [[nodiscard]] bool interrupted() const noexcept
    {
        // The copy of a transfer in a child process does nothing more.
        return interrupted_ || generation_ != detail::process_generation();
    }

    void interrupt()
    {
        interrupted_ = true;
        signal_.emit(asio::cancellation_type::terminal);
        timer_.cancel();
    }

private:
    friend class crew;

    const std::uint32_t generation_ = detail::process_generation();
    asio::cancellation_signal signal_{};
    asio::steady_timer timer_;
    bool busy_ = false;
    bool interrupted_ = false;
};

/// Waits in `in` for what `begin` begins, which is of the caller of the transfer: an interruption
/// cancels it, and what it throws becomes an error. Yields what the awaitable of `begin` does.
template <class Begin>
[[nodiscard]] std::invoke_result_t<Begin&> wait_for_foreign(
    asio::any_io_executor executor, lane& in, Begin& begin)
{
    if (in.interrupted())
        co_return error(errc::cancelled);
    typename std::invoke_result_t<Begin&>::value_type out = error(errc::cancelled);
    try {
        auto work = begin();
        auto pending = asio::co_spawn(executor, std::move(work), in.token());
        out = co_await std::move(pending);
    } catch (...) {
        out = net::error_of_exception();
    }
    co_return out;
}

/// The lanes of a transfer. Touched on the transfer's executor only, which is serial.
///
/// The first job that fails, or an interruption from outside, stops the others. Owned by a
/// `shared_ptr`, by the transfer and its jobs.
class crew final : public net::interruptible, public std::enable_shared_from_this<crew>
{
public:
    /// At most `lanes` jobs at once.
    crew(const asio::any_io_executor& executor, std::size_t lanes)
        : executor_(executor), change_(executor), first_(executor), most_(lanes)
    {}

    /// For the steps before and after the jobs.
    [[nodiscard]] lane& first() noexcept { return first_; }

    /// Whether nothing new should be begun.
    [[nodiscard]] bool stopping() const noexcept
    {
        return interrupted_ || failure_.has_value() || first_.interrupted();
    }

    /// A lane for another job, once there is one and fewer than `most` jobs are under way; null when
    /// nothing new should be begun.
    [[nodiscard]] asio::awaitable<lane*> free_lane(
        std::size_t most = std::numeric_limits<std::size_t>::max())
    {
        for (;;) {
            if (stopping())
                co_return nullptr;
            if (under_way_ >= most) {
                co_await wait_for_change();
                continue;
            }
            for (auto& each : lanes_)
                if (!each.busy_)
                    co_return &each;
            if (lanes_.size() < most_)
                co_return &lanes_.emplace_back(executor_);
            co_await wait_for_change();
        }
    }

    /// Begins `job` in `in`, which is free. The coroutine owns, or shares, all it refers to.
    void start(lane& in, asio::awaitable<result<void>> job)
    {
        in.busy_ = true;
        ++under_way_;
        try {
            asio::co_spawn(executor_, std::move(job), ended(shared_from_this(), in));
        } catch (...) { // It was not begun: nobody will tell of its end.
            in.busy_ = false;
            --under_way_;
            throw;
        }
    }

    /// Waits until all jobs have ended. The error of the first that failed; `errc::cancelled` when
    /// they were interrupted, as then some may not have been begun.
    [[nodiscard]] asio::awaitable<result<void>> finish()
    {
        while (under_way_ != 0)
            co_await wait_for_change();
        if (failure_)
            co_return *failure_;
        if (stopping())
            co_return error(errc::cancelled);
        co_return result<void>();
    }

    /// Ends all jobs early. The error of one that had failed before.
    [[nodiscard]] asio::awaitable<result<void>> stop()
    {
        interrupt();
        auto outcome = co_await finish();
        if (!failure_)
            outcome = result<void>();
        co_return outcome;
    }

    void interrupt() noexcept override
    {
        interrupted_ = true;
        stop_all();
    }

private:
    /// Told of the end of a job. Has no cancellation slot, so that none is forwarded to it.
    class ended
    {
    public:
        ended(std::shared_ptr<crew> of, lane& in) : crew_(std::move(of)), lane_(&in) {}

        void operator()(const std::exception_ptr& thrown, result<void> outcome) const
        {
            if (thrown)
                outcome = error_of(thrown);
            crew_->job_ended(*lane_, std::move(outcome));
        }

    private:
        [[nodiscard]] static error error_of(const std::exception_ptr& thrown)
        {
            try {
                std::rethrow_exception(thrown);
            } catch (...) {
                return net::error_of_exception();
            }
        }

        std::shared_ptr<crew> crew_;
        lane* lane_;
    };

    void job_ended(lane& in, result<void> outcome)
    {
        in.busy_ = false;
        --under_way_;
        if (!outcome && !stopping()) {
            failure_ = std::move(outcome).error();
            stop_all();
        }
        change_.cancel();
    }

    void stop_all() noexcept
    {
        try {
            first_.interrupt();
            for (auto& each : lanes_)
                each.interrupt();
            change_.cancel();
        } catch (...) { // Nothing in it fails while the context is alive.
        }
    }

    [[nodiscard]] asio::awaitable<void> wait_for_change()
    {
        std::error_code woken;
        change_.expires_at(asio::steady_timer::time_point::max());
        co_await change_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }

    asio::any_io_executor executor_;
    asio::steady_timer change_;
    lane first_;
    std::size_t most_;
    std::deque<lane> lanes_{}; // Lanes do not move.
    std::size_t under_way_ = 0;
    std::optional<error> failure_{};
    bool interrupted_ = false;
};

/// What `steps` come to, exceptions included, once no job of `workers` is under way any more: what
/// the jobs refer to may go then. Until then `control` interrupts the workers when the transfer is
/// cancelled or its time is over, and it ends with `errc::cancelled` or `errc::total_timeout`;
/// cleaning up after it is not interrupted.
template <class T>
[[nodiscard]] asio::awaitable<result<T>> settle(
    net::operation_control& control, crew& workers, asio::awaitable<result<T>> steps)
{
    const net::operation_control::waiting waiting(control, workers, net::step::untimed);
    result<T> out = error(errc::cancelled);
    try {
        out = co_await std::move(steps);
    } catch (...) {
        out = net::error_of_exception();
    }
    if (!out) {
        static_cast<void>(co_await workers.stop());
        if (const auto why = control.interruption())
            out.error().code = *why;
    }
    co_return out;
}

} // namespace cosio::inline v0::transfer

#endif
