// SPDX-License-Identifier: MIT
//
// Which connection serves whom: reuse, limits and queues, as pure state. Knows no socket, no clock
// and no lock.

#ifndef COSIO_NET_POOL_STATE_HPP
#define COSIO_NET_POOL_STATE_HPP

#include <cosio/net/origin.hpp>
#include <cosio/pool_settings.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace cosio::inline v0 {

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
        auto out = try_acquire(where, now);
        if (out.admitted)
            return out;
        out.waits_as = ++last_ticket_;
        hosts_.find(where)->second.queue.push_back(out.waits_as);
        ++waiting_;
        return out;
    }

    /// As `acquire`, but without a place in the queue for who is not admitted.
    [[nodiscard]] admission try_acquire(const origin& where, time_point now)
    {
        drop_old(now);
        auto& entry = *hosts_.try_emplace(where).first;
        admission out;
        if (entry.second.in_use >= settings_.maximum_per_host)
            return out;
        ++entry.second.in_use;
        out.admitted = true;
        out.connection = take_idle(entry);
        return out;
    }

    /// Another idle connection for one who is admitted already, when the first was no good.
    [[nodiscard]] owned exchange_stale(const origin& where)
    {
        return take_idle(*hosts_.find(where));
    }

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
        --found->second.in_use;
        if (connection != nullptr)
            keep(*found, std::move(connection), now);
        else
            forget_unless_used(*found);
        return std::nullopt;
    }

    /// Adds a connection that nobody was admitted for.
    void add_idle(const origin& where, owned connection, time_point now)
    {
        drop_old(now);
        keep(*hosts_.try_emplace(where).first, std::move(connection), now);
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
        const auto host = hosts_.find(where);
        return host == hosts_.end() ? 0 : host->second.idle;
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
    /// There is one as long as anybody is admitted or a connection lies idle; a queue has somebody
    /// to wait for.
    struct host_state
    {
        std::size_t in_use = 0;
        std::size_t idle = 0;
        std::list<ticket> queue{};
    };
    using host_entry = typename std::map<origin, host_state>::value_type;

    struct idle_connection
    {
        host_entry* host = nullptr;
        owned connection{};
        time_point since{};
    };

    [[nodiscard]] owned take_idle(host_entry& host)
    {
        const auto found = std::ranges::find(
            idle_.rbegin(), idle_.rend(), &host, &idle_connection::host);
        if (found == idle_.rend())
            return nullptr;
        auto taken = std::move(found->connection);
        idle_.erase(std::next(found).base());
        --host.second.idle;
        return taken;
    }

    void keep(host_entry& host, owned connection, time_point now)
    {
        try {
            idle_.push_back({&host, std::move(connection), now});
        } catch (...) {
            forget_unless_used(host);
            throw;
        }
        ++host.second.idle;
        if (idle_.size() > settings_.maximum_idle)
            drop_oldest(1);
    }

    /// They are in the order in which they became idle.
    void drop_old(time_point now)
    {
        const auto fresh = std::ranges::find_if(idle_, [&](const idle_connection& each) {
            return is_fresh(each.since, now, settings_.idle_timeout);
        });
        drop_oldest(static_cast<std::size_t>(fresh - idle_.begin()));
    }

    void drop_oldest(std::size_t count)
    {
        for (std::size_t i = 0; i != count; ++i) {
            auto& host = *idle_[i].host;
            --host.second.idle;
            forget_unless_used(host);
        }
        idle_.erase(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(count));
    }

    void forget_unless_used(const host_entry& host)
    {
        if (host.second.in_use == 0 && host.second.idle == 0)
            hosts_.erase(hosts_.find(host.first));
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
