// SPDX-License-Identifier: MIT
//
// The connections of one client, shared by operations on any thread.

#ifndef COSIO_NET_POOL_HPP
#define COSIO_NET_POOL_HPP

#include <cosio/counters.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/parking.hpp>
#include <cosio/net/pool_state.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace cosio::inline v0::net {

template <class Connection>
class pool;

/// The right to one connection, and the connection once there is one. Gives both back when it
/// goes: the connection to be used again only if `keep` was called.
template <class Connection>
class lease
{
public:
    lease() = default;
    lease(std::shared_ptr<pool<Connection>> from, std::shared_ptr<const origin> where,
        std::unique_ptr<Connection> connection) noexcept
        : pool_(std::move(from)), where_(std::move(where)), connection_(std::move(connection))
    {}
    lease(lease&&) noexcept = default;
    lease& operator=(lease&& other) noexcept
    {
        give_back();
        pool_ = std::move(other.pool_);
        where_ = std::move(other.where_);
        connection_ = std::move(other.connection_);
        kept_at_ = std::exchange(other.kept_at_, std::nullopt);
        return *this;
    }
    ~lease() { give_back(); }

    [[nodiscard]] const origin& leads_to() const noexcept { return *where_; }
    [[nodiscard]] Connection* get() const noexcept { return connection_.get(); }
    [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
    [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }

    void set(std::unique_ptr<Connection> connection) noexcept
    {
        connection_ = std::move(connection);
    }
    /// Lets it serve again, see `is_reusable`, from `now` on.
    void keep(std::chrono::steady_clock::time_point now) noexcept { kept_at_ = now; }

private:
    void give_back() noexcept
    {
        if (const auto from = std::exchange(pool_, nullptr); from != nullptr) {
            if (kept_at_)
                from->release(*where_, std::move(connection_), *kept_at_);
            else
                from->release(*where_, nullptr, std::chrono::steady_clock::now());
        }
        connection_.reset();
    }

    std::shared_ptr<pool<Connection>> pool_{};
    std::shared_ptr<const origin> where_{};
    std::unique_ptr<Connection> connection_{};
    std::optional<std::chrono::steady_clock::time_point> kept_at_{};
};

/// Thread safe. Owned by a `shared_ptr`, as leases refer to it.
template <class Connection>
class pool : public std::enable_shared_from_this<pool<Connection>>
{
public:
    explicit pool(const pool_settings& settings) : state_(settings), settings_(settings) {}

    /// An empty one with the same settings.
    [[nodiscard]] std::shared_ptr<pool> successor() const
    {
        return std::make_shared<pool>(settings_);
    }

    /// As `acquire`, but nothing where that would wait.
    [[nodiscard]] std::optional<lease<Connection>> try_acquire(std::shared_ptr<const origin> where)
    {
        std::unique_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        auto got = state_.try_acquire(*where, now);
        lock.unlock();
        if (!got.admitted)
            return std::nullopt;
        return admitted(std::move(where), std::move(got.connection));
    }

    /// An idle connection that is still quiet, or the right to open one (`get()` is null then).
    ///
    /// Waits when all that are allowed are in use. Errors: `errc::pool_timeout`,
    /// `errc::total_timeout`, `errc::cancelled`.
    [[nodiscard]] asio::awaitable<result<lease<Connection>>> acquire(
        operation_control& control, std::shared_ptr<const origin> where)
    {
        std::unique_lock lock(mutex_);
        const auto asked = std::chrono::steady_clock::now();
        auto got = state_.acquire(*where, asked);
        if (got.admitted) {
            lock.unlock();
            co_return admitted(std::move(where), std::move(got.connection));
        }
        std::optional<queue_place> place;
        try {
            place.emplace(*this, *where, got.waits_as, control.executor());
        } catch (...) { // A place that nobody holds would get a connection some day.
            static_cast<void>(state_.leave(*where, got.waits_as));
            throw;
        }
        lock.unlock();
        {
            const operation_control::waiting waiting(control, *place->parked, step::pool_wait);
            co_await place->parked->wait(control);
        }
        auto stop = control.stopped();
        if (stop)
            co_return std::move(*stop);
        co_return admitted(where, place->take());
    }

    /// As `release` with a connection nobody was admitted for.
    void add_idle(const origin& where, std::unique_ptr<Connection> connection)
    {
        const std::lock_guard lock(mutex_);
        state_.add_idle(where, std::move(connection), std::chrono::steady_clock::now());
    }

    /// One who was admitted is done; `connection` is null when it cannot serve again.
    void release(const origin& where, std::unique_ptr<Connection> connection,
        std::chrono::steady_clock::time_point now) noexcept
    {
        const std::lock_guard lock(mutex_);
        release_locked(where, std::move(connection), now);
    }

    /// How many connections to `where`, at most so many, are missing among the idle ones.
    [[nodiscard]] std::size_t missing_to(const origin& where, std::size_t wanted) const
    {
        const std::lock_guard lock(mutex_);
        const auto most = std::min(wanted, state_.room());
        const auto idle = state_.idle_to(where);
        return most > idle ? most - idle : 0;
    }

    void count_opened(bool resumed) noexcept
    {
        opened_.fetch_add(1, std::memory_order_relaxed);
        if (resumed)
            resumed_.fetch_add(1, std::memory_order_relaxed);
    }
    void count_failed() noexcept { failed_.fetch_add(1, std::memory_order_relaxed); }
    void count_stale() noexcept { stale_.fetch_add(1, std::memory_order_relaxed); }

    [[nodiscard]] connection_counters counters() const
    {
        connection_counters out;
        out.opened = opened_.load(std::memory_order_relaxed);
        out.resumed = resumed_.load(std::memory_order_relaxed);
        out.reused = reused_.load(std::memory_order_relaxed);
        out.stale = stale_.load(std::memory_order_relaxed);
        out.failed = failed_.load(std::memory_order_relaxed);
        const std::lock_guard lock(mutex_);
        out.in_use = state_.in_use();
        out.idle = state_.idle();
        out.waiting = state_.waiting();
        return out;
    }

private:
    /// One who waits, in whose coroutine this lives. Leaves the queue when it goes, and passes a
    /// grant on that was not taken.
    struct queue_place
    {
        queue_place(pool& from, const origin& wanted, std::uint64_t number,
            const asio::any_io_executor& executor)
            : parked(std::make_shared<parking>(executor)), of(from), where(wanted), ticket(number)
        {
            of.queue_.emplace(ticket, this);
        }
        queue_place(const queue_place&) = delete;
        queue_place& operator=(const queue_place&) = delete;
        ~queue_place()
        {
            const std::lock_guard lock(of.mutex_);
            if (of.queue_.erase(ticket) != 0)
                static_cast<void>(of.state_.leave(where, ticket));
            else if (!taken)
                of.release_locked(
                    where, std::move(connection), std::chrono::steady_clock::now());
        }

        /// Requires that the grant was made.
        [[nodiscard]] std::unique_ptr<Connection> take()
        {
            const std::lock_guard lock(of.mutex_);
            taken = true;
            return std::move(connection);
        }

        std::shared_ptr<parking> parked;
        pool& of;
        const origin& where;
        std::uint64_t ticket;
        std::unique_ptr<Connection> connection{};
        bool taken = false;
    };

    void release_locked(const origin& where, std::unique_ptr<Connection> connection,
        std::chrono::steady_clock::time_point now) noexcept
    {
        try {
            auto granted = state_.release(where, std::move(connection), now);
            if (!granted)
                return;
            const auto found = queue_.find(granted->to);
            queue_place& place = *found->second;
            queue_.erase(found);
            place.connection = std::move(granted->connection);
            place.parked->wake();
        } catch (...) { // Without memory to keep it in, the connection is closed.
        }
    }

    /// Passes over idle connections that are not quiet: what a server says unasked, or its end,
    /// must not be taken for the reply to the next request.
    [[nodiscard]] lease<Connection> admitted(
        std::shared_ptr<const origin> where, std::unique_ptr<Connection> connection)
    {
        // From here on the right is given back, whatever happens.
        lease<Connection> out(this->shared_from_this(), std::move(where), std::move(connection));
        while (out.get() != nullptr && !out->is_quiet()) {
            count_stale();
            const std::lock_guard lock(mutex_);
            out.set(state_.exchange_stale(out.leads_to()));
        }
        if (out.get() != nullptr)
            reused_.fetch_add(1, std::memory_order_relaxed);
        return out;
    }

    mutable std::mutex mutex_{};
    pool_state<Connection> state_;
    const pool_settings settings_;
    std::map<std::uint64_t, queue_place*> queue_{};
    std::atomic<std::uint64_t> opened_{0};
    std::atomic<std::uint64_t> resumed_{0};
    std::atomic<std::uint64_t> reused_{0};
    std::atomic<std::uint64_t> stale_{0};
    std::atomic<std::uint64_t> failed_{0};
};

} // namespace cosio::inline v0::net

#endif
