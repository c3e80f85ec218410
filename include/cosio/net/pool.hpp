// SPDX-License-Identifier: MIT
//
// Connections that wait for another request.

#ifndef COSIO_NET_POOL_HPP
#define COSIO_NET_POOL_HPP

#include <cosio/net/connector.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Whether a connection that became idle at `since` may still be used.
[[nodiscard]] constexpr bool is_fresh(std::chrono::steady_clock::time_point since,
    std::chrono::steady_clock::time_point now, std::chrono::steady_clock::duration timeout) noexcept
{
    return now - since < timeout;
}

/// Last in, first out: the warmest connection serves next and the others may grow old. Knows no
/// clock: the time is given. `Connection` has `leads_to()`.
template <class Connection>
class idle_connections
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    using owned = std::unique_ptr<Connection>;

    idle_connections(std::chrono::steady_clock::duration timeout, std::size_t most)
        : timeout_(timeout), most_(most)
    {}

    /// The connection to `where` that was put back last; none when there is none.
    [[nodiscard]] owned take(const origin& where, time_point now)
    {
        drop_old(now);
        const auto found = std::ranges::find_if(idle_.rbegin(), idle_.rend(),
            [&](const entry& each) { return each.connection->leads_to() == where; });
        if (found == idle_.rend())
            return nullptr;
        auto taken = std::move(found->connection);
        idle_.erase(std::next(found).base());
        return taken;
    }

    void put(owned connection, time_point now)
    {
        drop_old(now);
        idle_.push_back({std::move(connection), now});
        if (idle_.size() > most_)
            idle_.erase(idle_.begin());
    }

    [[nodiscard]] std::size_t size() const noexcept { return idle_.size(); }

private:
    struct entry
    {
        owned connection{};
        time_point since{};
    };

    /// Entries are in the order in which they became idle.
    void drop_old(time_point now)
    {
        const auto fresh = std::ranges::find_if(
            idle_, [&](const entry& each) { return is_fresh(each.since, now, timeout_); });
        idle_.erase(idle_.begin(), fresh);
    }

    std::chrono::steady_clock::duration timeout_;
    std::size_t most_;
    std::vector<entry> idle_{};
};

/// The connections of one client. Thread safe.
template <class Connection>
class pool
{
public:
    pool(std::chrono::steady_clock::duration timeout, std::size_t most) : idle_(timeout, most) {}

    [[nodiscard]] std::unique_ptr<Connection> take(const origin& where)
    {
        const std::lock_guard lock(mutex_);
        return idle_.take(where, std::chrono::steady_clock::now());
    }

    void put(std::unique_ptr<Connection> connection)
    {
        const std::lock_guard lock(mutex_);
        idle_.put(std::move(connection), std::chrono::steady_clock::now());
    }

private:
    std::mutex mutex_{};
    idle_connections<Connection> idle_;
};

} // namespace cosio::inline v0::net

#endif
