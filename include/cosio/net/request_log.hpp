// SPDX-License-Identifier: MIT
//
// What is told of an operation while it runs: log lines and the observer's events. Formatted only
// when somebody wants them.

#ifndef COSIO_NET_REQUEST_LOG_HPP
#define COSIO_NET_REQUEST_LOG_HPP

#include <cosio/error.hpp>
#include <cosio/http/redaction.hpp>
#include <cosio/logging.hpp>
#include <cosio/observation.hpp>
#include <cosio/operation/shared/prepared_request.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cosio::inline v0::net {

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

/// What is known once an attempt is over.
struct attempt_summary
{
    unsigned status = 0;              ///< 0: no reply.
    std::uint64_t bytes_sent = 0;     ///< Of the request's body.
    std::uint64_t bytes_received = 0; ///< Of the reply's body.
    std::string_view request_id{};
};

/// Tells of the steps of one attempt. Refers to what outlives it.
class step_report
{
public:
    step_report(const log_settings& log, const observer& observe, std::string_view operation,
        const operation::prepared_request& request, std::string_view host, unsigned attempt)
        : log_(log), observe_(observe), operation_(operation), request_(request), host_(host),
          attempt_(attempt)
    {
        if (observe_ || log_.wants(log_level::info))
            began_ = std::chrono::steady_clock::now();
        if (observe_)
            observe_(describe(event_kind::attempt_started));
    }

    void connected(std::chrono::steady_clock::duration took, bool resumed) const
    {
        if (!observe_)
            return;
        auto what = describe(event_kind::connected);
        what.took = took;
        what.resumed = resumed;
        observe_(what);
    }

    void reused() const
    {
        if (observe_)
            observe_(describe(event_kind::reused));
    }

    /// `problem` is null on success.
    void finished(const attempt_summary& summary, const error* problem) const
    {
        const bool told = log_.wants(log_level::info);
        if (!observe_ && !told)
            return;
        const auto took = std::chrono::steady_clock::now() - began_;
        if (observe_) {
            auto what = describe(event_kind::attempt_finished);
            what.took = took;
            what.status = summary.status;
            what.problem = problem != nullptr ? problem->code : std::error_code();
            what.request_id = summary.request_id;
            what.bytes_sent = summary.bytes_sent;
            what.bytes_received = summary.bytes_received;
            observe_(what);
        }
        if (!told)
            return;
        const auto milliseconds = std::chrono::duration<double, std::milli>(took).count();
        auto line = fmt::format(
            "{} {} {} status={} sent={} received={} duration={:.3f}ms request-id={} attempt={}",
            http::name_of(request_.head.method), host_, request_.head.target.path(),
            summary.status, summary.bytes_sent, summary.bytes_received, milliseconds,
            summary.request_id.empty() ? std::string_view("-") : summary.request_id, attempt_);
        if (problem != nullptr)
            line.append(" problem=").append(problem->describe());
        log_.write(log_level::info, line);
    }

    void retry_scheduled(
        retry_reason reason, std::chrono::nanoseconds delay, const error& problem) const
    {
        if (observe_) {
            auto what = describe(event_kind::retry_scheduled);
            what.reason = reason;
            what.delay = delay;
            what.problem = problem.code;
            observe_(what);
        }
        if (log_.wants(log_level::info))
            log_.write(log_level::info,
                fmt::format("{} {} {} retry={} after attempt={} in={:.3f}ms",
                    http::name_of(request_.head.method), host_, request_.head.target.path(),
                    name_of(reason), attempt_,
                    std::chrono::duration<double, std::milli>(delay).count()));
    }

private:
    [[nodiscard]] event describe(event_kind kind) const
    {
        event out;
        out.kind = kind;
        out.operation = operation_;
        out.method = http::name_of(request_.head.method);
        out.host = host_;
        out.path = request_.head.target.path();
        out.attempt = attempt_;
        return out;
    }

    const log_settings& log_;
    const observer& observe_;
    std::string_view operation_;
    const operation::prepared_request& request_;
    std::string_view host_;
    unsigned attempt_;
    std::chrono::steady_clock::time_point began_{}; // Known where somebody is told.
};

} // namespace cosio::inline v0::net

#endif
