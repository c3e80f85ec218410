// SPDX-License-Identifier: MIT
//
// One timer for the deadlines of many operations.

#ifndef COSIO_NET_DEADLINE_WATCH_HPP
#define COSIO_NET_DEADLINE_WATCH_HPP

#include <cosio/detail/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// Tells operations that a deadline of theirs has come.
///
/// An operation mostly ends long before. A timer of its own would be made, set and cancelled for
/// nothing, and the cancelled wait keep its memory until the executor comes to it. Here the timer is
/// left alone as long as it waits for no later time than the earliest deadline, and cancelled once
/// nobody is watched any more: it keeps no execution context running for itself. Thread safe. Owned
/// by a `shared_ptr`.
class deadline_watch : public std::enable_shared_from_this<deadline_watch>
{
public:
    using clock = std::chrono::steady_clock;

    /// What has deadlines: in the watch from the first `set` until `remove`, which has to be before
    /// it goes.
    class watched
    {
    public:
        watched(const watched&) = delete;
        watched& operator=(const watched&) = delete;

    protected:
        watched() = default;
        ~watched() = default;

    private:
        friend deadline_watch;

        /// The deadline has come and is forgotten. Called by any thread, which must not be kept
        /// waiting, nor call the watch.
        virtual void deadline_has_come() = 0;

        clock::time_point due_ = clock::time_point::max();
        watched* next_ = nullptr;
        watched* previous_ = nullptr;
        bool is_in_ = false;
    };

    /// `executor` serves the timer alone.
    explicit deadline_watch(const asio::any_io_executor& executor) : timer_(executor) {}

    /// `who` is told at `due`, in place of what was set before.
    void set(watched& who, clock::time_point due)
    {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(who.is_in_, true))
            link(who);
        who.due_ = due;
        if (due < armed_for_)
            arm(due);
    }

    /// `who` is told nothing from now on, though a call of it may have been made already.
    void remove(watched& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(who.is_in_, false))
            return;
        unlink(who);
        if (first_ == nullptr && armed_for_ != clock::time_point::max()) {
            armed_for_ = clock::time_point::max();
            try {
                timer_.cancel();
            } catch (...) { // It cannot fail where it is used: the context is alive.
            }
        }
    }

private:
    void link(watched& who) noexcept
    {
        who.previous_ = nullptr;
        who.next_ = first_;
        if (first_ != nullptr)
            first_->previous_ = &who;
        first_ = &who;
    }

    void unlink(watched& who) noexcept
    {
        (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
        if (who.next_ != nullptr)
            who.next_->previous_ = who.previous_;
    }

    void arm(clock::time_point due)
    {
        armed_for_ = clock::time_point::max(); // For want of memory it may come to nothing.
        timer_.expires_at(due);
        timer_.async_wait([self = weak_from_this()](const std::error_code& code) {
            if (const auto watch = self.lock(); watch != nullptr && !code)
                watch->look();
        });
        armed_for_ = due;
    }

    void look()
    {
        const std::lock_guard lock(mutex_);
        const auto now = clock::now();
        if (now < armed_for_)
            return; // Set anew while this call was under way.
        armed_for_ = clock::time_point::max();
        auto next = clock::time_point::max();
        for (auto* each = first_; each != nullptr; each = each->next_) {
            if (each->due_ <= now) {
                each->deadline_has_come();
                each->due_ = clock::time_point::max();
            }
            next = std::min(next, each->due_);
        }
        if (next != clock::time_point::max())
            arm(std::max(next, now + closest));
    }

    // How soon after a look there may be another one, as each of them asks all who are watched.
    static constexpr clock::duration closest = std::chrono::milliseconds(5);

    std::mutex mutex_{};
    asio::steady_timer timer_;
    clock::time_point armed_for_ = clock::time_point::max();
    watched* first_ = nullptr;
};

} // namespace cosio::inline v0::net

#endif
