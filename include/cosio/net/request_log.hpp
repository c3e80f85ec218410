// SPDX-License-Identifier: MIT
//
// The log lines of one attempt. Formatted only when somebody wants them.

#ifndef COSIO_NET_REQUEST_LOG_HPP
#define COSIO_NET_REQUEST_LOG_HPP

#include <cosio/http/redaction.hpp>
#include <cosio/logging.hpp>
#include <cosio/net/exchange_driver.hpp>
#include <cosio/operation/shared/prepared_request.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cosio::inline v0::net {

/// What is known once an attempt is over.
struct attempt_summary
{
    unsigned attempt = 1;
    unsigned status = 0; ///< 0: no reply.
    std::uint64_t bytes_sent = 0; ///< Of the request's body.
    std::uint64_t bytes_received = 0; ///< Of the reply's body.
    std::chrono::steady_clock::duration took{};
    std::string_view request_id{};
    std::string_view problem{}; ///< Empty on success.
};

inline void log_request_head(const log_settings& log, const http::request& what,
    const http::field_list& attempt_fields)
{
    if (log.wants(log_level::debug))
        log.write(log_level::debug, "> " + http::redacted_head(what, attempt_fields));
}

inline void log_reply_head(const log_settings& log, const http::response_head& head)
{
    if (log.wants(log_level::debug))
        log.write(log_level::debug, "< " + http::redacted_head(head));
}

inline void log_attempt(const log_settings& log, const operation::prepared_request& request,
    const attempt_summary& summary)
{
    if (!log.wants(log_level::info))
        return;
    const auto milliseconds =
        std::chrono::duration<double, std::milli>(summary.took).count();
    log.write(log_level::info,
        fmt::format("{} {} {} status={} sent={} received={} duration={:.3f}ms request-id={} attempt={}{}{}",
            http::name_of(request.head.method), request.host, request.head.target.path(),
            summary.status, summary.bytes_sent, summary.bytes_received, milliseconds,
            summary.request_id.empty() ? std::string_view("-") : summary.request_id,
            summary.attempt, summary.problem.empty() ? "" : " problem=", summary.problem));
}

} // namespace cosio::inline v0::net

#endif
