#include <cosio/net/attempts.hpp>

#include <cosio/auth/credentials_cache.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using cosio::errc;
using cosio::error;
using cosio::retry_reason;
using cosio::retry_settings;
using cosio::service_errc;
using cosio::net::attempt_rules;
using cosio::net::attempts;
using cosio::net::backoff_delay;
using cosio::net::reason_to_retry;
using cosio::net::reply_facts;
using cosio::net::retry_budget;
using cosio::net::retry_decision;

namespace {

error refusal(unsigned status, service_errc code)
{
    error made(make_error_code(code));
    made.http_status = status;
    return made;
}

/// One operation whose attempts fail in virtual time.
struct operation
{
    explicit operation(retry_settings how = {}, attempt_rules rules = {})
        : settings(how), under_way(settings, rules)
    {}

    retry_decision fails(const error& why, reply_facts reply = {}, double random = 0.5)
    {
        return under_way.failed(why, reply, replayable, learnt, budget, random, time_left);
    }

    retry_settings settings;
    retry_budget budget{100};
    bool replayable = true;
    std::chrono::seconds learnt{0};
    std::optional<std::chrono::nanoseconds> time_left{};
    attempts under_way;
};

const error closed(errc::connection_closed);

reply_facts with_request_id()
{
    reply_facts made;
    made.received = made.has_request_id = true;
    return made;
}

reply_facts dated(std::chrono::seconds difference)
{
    auto made = with_request_id();
    made.clock_difference = difference;
    return made;
}

} // namespace

TEST_CASE("attempts: what is worth another")
{
    const struct
    {
        error why;
        retry_reason reason;
    } rows[] = {
        {error(errc::connection_closed), retry_reason::connection},
        {error(errc::truncated_body), retry_reason::connection},
        {error(errc::resolve_failed), retry_reason::connection},
        {error(errc::tls_failed), retry_reason::connection},
        {error(std::error_code(ECONNREFUSED, std::system_category())), retry_reason::connection},
        {error(std::make_error_code(std::errc::io_error)), retry_reason::none}, // Of a file.
        {error(errc::resolve_timeout), retry_reason::timeout},
        {error(errc::connect_timeout), retry_reason::timeout},
        {error(errc::tls_timeout), retry_reason::timeout},
        {error(errc::first_byte_timeout), retry_reason::timeout},
        {error(errc::stalled), retry_reason::timeout},
        {refusal(500, service_errc::internal_error), retry_reason::server_error},
        {refusal(500, service_errc::unknown), retry_reason::server_error},
        {refusal(502, service_errc::server_error), retry_reason::server_error},
        {refusal(503, service_errc::service_unavailable), retry_reason::server_error},
        {refusal(503, service_errc::slow_down), retry_reason::throttled},
        {refusal(503, service_errc::kms_freq_control), retry_reason::throttled},
        {refusal(504, service_errc::server_error), retry_reason::server_error},
        {refusal(429, service_errc::too_many_requests), retry_reason::throttled},
        {refusal(429, service_errc::unknown), retry_reason::throttled},
        {refusal(400, service_errc::request_timeout), retry_reason::timeout},
        {refusal(200, service_errc::internal_error), retry_reason::server_error},
        {refusal(200, service_errc::slow_down), retry_reason::throttled},
        {refusal(400, service_errc::expired_token), retry_reason::expired_token},
        {refusal(403, service_errc::request_time_too_skewed), retry_reason::clock_skew},
        {refusal(403, service_errc::request_has_expired), retry_reason::clock_skew},

        {refusal(200, service_errc::access_denied), retry_reason::none},
        {refusal(501, service_errc::not_implemented), retry_reason::none},
        {refusal(400, service_errc::invalid_argument), retry_reason::none},
        {refusal(403, service_errc::access_denied), retry_reason::none},
        {refusal(403, service_errc::signature_does_not_match), retry_reason::none},
        {refusal(404, service_errc::no_such_key), retry_reason::none},
        {refusal(409, service_errc::path_conflict), retry_reason::none},
        {refusal(412, service_errc::precondition_failed), retry_reason::none},
        {refusal(301, service_errc::unexpected_status), retry_reason::none},
        {error(errc::cancelled), retry_reason::none},
        {error(errc::total_timeout), retry_reason::none},
        {error(errc::pool_timeout), retry_reason::none},
        {error(errc::credentials_timeout), retry_reason::none},
        {error(errc::credentials_unavailable), retry_reason::none},
        {error(errc::tls_certificate_rejected), retry_reason::none},
        {error(errc::invalid_key), retry_reason::none},
        {error(errc::body_size_mismatch), retry_reason::none},
        {error(errc::encryption_not_applied), retry_reason::none},
        {error(errc::checksum_mismatch), retry_reason::none},
        {error(errc::malformed_response), retry_reason::none},
        {error(errc::out_of_memory), retry_reason::none},
    };
    for (const auto& [why, reason] : rows) {
        CAPTURE(why.describe());
        CHECK(reason_to_retry(why) == reason);
    }
    auto expired = refusal(403, service_errc::access_denied);
    expired.message = "Request has expired";
    CHECK(reason_to_retry(expired) == retry_reason::clock_skew);
}

TEST_CASE("attempts: full jitter doubles its window up to the maximum")
{
    retry_settings settings;
    settings.base_delay = 100ms;
    settings.maximum_delay = 1s;
    CHECK(backoff_delay(settings, 1, 0.0) == 0ns);
    CHECK(backoff_delay(settings, 1, 0.5) == 50ms);
    CHECK(backoff_delay(settings, 2, 0.5) == 100ms);
    CHECK(backoff_delay(settings, 3, 0.5) == 200ms);
    CHECK(backoff_delay(settings, 5, 0.5) == 500ms);
    CHECK(backoff_delay(settings, 200, 0.5) == 500ms);
}

TEST_CASE("attempts: as many as are allowed, and one when there is to be one")
{
    for (unsigned most = 1; most != 6; ++most) {
        retry_settings settings;
        settings.maximum_attempts = most;
        operation one(settings);
        unsigned made = 1;
        while (one.fails(closed).retries())
            ++made;
        CHECK(made == most);
        CHECK(one.under_way.number() == most);
    }
}

TEST_CASE("attempts: what cannot be sent twice is not")
{
    operation not_idempotent({}, {.idempotent = false});
    auto sent = closed;
    sent.request_was_sent = true;
    CHECK(not_idempotent.fails(closed).retries()); // Nothing had been sent.
    CHECK_FALSE(not_idempotent.fails(sent).retries());

    operation one_shot;
    one_shot.replayable = false;
    CHECK_FALSE(one_shot.fails(closed).retries());
}

TEST_CASE("attempts: Retry-After is honoured, and the total is")
{
    operation patient;
    auto reply = with_request_id();
    reply.retry_after = 7s;
    const auto slow_down = refusal(503, service_errc::slow_down);
    CHECK(patient.fails(slow_down, reply).delay == 7s);

    operation hurried;
    hurried.time_left = 6s;
    CHECK_FALSE(hurried.fails(slow_down, reply).retries());
    CHECK(hurried.under_way.number() == 1);
    CHECK(hurried.budget.left() == 100);
    hurried.time_left = 8s;
    CHECK(hurried.fails(slow_down, reply).retries());
}

TEST_CASE("attempts: the budget of a client ends its retries, and successes earn them back")
{
    retry_budget budget(3);
    const auto one_retry = [&] {
        attempts under_way({}, {});
        return under_way.failed(closed, {}, true, 0s, budget, 0.5, std::nullopt).retries();
    };
    CHECK(one_retry());
    CHECK(one_retry());
    CHECK(one_retry());
    CHECK_FALSE(one_retry());
    for (int i = 0; i != 9; ++i)
        budget.succeeded();
    CHECK_FALSE(one_retry());
    budget.succeeded();
    CHECK(one_retry());
    for (int i = 0; i != 1000; ++i)
        budget.succeeded();
    CHECK(budget.left() == 3);
}

TEST_CASE("attempts: only the last goes to the other domain, and only when nobody was reached")
{
    const attempt_rules switchable{.may_switch_domain = true};
    operation unreached({}, switchable);
    CHECK_FALSE(unreached.under_way.uses_backup_domain());
    CHECK(unreached.fails(closed).retries());
    CHECK_FALSE(unreached.under_way.uses_backup_domain());
    auto anonymous = reply_facts();
    anonymous.received = true; // A reply of something in between: no request id.
    CHECK(unreached.fails(refusal(502, service_errc::server_error), anonymous).retries());
    CHECK_FALSE(unreached.under_way.uses_backup_domain());
    CHECK(unreached.fails(closed).retries());
    CHECK(unreached.under_way.uses_backup_domain());

    operation reached({}, switchable);
    CHECK(reached.fails(closed).retries());
    CHECK(reached.fails(refusal(500, service_errc::internal_error), with_request_id()).retries());
    CHECK(reached.fails(closed).retries());
    CHECK_FALSE(reached.under_way.uses_backup_domain());

    retry_settings stays;
    stays.switch_domain = false;
    for (auto* const other : {new operation(stays, switchable), new operation({}, {})}) {
        while (other->fails(closed).retries())
            CHECK_FALSE(other->under_way.uses_backup_domain());
        delete other;
    }
}

TEST_CASE("attempts: a clock is learnt from the Date of a skew error, once, and within bounds")
{
    const auto skewed = refusal(403, service_errc::request_time_too_skewed);
    operation off_by_an_hour;
    const auto decision = off_by_an_hour.fails(skewed, dated(3600s));
    CHECK(decision.reason == retry_reason::clock_skew);
    CHECK(decision.clock_difference == 3600s);
    CHECK(decision.delay == 0ns);
    off_by_an_hour.learnt = 3600s;
    CHECK_FALSE(off_by_an_hour.fails(skewed, dated(7200s)).retries());

    for (const auto& reply : {with_request_id(), dated(29s), dated(-29s), dated(25h),
             dated(-1'500'000'000s)}) {
        operation one;
        CHECK_FALSE(one.fails(skewed, reply).retries());
    }
    operation knows_already;
    knows_already.learnt = 3600s;
    CHECK_FALSE(knows_already.fails(skewed, dated(3601s)).retries());

    operation other_errors; // Date is looked at for skew errors alone.
    CHECK_FALSE(other_errors.fails(closed, dated(3600s)).clock_difference);
    CHECK_FALSE(other_errors.fails(refusal(403, service_errc::access_denied), dated(3600s))
                    .clock_difference);
}

TEST_CASE("attempts: an expired token is renewed once, where that is possible")
{
    const auto expired = refusal(400, service_errc::expired_token);
    operation fixed;
    CHECK_FALSE(fixed.fails(expired, with_request_id()).retries());

    operation refreshable({}, {.idempotent = false, .may_refresh_credentials = true});
    CHECK_FALSE(refreshable.under_way.wants_new_credentials());
    CHECK(refreshable.fails(expired, with_request_id()).retries());
    CHECK(refreshable.under_way.wants_new_credentials());
    CHECK_FALSE(refreshable.fails(expired, with_request_id()).retries());
}

TEST_CASE("attempts: what answered in the service's place may be gone, or stand before one name")
{
    const error malformed(errc::malformed_response);
    const reply_facts foreign{.received = true, .is_foreign = true};
    retry_settings three_times;
    three_times.maximum_attempts = 3;
    three_times.switch_domain = true;
    operation one(three_times, {.may_switch_domain = true});
    CHECK(one.fails(malformed, foreign).reason == retry_reason::connection);
    CHECK_FALSE(one.under_way.uses_backup_domain());
    CHECK(one.fails(malformed, foreign).reason == retry_reason::connection);
    CHECK(one.under_way.uses_backup_domain());
    CHECK_FALSE(one.fails(malformed, foreign).retries());

    // What the service itself wrote stands, and what was sent is not sent twice.
    CHECK_FALSE(operation().fails(malformed, with_request_id()).retries());
    auto sent = malformed;
    sent.request_was_sent = true;
    CHECK_FALSE(operation({}, {.idempotent = false}).fails(sent, foreign).retries());
}

TEST_CASE("attempts: every sequence of failures ends, within the limits")
{
    // All sequences of up to five failures out of these, each checked for what must hold always.
    const std::vector<error> failures{closed, error(errc::stalled),
        refusal(503, service_errc::slow_down), refusal(403, service_errc::request_time_too_skewed),
        refusal(400, service_errc::expired_token), refusal(404, service_errc::no_such_key)};
    std::size_t sequences = 0;
    for (std::size_t code = 0; code != 6 * 6 * 6 * 6 * 6; ++code) {
        operation one({}, {.may_switch_domain = true, .may_refresh_credentials = true});
        unsigned made = 1;
        std::size_t rest = code;
        for (;; rest /= failures.size()) {
            const auto& why = failures[rest % failures.size()];
            const auto decision = one.fails(why, dated(3600s));
            if (!decision.retries())
                break;
            ++made;
            REQUIRE(decision.reason == reason_to_retry(why));
            REQUIRE(decision.delay <= one.settings.maximum_delay);
            REQUIRE(one.under_way.number() == made);
            REQUIRE_FALSE(one.under_way.uses_backup_domain()); // A request id was seen.
        }
        REQUIRE(made <= one.settings.maximum_attempts);
        ++sequences;
    }
    CHECK(sequences == 7776);
}

TEST_CASE("attempts: a 24-hour upload with 15-minute tokens, in virtual time")
{
    using cache = cosio::auth::credentials_cache;
    std::minstd_rand random(11);
    std::uniform_real_distribution<double> chance;
    const std::chrono::sys_seconds begin(1'700'000'000s);
    std::chrono::sys_seconds now = begin;
    cache identity;
    std::chrono::sys_seconds expires{};
    unsigned questions = 0;
    unsigned waits = 0;
    retry_budget budget(100);
    const auto ask = [&] {
        ++questions;
        // One refresh in five fails; so does none of those that somebody waits for.
        if (identity.ask(now) != cache::advice::wait && random() % 5 == 0)
            return identity.refresh_failed(now, chance(random));
        expires = now + 15min;
        identity.refreshed({cosio::credentials("id", "key", "token"), expires}, now,
            chance(random));
    };
    unsigned parts = 0;
    unsigned retries = 0;
    while (now < begin + 24h) {
        attempts under_way({}, {.may_refresh_credentials = true});
        for (;;) {
            const auto advice = identity.ask(now);
            if (advice == cache::advice::wait)
                ++waits;
            if (advice != cache::advice::use)
                ask();
            REQUIRE(now < expires); // Every attempt is signed with what is still valid.
            now += std::chrono::seconds(1 + random() % 8);
            if (under_way.number() == 3 || random() % 20 != 0) {
                budget.succeeded();
                break;
            }
            const auto decision = under_way.failed(
                closed, {}, true, 0s, budget, chance(random), std::nullopt);
            REQUIRE(decision.retries());
            ++retries;
            now += std::chrono::ceil<std::chrono::seconds>(decision.delay);
        }
        ++parts;
    }
    CHECK(parts > 15'000);
    CHECK(retries > 500);
    CHECK(waits == 1); // The very first; never again, as refreshes come ahead.
    CHECK(questions >= 96);
    CHECK(questions < 250);
}
