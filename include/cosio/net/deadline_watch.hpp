// SPDX-License-Identifier: MIT
//
// One timer for the deadlines of many operations.

#ifndef COSIO_NET_DEADLINE_WATCH_HPP
#define COSIO_NET_DEADLINE_WATCH_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/process_generation.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/defer.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// Tells operations that a deadline of theirs has come.
///
/// An operation mostly ends long before. A timer of its own would be made, set and cancelled for
/// nothing, and the cancelled wait keep its memory until the executor comes to it. Here the timer
/// is left alone, while operations overlap or follow each other, as long as it waits for no later
/// time than the earliest deadline. Once there is none it is cancelled, by a handler that comes after
/// those that are ready, as one of them may begin the next operation: the watch keeps no execution
/// context running for itself. Thread safe. Owned by a `shared_ptr`.
class deadline_watch : public std::enable_shared_from_this<deadline_watch>
{
public:
    using clock = std::chrono::steady_clock;

    /// What has deadlines. Has to call `remove` in its destructor.
    class watched
    {
    public:
        watched(const watched&) = delete;
        watched& operator=(const watched&) = delete;

    protected:
        /// `tell` is called once the deadline has come, and then is forgotten; if it throws, it is
        /// called again a little later. On any thread, which must not be kept waiting, nor call
        /// the watch. No virtual function, as that may be while the destructor runs, up to
        /// `remove`.
        explicit watched(void (*tell)(watched&)) noexcept : tell_(tell) {}
        ~watched() = default;

    private:
        friend deadline_watch;

        void (*tell_)(watched&);
        clock::time_point due_ = clock::time_point::max();
        watched* next_ = nullptr;
        watched* previous_ = nullptr;
        bool is_in_ = false;
    };

    /// `executor` serves the timer alone, and is not touched before there is a deadline.
    explicit deadline_watch(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Of the process that it was made in.
    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }

    /// `who` is told at `due`, in place of what was set before. Throws when there is no memory for
    /// the wait; the deadlines of others are kept.
    void set(watched& who, clock::time_point due)
    {
        const std::lock_guard lock(mutex_);
        if (!who.is_in_)
            link(who);
        who.due_ = due;
        if (due < armed_for_)
            arm(due);
    }

    /// `who` is told nothing from now on.
    void remove(watched& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (!who.is_in_)
            return;
        unlink(who);
        if (first_ == nullptr && armed_for_ != clock::time_point::max() && !will_disarm_)
            disarm_later();
    }

private:
    void link(watched& who) noexcept
    {
        who.is_in_ = true;
        who.previous_ = nullptr;
        who.next_ = first_;
        if (first_ != nullptr)
            first_->previous_ = &who;
        first_ = &who;
    }

    void unlink(watched& who) noexcept
    {
        who.is_in_ = false;
        (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
        if (who.next_ != nullptr)
            who.next_->previous_ = who.previous_;
    }

    void arm(clock::time_point due)
    {
        armed_for_ = clock::time_point::max();
        if (!timer_)
            timer_.emplace(executor_);
        timer_->expires_at(due);
        // A wait that was cancelled looks as well: the one in its place may have had no memory.
        timer_->async_wait([self = weak_from_this()](const std::error_code&) {
            if (const auto watch = self.lock())
                watch->look();
        });
        armed_for_ = due;
    }

    void disarm_later() noexcept
    {
        try {
            asio::defer(executor_, [self = weak_from_this()] {
                if (const auto watch = self.lock())
                    watch->disarm_unless_needed();
            });
            will_disarm_ = true;
        } catch (...) { // Of no memory.
            disarm();
        }
    }

    void disarm_unless_needed() noexcept
    {
        const std::lock_guard lock(mutex_);
        will_disarm_ = false;
        if (first_ == nullptr && armed_for_ != clock::time_point::max())
            disarm();
    }

    void disarm() noexcept
    {
        armed_for_ = clock::time_point::max();
        try {
            timer_->cancel();
        } catch (...) { // It cannot fail where it is used: the context is alive.
        }
    }

    void look() noexcept
    {
        const std::lock_guard lock(mutex_);
        if (first_ == nullptr)
            return;
        const auto now = clock::now();
        if (armed_for_ != clock::time_point::max() && now < armed_for_)
            return; // Set anew while this call was under way.
        // First, as the memory of the wait that is over serves the next one.
        arm_for_those_after(now);
        for (auto* each = first_; each != nullptr;) {
            auto& who = *std::exchange(each, each->next_);
            if (who.due_ <= now)
                tell(who, now);
        }
    }

    void arm_for_those_after(clock::time_point now) noexcept
    {
        auto next = clock::time_point::max();
        for (const auto* each = first_; each != nullptr; each = each->next_)
            if (each->due_ > now)
                next = std::min(next, each->due_);
        armed_for_ = clock::time_point::max();
        if (next != clock::time_point::max())
            try_to_arm(std::max(next, now + between_looks));
    }

    void tell(watched& who, clock::time_point now) noexcept
    {
        try {
            who.tell_(who);
            unlink(who);
        } catch (...) {
            who.due_ = now + between_looks;
            if (who.due_ < armed_for_)
                try_to_arm(who.due_);
        }
    }

    /// For want of memory it may come to nothing. Then the next `set` arms.
    void try_to_arm(clock::time_point due) noexcept
    {
        try {
            arm(due);
        } catch (...) {
        }
    }

    // Each look asks all who are watched.
    static constexpr clock::duration between_looks = std::chrono::milliseconds(5);

    const std::uint32_t generation_ = detail::process_generation();
    std::mutex mutex_{};
    asio::any_io_executor executor_;
    std::optional<asio::steady_timer> timer_{};
    clock::time_point armed_for_ = clock::time_point::max();
    bool will_disarm_ = false; // A handler that does is on its way.
    watched* first_ = nullptr;
};

} // namespace cosio::inline v0::net

#endif
