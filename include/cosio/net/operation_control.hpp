// SPDX-License-Identifier: MIT
//
// How a running operation is told to stop: by its caller, or by the time that has passed.

#ifndef COSIO_NET_OPERATION_CONTROL_HPP
#define COSIO_NET_OPERATION_CONTROL_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/net/deadline_watch.hpp>
#include <cosio/net/transfer_rate.hpp>
#include <cosio/result.hpp>
#include <cosio/timeouts.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cosio::inline v0::net {

/// Something an operation waits for, that can be made to fail at once.
class interruptible
{
public:
    /// Makes what is being waited for complete with an error, now and from now on.
    virtual void interrupt() noexcept = 0;

    /// Grows with each byte moved, where bytes move.
    [[nodiscard]] virtual std::uint64_t bytes_moved() const noexcept { return 0; }

    /// This is waited for for a while now: whatever is held back to come together is to come.
    virtual void hurry() noexcept {}

protected:
    interruptible() = default;
    interruptible(const interruptible&) = default;
    interruptible& operator=(const interruptible&) = default;
    ~interruptible() = default;
};

/// A step that has a limit of time.
enum class step {
    untimed, ///< Only the total counts.
    credentials,
    pool_wait,
    resolve,
    connect,
    tls_handshake,
    first_byte,
    transfer, ///< Bytes should move: the stall limit, and the minimum rate.
    working,  ///< Likewise, but few may do: the stall limit.
};

[[nodiscard]] constexpr timeout limit_of(step which, const timeout_settings& limits) noexcept
{
    switch (which) {
    case step::untimed: return no_timeout;
    case step::credentials: return limits.credentials;
    case step::pool_wait: return limits.pool_wait;
    case step::resolve: return limits.resolve;
    case step::connect: return limits.connect;
    case step::tls_handshake: return limits.tls_handshake;
    case step::first_byte: return limits.first_byte;
    case step::transfer:
    case step::working: return limits.stall;
    }
    return no_timeout;
}

[[nodiscard]] constexpr errc timeout_error_of(step which) noexcept
{
    switch (which) {
    case step::untimed: return errc::total_timeout;
    case step::credentials: return errc::credentials_timeout;
    case step::pool_wait: return errc::pool_timeout;
    case step::resolve: return errc::resolve_timeout;
    case step::connect: return errc::connect_timeout;
    case step::tls_handshake: return errc::tls_timeout;
    case step::first_byte: return errc::first_byte_timeout;
    case step::transfer:
    case step::working: return errc::stalled;
    }
    return errc::total_timeout;
}

/// The side of an operation that cancellation and time see. Touched on the operation's executor
/// only, but by its watch. Owned by a `shared_ptr`, as a deadline that has come may reach it late.
class operation_control : public std::enable_shared_from_this<operation_control>,
                          private deadline_watch::watched
{
public:
    using clock = deadline_watch::clock;

    /// The total begins to count now. `by` watches the deadlines.
    operation_control(asio::any_io_executor executor, const timeout_settings& limits,
        std::shared_ptr<deadline_watch> by)
        : watched(&tell), executor_(std::move(executor)), limits_(limits),
          total_deadline_(after(limits.total, limits.total.is_finite() ? clock::now()
                                                                       : clock::time_point())),
          watch_(std::move(by)), generation_(watch_->generation())
    {}

    /// With a watch of its own.
    operation_control(const asio::any_io_executor& executor, const timeout_settings& limits)
        : operation_control(executor, limits, std::make_shared<deadline_watch>(executor))
    {}

    ~operation_control() { watch_->remove(*this); }

    /// Serial: everything an operation does runs here, one thing at a time.
    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }

    [[nodiscard]] const timeout_settings& limits() const noexcept { return limits_; }

    void cancel() noexcept
    {
        cancelled_ = true;
        if (waiting_for_ != nullptr)
            waiting_for_->interrupt();
    }

    /// What was waited for was aborted. If it was not by this object, it was by the caller's own
    /// cancellation, which reaches a coroutine that runs within the caller's.
    void note_aborted() noexcept { cancelled_ = cancelled_ || !interrupted(); }

    /// Why the operation has to stop, if it has to. An expired step is reported until the next one
    /// begins; a cancellation and the total are final, and so is `errc::other_process`.
    [[nodiscard]] std::optional<error> stopped()
    {
        if (is_of_other_process())
            return error(errc::other_process);
        if (cancelled_)
            return error(errc::cancelled);
        if (!expired_ && total_deadline_ != clock::time_point::max() &&
            clock::now() >= total_deadline_)
            expired_ = errc::total_timeout;
        if (expired_ && is_too_slow_)
            return too_slow();
        return expired_ ? std::optional<error>(error(*expired_)) : std::nullopt;
    }

    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
    /// Whether the step that was waited for last was interrupted, by whatever.
    [[nodiscard]] bool interrupted() const noexcept
    {
        return cancelled_ || expired_.has_value() || is_of_other_process();
    }
    /// What interrupted the step that was waited for last: the caller, or its time. Time that has
    /// passed since is not looked at.
    [[nodiscard]] std::optional<errc> interruption() const noexcept
    {
        return cancelled_ ? errc::cancelled : expired_;
    }
    /// Whether the operation was begun in a parent of this process, or by a client whose context
    /// does not know yet that it is in a child.
    [[nodiscard]] bool is_of_other_process() const noexcept
    {
        return generation_ != detail::process_generation();
    }

    /// What is left of the total; nothing when it is not limited.
    [[nodiscard]] std::optional<clock::duration> time_left() const
    {
        if (total_deadline_ == clock::time_point::max())
            return std::nullopt;
        return total_deadline_ - clock::now();
    }

    /// From here on the total does not count: what follows is bounded by its steps.
    void end_total() noexcept { total_deadline_ = clock::time_point::max(); }

    /// Names what the operation waits for and for how long, as long as this object lives.
    class waiting
    {
    public:
        waiting(operation_control& control, interruptible& what, step which) : control_(control)
        {
            control_.waiting_for_ = &what;
            enter(which);
        }
        waiting(const waiting&) = delete;
        waiting& operator=(const waiting&) = delete;
        ~waiting()
        {
            control_.leave();
            control_.waiting_for_ = nullptr;
            control_.deadline_ = clock::time_point::max();
        }

        [[nodiscard]] step in() const noexcept { return control_.step_; }
        /// Begins another step of the same wait.
        void enter(step which)
        {
            control_.leave();
            control_.enter(which);
        }
        /// And of something else.
        void enter(step which, interruptible& what)
        {
            control_.leave();
            control_.waiting_for_ = &what;
            control_.enter(which);
        }

    private:
        operation_control& control_;
    };

private:
    static clock::time_point after(timeout limit, clock::time_point now) noexcept
    {
        return limit.is_finite() ? now + limit.limit() : clock::time_point::max();
    }

    void enter(step which)
    {
        // A stall is looked for this often, so that it is found at most a quarter late, and what is
        // held back to come together comes soon.
        constexpr int looks_per_stall = 4;
        constexpr clock::duration longest_held = std::chrono::milliseconds(250);
        step_ = which;
        expired_.reset();
        is_too_slow_ = false;
        if (cancelled_)
            return waiting_for_->interrupt();
        const auto limit = limit_of(which, limits_);
        const bool is_rated = which == step::transfer && limits_.minimum_rate != 0 &&
            limits_.minimum_rate_window.is_finite();
        if (!limit.is_finite() && !is_rated && total_deadline_ == clock::time_point::max()) {
            deadline_ = clock::time_point::max();
            return;
        }
        const auto now = clock::now();
        if (now >= total_deadline_)
            return expire(errc::total_timeout);
        quiet_since_ = now;
        moved_ = waiting_for_->bytes_moved();
        if (which == step::first_byte)
            rate_.restart(moved_); // What follows is another direction, or another request.
        if (is_rated && !begin_rated(now))
            return expire_as_too_slow();
        look_every_ = limit;
        if (moves_bytes(which) && limit.is_finite())
            look_every_ = std::min<clock::duration>(limit.limit() / looks_per_stall, longest_held);
        if (is_rated)
            look_every_ = std::min({look_every_.limit(), longest_held,
                limits_.minimum_rate_window.limit() / looks_per_stall});
        deadline_ = std::min(after(look_every_, now), total_deadline_);
        arm();
    }

    /// The watch is told only of an earlier time than it waits for: a step mostly ends before its
    /// limit, and then nothing was done for it but reading the clock.
    void arm()
    {
        if (deadline_ == clock::time_point::max() || deadline_ >= armed_for_)
            return;
        watch_->set(*this, deadline_);
        armed_for_ = deadline_;
    }

    /// A deadline has come. On the watch's thread, and maybe while the destructor waits for it.
    static void tell(watched& who)
    {
        auto& control = static_cast<operation_control&>(who);
        asio::post(control.executor_, [self = control.weak_from_this()] {
            if (const auto alive = self.lock())
                alive->look();
        });
    }

    void look()
    {
        armed_for_ = clock::time_point::max();
        if (waiting_for_ == nullptr || deadline_ == clock::time_point::max())
            return;
        const auto now = clock::now();
        if (now >= total_deadline_)
            return expire(errc::total_timeout);
        if (now >= deadline_) {
            if (!moves_bytes(step_))
                return expire(timeout_error_of(step_));
            const auto moved = waiting_for_->bytes_moved();
            if (moved == moved_ && now - quiet_since_ >= limits_.stall.limit())
                return expire(errc::stalled);
            if (moved != moved_)
                quiet_since_ = now;
            waiting_for_->hurry();
            moved_ = moved;
            if (rated_ != nullptr && !is_fast_enough(now))
                return expire_as_too_slow();
            deadline_ = std::min(after(look_every_, now), total_deadline_);
        }
        arm();
    }

    [[nodiscard]] static constexpr bool moves_bytes(step which) noexcept
    {
        return which == step::transfer || which == step::working;
    }

    /// False when the waits before this one add up to a window that was too slow.
    [[nodiscard]] bool begin_rated(clock::time_point now) noexcept
    {
        if (last_rated_ != waiting_for_ || moved_ < rate_.moved_before())
            rate_.restart(moved_);
        else if (was_too_slow_)
            return was_too_slow_ = false;
        was_too_slow_ = false;
        last_rated_ = rated_ = waiting_for_;
        rated_since_ = now;
        return true;
    }

    [[nodiscard]] bool is_fast_enough(clock::time_point now) noexcept
    {
        return rate_.waited(now - std::exchange(rated_since_, now), rated_->bytes_moved(),
            limits_.minimum_rate, limits_.minimum_rate_window.limit());
    }

    /// The peer is not waited for any more. Many short waits count as much as one that is long; but
    /// what has come is not refused because it came slowly.
    void leave() noexcept
    {
        if (rated_ == nullptr)
            return;
        was_too_slow_ = !is_fast_enough(clock::now()) || was_too_slow_;
        rated_ = nullptr;
    }

    void expire_as_too_slow() noexcept
    {
        expire(errc::stalled);
        is_too_slow_ = true;
    }

    [[nodiscard]] error too_slow() const
    {
        const auto window = std::chrono::duration_cast<std::chrono::milliseconds>(
            limits_.minimum_rate_window.limit());
        return error(errc::stalled, "fewer than " + std::to_string(limits_.minimum_rate) +
                " bytes a second moved in " + std::to_string(window.count()) + " ms of waiting");
    }

    void expire(errc why) noexcept
    {
        expired_ = why;
        deadline_ = clock::time_point::max();
        waiting_for_->interrupt();
    }

    const asio::any_io_executor executor_;
    timeout_settings limits_;
    clock::time_point total_deadline_;
    std::shared_ptr<deadline_watch> watch_;
    const std::uint32_t generation_;
    clock::time_point armed_for_ = clock::time_point::max();
    clock::time_point deadline_ = clock::time_point::max();
    clock::time_point quiet_since_{};
    timeout look_every_ = no_timeout;
    std::uint64_t moved_ = 0;
    interruptible* waiting_for_ = nullptr;
    std::optional<errc> expired_{};
    step step_ = step::untimed;
    bool cancelled_ = false;
    bool is_too_slow_ = false;
    transfer_rate rate_{};
    bool was_too_slow_ = false;
    const interruptible* rated_ = nullptr; // While it is waited for.
    const interruptible* last_rated_ = nullptr;
    clock::time_point rated_since_{};
};

} // namespace cosio::inline v0::net

#endif
