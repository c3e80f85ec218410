// SPDX-License-Identifier: MIT
//
// Which addresses failed lately, so that they are tried last.

#ifndef COSIO_NET_ADDRESS_HEALTH_HPP
#define COSIO_NET_ADDRESS_HEALTH_HPP

#include <cosio/detail/asio.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <vector>

namespace cosio::inline v0::net {

/// Thread safe; knows no clock: the time is given.
class address_health
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    using endpoint = asio::ip::tcp::endpoint;

    /// How long an address that failed is set aside.
    static constexpr std::chrono::seconds set_aside{30};

    void failed(const endpoint& address, time_point now)
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(aside_until_, [&](const auto& each) { return each.second <= now; });
        aside_until_[address] = now + set_aside;
    }

    void succeeded(const endpoint& address)
    {
        const std::lock_guard lock(mutex_);
        aside_until_.erase(address);
    }

    /// The same addresses in the order in which to try them: as the resolver gave them, but those
    /// set aside last. They are tried all the same: a bad one is better than none.
    [[nodiscard]] std::vector<endpoint> in_order(
        std::vector<endpoint> addresses, time_point now) const
    {
        const std::lock_guard lock(mutex_);
        std::vector<endpoint> aside;
        std::erase_if(addresses, [&](const endpoint& address) {
            const auto found = aside_until_.find(address);
            const bool bad = found != aside_until_.end() && found->second > now;
            if (bad)
                aside.push_back(address);
            return bad;
        });
        addresses.insert(addresses.end(), aside.begin(), aside.end());
        return addresses;
    }

private:
    mutable std::mutex mutex_{};
    std::map<endpoint, time_point> aside_until_{};
};

} // namespace cosio::inline v0::net

#endif
