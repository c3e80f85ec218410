// SPDX-License-Identifier: MIT
//
// How long each step of an operation may take.

#ifndef COSIO_TIMEOUTS_HPP
#define COSIO_TIMEOUTS_HPP

#include <cosio/result.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace cosio::inline v0 {

/// The type of `no_timeout`.
struct no_timeout_type
{
    explicit no_timeout_type() = default;
};

/// The only way to wait without end: `settings.total = cosio::no_timeout;`.
inline constexpr no_timeout_type no_timeout{};

/// A limit of time, or none.
class timeout
{
public:
    using duration = std::chrono::steady_clock::duration;

    constexpr timeout(no_timeout_type) noexcept {}

    /// Any duration; one that is too long to be counted in nanoseconds is none.
    template <class Rep, class Period>
    constexpr timeout(std::chrono::duration<Rep, Period> limit) noexcept
    {
        constexpr std::chrono::hours longest(24 * 365 * 100);
        if (limit < longest)
            limit_ = std::chrono::duration_cast<duration>(limit);
    }

    [[nodiscard]] constexpr bool is_finite() const noexcept { return limit_ != duration::max(); }
    /// `duration::max()` when there is none.
    [[nodiscard]] constexpr duration limit() const noexcept { return limit_; }

    friend constexpr bool operator==(timeout, timeout) = default;

private:
    duration limit_ = duration::max();
};

/// Limits of the steps of an operation, all finite by default. A step that takes longer fails with
/// the `errc` named here, all of them `condition::timeout`, and its connection is closed.
///
/// All but `pool_wait` and `total` count for each attempt anew.
class timeout_settings
{
public:
    timeout_settings() = default;

    /// For credentials of a provider: `errc::credentials_timeout`.
    timeout credentials = std::chrono::seconds(30);
    /// For a connection when all that are allowed are in use: `errc::pool_timeout`.
    timeout pool_wait = std::chrono::seconds(30);
    /// For the addresses of the host: `errc::resolve_timeout`.
    timeout resolve = std::chrono::seconds(5);
    /// For TCP, each address anew: `errc::connect_timeout`.
    timeout connect = std::chrono::seconds(5);
    /// `errc::tls_timeout`.
    timeout tls_handshake = std::chrono::seconds(10);
    /// From the end of the request to the first byte of the reply: `errc::first_byte_timeout`.
    /// Long, since the service answers a copy only when it is done.
    timeout first_byte = std::chrono::seconds(120);
    /// Without any byte moving in either direction: `errc::stalled`.
    timeout stall = std::chrono::seconds(30);
    /// The time in which `minimum_rate` is judged: `errc::stalled` as well. Twice `stall`, so that
    /// one pause that is allowed does not decide.
    timeout minimum_rate_window = std::chrono::seconds(60);
    /// Bytes a second that have to move while the peer is waited for, on each connection; 0: any
    /// number. Holds for requests, heads, objects and listings that come, not for the replies to
    /// PUT and POST, which a service may draw out with blanks while it copies or completes. Time
    /// that the caller's source, sink or reader takes does not count. Low, as several connections
    /// may share a slow line; the service's own `x-cos-traffic-limit` is 102,400 at least.
    std::uint64_t minimum_rate = 1024;
    /// From the call to its completion, retries and waits between them included, for a stream to
    /// the head of the reply: `errc::total_timeout`.
    timeout total = std::chrono::hours(1);

    /// Errors: `errc::invalid_configuration` names a limit that is zero or negative.
    [[nodiscard]] result<void> check() const
    {
        const struct
        {
            std::string_view name;
            timeout value;
        } all[] = {{"timeouts.credentials", credentials}, {"timeouts.pool_wait", pool_wait},
            {"timeouts.resolve", resolve}, {"timeouts.connect", connect},
            {"timeouts.tls_handshake", tls_handshake}, {"timeouts.first_byte", first_byte},
            {"timeouts.stall", stall},
            {"timeouts.minimum_rate_window", minimum_rate_window}, {"timeouts.total", total}};
        for (const auto& [name, value] : all)
            if (value.limit() <= timeout::duration::zero())
                return error(errc::invalid_configuration,
                    "must be positive; cosio::no_timeout waits without end", name);
        return {};
    }
};

} // namespace cosio::inline v0

#endif
