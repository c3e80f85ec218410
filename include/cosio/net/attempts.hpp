// SPDX-License-Identifier: MIT
//
// The attempts of one operation, as a pure state machine: it is told how each of them failed and
// says whether, when and how there is another. Knows no socket, no clock and no random source.

#ifndef COSIO_NET_ATTEMPTS_HPP
#define COSIO_NET_ATTEMPTS_HPP

#include <cosio/error.hpp>
#include <cosio/net/retry_budget.hpp>
#include <cosio/retry.hpp>
#include <cosio/service_errc.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cosio::inline v0::net {

/// What is known of a reply when its attempt has failed, beside the error.
struct reply_facts
{
    bool received = false; ///< At least its head.
    bool has_request_id = false;
    /// Claims what only the service can know, and lacks its request id: something else answered.
    bool is_foreign = false;
    std::optional<std::chrono::seconds> retry_after{};
    /// The service's clock minus ours, from the `Date` of the reply.
    std::optional<std::chrono::seconds> clock_difference{};
};

/// Why a failed attempt may be followed by another, if the operation allows it.
[[nodiscard]] inline retry_reason reason_to_retry(const error& why) noexcept
{
    using enum service_errc;
    if (why.code == request_time_too_skewed || why.code == request_has_expired ||
        (why.code == access_denied && why.message == "Request has expired"))
        return retry_reason::clock_skew;
    if (why.code == expired_token)
        return retry_reason::expired_token;
    if (why.code == condition::throttled || why.http_status == 429)
        return retry_reason::throttled;
    if (why.code == request_timeout)
        return retry_reason::timeout;
    if (why.http_status == 500 || why.http_status == 502 || why.http_status == 503 ||
        why.http_status == 504)
        return retry_reason::server_error;
    if (why.code.category() == service_category())
        return why.http_status < 300 && why.code == condition::transient
            ? retry_reason::server_error // Inside a 200.
            : retry_reason::none;
    if (why.code == errc::total_timeout || why.code == errc::pool_timeout ||
        why.code == errc::credentials_timeout || why.code == errc::credentials_unavailable)
        return retry_reason::none; // Their own providers and limits have tried long enough.
    if (why.code == condition::timeout)
        return retry_reason::timeout;
    return why.code == condition::transient ? retry_reason::connection : retry_reason::none;
}

/// As above. What answered in the service's place may be gone with the next attempt, or stand before
/// one of its names only; that much is as after a connection that failed.
[[nodiscard]] inline retry_reason reason_to_retry(
    const error& why, const reply_facts& reply) noexcept
{
    return reply.is_foreign ? retry_reason::connection : reason_to_retry(why);
}

/// A delay between 0 and base * 2^(attempt-1), at most `most`; `random` is within [0, 1).
[[nodiscard]] constexpr std::chrono::nanoseconds backoff_delay(
    const retry_settings& settings, unsigned attempt, double random) noexcept
{
    constexpr unsigned doublings_that_matter = 30;
    const auto factor = std::uint64_t{1} << std::min(attempt - 1, doublings_that_matter);
    const double base = static_cast<double>(settings.base_delay.count());
    const double most = static_cast<double>(settings.maximum_delay.count());
    const double window = std::min(base * static_cast<double>(factor), most);
    constexpr double nanoseconds_per_millisecond = 1e6;
    return std::chrono::nanoseconds(
        static_cast<std::int64_t>(window * random * nanoseconds_per_millisecond));
}

/// What to do after a failed attempt.
struct retry_decision
{
    retry_reason reason = retry_reason::none; ///< `none`: the error stands.
    std::chrono::nanoseconds delay{0};
    /// To be set as the client's clock difference before the next attempt.
    std::optional<std::chrono::seconds> clock_difference{};

    [[nodiscard]] bool retries() const noexcept { return reason != retry_reason::none; }
};

/// What an operation allows.
struct attempt_rules
{
    bool idempotent = true;
    bool may_switch_domain = false;
    bool may_refresh_credentials = false;
};

class attempts
{
public:
    /// A difference of clocks that is believed at most; beyond it, one of them is broken.
    static constexpr std::chrono::hours longest_clock_difference{24};
    /// A smaller change of the difference does not explain a refusal.
    static constexpr std::chrono::seconds shortest_clock_difference{30};

    attempts(const retry_settings& settings, attempt_rules rules) noexcept
        : settings_(settings), rules_(rules)
    {}

    /// Of the attempt that is next or under way, from 1.
    [[nodiscard]] unsigned number() const noexcept { return number_; }
    [[nodiscard]] bool is_retry() const noexcept { return number_ > 1; }
    [[nodiscard]] bool uses_backup_domain() const noexcept { return uses_backup_domain_; }
    /// Whether the next attempt needs other credentials than the last had.
    [[nodiscard]] bool wants_new_credentials() const noexcept { return wants_new_credentials_; }

    /// The attempt failed. `replayable`: its body, as far as it was read, can be sent again.
    /// `learnt_difference` is the client's clock difference during the attempt; `time_left` what
    /// is left of the operation's total.
    [[nodiscard]] retry_decision failed(const error& why, const reply_facts& reply,
        bool replayable, std::chrono::seconds learnt_difference, retry_budget& budget,
        double random, std::optional<std::chrono::nanoseconds> time_left)
    {
        request_id_seen_ = request_id_seen_ || reply.has_request_id;
        wants_new_credentials_ = false;
        retry_decision out;
        const auto reason = reason_to_retry(why, reply);
        if (number_ >= settings_.maximum_attempts || !replayable || !allows(reason, why))
            return out;
        if (reason == retry_reason::clock_skew) {
            out.clock_difference = believable(reply.clock_difference, learnt_difference);
            if (!out.clock_difference)
                return out;
            clock_was_set_ = true;
        } else if (reason == retry_reason::expired_token) {
            wants_new_credentials_ = credentials_were_renewed_ = true;
        } else {
            out.delay = backoff_delay(settings_, number_, random);
            if (reply.retry_after)
                out.delay = std::max<std::chrono::nanoseconds>(out.delay, *reply.retry_after);
        }
        if ((time_left && out.delay >= *time_left) || !budget.take())
            return retry_decision();
        out.reason = reason;
        ++number_;
        uses_backup_domain_ = rules_.may_switch_domain && settings_.switch_domain &&
            !request_id_seen_ && number_ == settings_.maximum_attempts;
        return out;
    }

private:
    [[nodiscard]] bool allows(retry_reason reason, const error& why) const noexcept
    {
        switch (reason) {
        case retry_reason::none: return false;
        // The service refused them unread.
        case retry_reason::clock_skew: return !clock_was_set_;
        case retry_reason::expired_token:
            return rules_.may_refresh_credentials && !credentials_were_renewed_;
        default: return rules_.idempotent || !why.request_was_sent;
        }
    }

    [[nodiscard]] static std::optional<std::chrono::seconds> believable(
        std::optional<std::chrono::seconds> difference, std::chrono::seconds learnt) noexcept
    {
        if (!difference || std::chrono::abs(*difference) > longest_clock_difference ||
            std::chrono::abs(*difference - learnt) < shortest_clock_difference)
            return std::nullopt;
        return difference;
    }

    retry_settings settings_;
    attempt_rules rules_;
    unsigned number_ = 1;
    bool request_id_seen_ = false;
    bool uses_backup_domain_ = false;
    bool wants_new_credentials_ = false;
    bool credentials_were_renewed_ = false;
    bool clock_was_set_ = false;
};

} // namespace cosio::inline v0::net

#endif
