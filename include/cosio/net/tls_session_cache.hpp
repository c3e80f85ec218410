// SPDX-License-Identifier: MIT
//
// TLS sessions to resume, so that a new connection to a known host costs half a handshake.

#ifndef COSIO_NET_TLS_SESSION_CACHE_HPP
#define COSIO_NET_TLS_SESSION_CACHE_HPP

#include <cosio/net/origin.hpp>
#include <cosio/net/tls_context.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// The sessions of one client, whose TLS settings they were made with. Thread safe. A session is
/// resumed for the very name its certificate was verified for, and once (RFC 8446, C.4).
class tls_session_cache
{
public:
    [[nodiscard]] openssl::owned<SSL_SESSION> take(const origin& where)
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(where);
        if (found == sessions_.end())
            return nullptr;
        auto newest = std::move(found->second.back());
        found->second.pop_back();
        if (found->second.empty())
            sessions_.erase(found);
        return newest;
    }

    void put(const origin& where, openssl::owned<SSL_SESSION> session)
    {
        const std::lock_guard lock(mutex_);
        auto& kept = sessions_[where];
        if (kept.size() == most_per_origin)
            kept.erase(kept.begin());
        kept.push_back(std::move(session));
        if (sessions_.size() > most_origins)
            sessions_.erase(sessions_.begin()->first == where ? std::prev(sessions_.end())
                                                              : sessions_.begin());
    }

private:
    static constexpr std::size_t most_per_origin = 16;
    static constexpr std::size_t most_origins = 64;

    std::mutex mutex_{};
    std::map<origin, std::vector<openssl::owned<SSL_SESSION>>> sessions_{};
};

} // namespace cosio::inline v0::net

#endif
