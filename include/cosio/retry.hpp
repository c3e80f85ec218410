// SPDX-License-Identifier: MIT
//
// How often, and after which delays, a failed attempt is followed by another.

#ifndef COSIO_RETRY_HPP
#define COSIO_RETRY_HPP

#include <cosio/result.hpp>

#include <chrono>

namespace cosio::inline v0 {

/// When operations are tried again.
///
/// An attempt is followed by another when it failed for a reason that may pass (connection, time,
/// 500, 502, 503, 504, 429, `SlowDown`, `RequestTimeout`, such an `<Error>` inside a 200), when
/// doing it twice is like doing it once or nothing of it was sent, when the body can be sent again,
/// when the budget allows it, and when the delay fits into the total time.
class retry_settings
{
public:
    retry_settings() = default;

    /// The first one included; 1: never again.
    unsigned maximum_attempts = 4;
    /// The delay before attempt n+1 is random between 0 and `base_delay` * 2^(n-1) ("full jitter"),
    /// at most `maximum_delay`; a longer `Retry-After` of the service is honoured.
    std::chrono::milliseconds base_delay{100};
    std::chrono::milliseconds maximum_delay{20'000};
    /// Retries that all operations of a client may make together while nothing succeeds; ten
    /// attempts that succeed earn one. Keeps many clients from drowning a service that recovers.
    unsigned budget = 100;
    /// The last attempt goes to the service's other domain, `tencentcos.cn`, when the host is of
    /// the default form and no reply with a request id has come: the service was not reached.
    bool switch_domain = true;

    /// Errors: `errc::invalid_configuration`.
    [[nodiscard]] result<void> check() const
    {
        if (maximum_attempts == 0)
            return error(errc::invalid_configuration, "must be at least 1",
                "retry.maximum_attempts");
        if (base_delay < base_delay.zero())
            return error(errc::invalid_configuration, "must not be negative", "retry.base_delay");
        if (maximum_delay < maximum_delay.zero())
            return error(
                errc::invalid_configuration, "must not be negative", "retry.maximum_delay");
        return {};
    }
};

/// Why an attempt is followed by another.
enum class retry_reason {
    none,
    connection,       ///< No connection, or it failed.
    timeout,          ///< A limit of time.
    throttled,        ///< Asked to slow down.
    server_error,     ///< A failure within the service.
    expired_token,    ///< With credentials asked for anew.
    clock_skew,       ///< With the service's idea of the time.
};

} // namespace cosio::inline v0

#endif
