// SPDX-License-Identifier: MIT
//
// Which connection serves whom: reuse, limits and queues, as pure state. Knows no socket, no clock
// and no lock.

#ifndef COSIO_NET_POOL_STATE_HPP
#define COSIO_NET_POOL_STATE_HPP

#include <cosio/net/origin.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace cosio::inline v0 {

/// How connections are kept.
class pool_settings
{
public:
    pool_settings() = default;

    /// A connection that has been idle for longer is not used again. Below what servers allow, so
    /// that a request does not meet a connection that is just being closed. Nothing waits for this
    /// time to pass: such a connection is closed when the pool is used next.
    std::chrono::seconds idle_timeout{20};
    /// Idle connections kept at most, all hosts together; the oldest go first.
    std::size_t maximum_idle = 64;
    /// Connections to one host at most; further operations wait for one, in the order in which
    /// they came, see `timeout_settings::pool_wait`.
    std::size_t maximum_per_host = 256;
};

namespace net {

/// Whether a connection that became idle at `since` may still be used.
[[nodiscard]] constexpr bool is_fresh(std::chrono::steady_clock::time_point since,
    std::chrono::steady_clock::time_point now, std::chrono::steady_clock::duration timeout) noexcept
{
    return now - since < timeout;
}

/// `Connection` is owned here while it is idle, and by an operation while it serves.
template <class Connection>
class pool_state
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    using owned = std::unique_ptr<Connection>;
    /// Names one who waits; never used twice.
    using ticket = std::uint64_t;

    /// What an operation gets: a connection, or the right to open one, or a place in the queue.
    struct admission
    {
        bool admitted = false;
        owned connection{};  ///< Null: open one.
        ticket waits_as = 0; ///< When not admitted.
    };

    /// The right that became free goes to one who waits.
    struct grant
    {
        ticket to = 0;
        owned connection{}; ///< Null: open one.
    };

    explicit pool_state(const pool_settings& settings) : settings_(settings) {}

    /// Asks for a connection to `where`: the one that was put back last, while it is fresh.
    [[nodiscard]] admission acquire(const origin& where, time_point now)
    {
        drop_old(now);
        auto& host = hosts_[where];
        admission out;
        if (host.in_use >= settings_.maximum_per_host) {
            out.waits_as = ++last_ticket_;
            host.queue.push_back(out.waits_as);
            ++waiting_;
            return out;
        }
        ++host.in_use;
        out.admitted = true;
        out.connection = take_idle(where);
        return out;
    }

    /// Another idle connection for one who is admitted already, when the first was no good.
    [[nodiscard]] owned exchange_stale(const origin& where) { return take_idle(where); }

    /// One who was admitted is done; `connection` is null when it cannot serve again. Whoever has
    /// waited longest for this host gets its right.
    [[nodiscard]] std::optional<grant> release(
        const origin& where, owned connection, time_point now)
    {
        drop_old(now);
        const auto found = hosts_.find(where);
        if (!found->second.queue.empty()) {
            grant out;
            out.to = found->second.queue.front();
            out.connection = std::move(connection);
            found->second.queue.pop_front();
            --waiting_;
            return out;
        }
        if (--found->second.in_use == 0)
            hosts_.erase(found);
        if (connection != nullptr)
            keep(where, std::move(connection), now);
        return std::nullopt;
    }

    /// Adds a connection that nobody was admitted for.
    void add_idle(const origin& where, owned connection, time_point now)
    {
        drop_old(now);
        keep(where, std::move(connection), now);
    }

    /// One who waits gives up. False when the grant was made already, which then is to be released.
    [[nodiscard]] bool leave(const origin& where, ticket who)
    {
        const auto host = hosts_.find(where);
        if (host == hosts_.end() || std::erase(host->second.queue, who) == 0)
            return false;
        --waiting_;
        return true;
    }

    [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }
    [[nodiscard]] std::size_t idle_to(const origin& where) const
    {
        return static_cast<std::size_t>(
            std::ranges::count(idle_, where, &idle_connection::where));
    }
    /// How many may lie idle to one host.
    [[nodiscard]] std::size_t room() const noexcept
    {
        return std::min(settings_.maximum_idle, settings_.maximum_per_host);
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    [[nodiscard]] std::size_t in_use() const noexcept
    {
        std::size_t sum = 0;
        for (const auto& [where, host] : hosts_)
            sum += host.in_use;
        return sum;
    }

private:
    struct idle_connection
    {
        origin where{};
        owned connection{};
        time_point since{};
    };

    /// There is one as long as anybody is admitted, so a queue has somebody to wait for.
    struct host_state
    {
        std::size_t in_use = 0;
        std::deque<ticket> queue{};
    };

    [[nodiscard]] owned take_idle(const origin& where)
    {
        const auto found = std::ranges::find(idle_.rbegin(), idle_.rend(), where,
            [](const idle_connection& each) -> const origin& { return each.where; });
        if (found == idle_.rend())
            return nullptr;
        auto taken = std::move(found->connection);
        idle_.erase(std::next(found).base());
        return taken;
    }

    void keep(const origin& where, owned connection, time_point now)
    {
        idle_.push_back({where, std::move(connection), now});
        if (idle_.size() > settings_.maximum_idle)
            idle_.erase(idle_.begin());
    }

    /// They are in the order in which they became idle.
    void drop_old(time_point now)
    {
        const auto fresh = std::ranges::find_if(idle_, [&](const idle_connection& each) {
            return is_fresh(each.since, now, settings_.idle_timeout);
        });
        idle_.erase(idle_.begin(), fresh);
    }

    pool_settings settings_;
    std::vector<idle_connection> idle_{};
    std::map<origin, host_state> hosts_{};
    ticket last_ticket_ = 0;
    std::size_t waiting_ = 0;
};

} // namespace net
} // namespace cosio::inline v0

#endif
