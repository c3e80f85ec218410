// SPDX-License-Identifier: MIT
//
// What an operation goes through, for metrics and tracing.

#ifndef COSIO_OBSERVATION_HPP
#define COSIO_OBSERVATION_HPP

#include <cosio/retry.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <system_error>

namespace cosio::inline v0 {

enum class event_kind {
    attempt_started,
    connected,        ///< A connection was opened for the attempt; `took`, `resumed`.
    reused,           ///< An idle connection serves the attempt.
    attempt_finished, ///< `status`, `problem`, `request_id`, bytes, `took`.
    retry_scheduled,  ///< `reason`, `delay`, `problem`; another attempt follows.
};

/// One step of one operation. Holds no secret: no header and no parameter of the request. The
/// views are valid during the call only.
struct event
{
    event_kind kind = event_kind::attempt_started;
    std::string_view operation{}; ///< As the service's documentation names it: `PutObject`.
    std::string_view method{};
    std::string_view host{};
    std::string_view path{}; ///< Percent-encoded, without parameters.
    unsigned attempt = 1;

    /// Of the attempt when it finished, of the connection when it was made.
    std::chrono::steady_clock::duration took{};
    bool resumed = false;  ///< The connection resumed a TLS session.
    unsigned status = 0;   ///< 0: no reply.
    std::error_code problem{};
    std::string_view request_id{};
    std::uint64_t bytes_sent = 0;     ///< Of the request's body.
    std::uint64_t bytes_received = 0; ///< Of the reply's body.
    retry_reason reason = retry_reason::none;
    std::chrono::nanoseconds delay{};
};

/// Called on the threads that run operations, maybe several at once; must not throw, block, or
/// destroy the client.
using observer = std::function<void(const event&)>;

[[nodiscard]] constexpr std::string_view name_of(retry_reason reason) noexcept
{
    switch (reason) {
    case retry_reason::none: return "none";
    case retry_reason::connection: return "connection";
    case retry_reason::timeout: return "timeout";
    case retry_reason::throttled: return "throttled";
    case retry_reason::server_error: return "server-error";
    case retry_reason::expired_token: return "expired-token";
    case retry_reason::clock_skew: return "clock-skew";
    }
    return "unknown";
}

} // namespace cosio::inline v0

#endif
