// SPDX-License-Identifier: MIT
//
// The attempts of one operation on the network: a thin coroutine around `attempts`.

#ifndef COSIO_NET_ATTEMPT_LOOP_HPP
#define COSIO_NET_ATTEMPT_LOOP_HPP

#include <cosio/http/date.hpp>
#include <cosio/net/attempt.hpp>
#include <cosio/net/attempts.hpp>
#include <cosio/net/pause.hpp>
#include <cosio/net/receive_reply.hpp>
#include <cosio/operation/shared/service_error.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

/// What is wrong with a reply before its operation looks at it.
using refusal_function = std::optional<error> (*)(
    const operation::reply&, const operation::facts&);

/// `begin`, then `receive` if that went well, then `succeeded` or `retries`; and again while it
/// says so. Refers to what the operation's coroutine owns.
class attempt_loop
{
public:
    attempt_loop(client_core& core, operation_control& control,
        const operation::prepared_request& request, const operation::facts& what,
        refusal_function refusal_of)
        : core_(core), control_(control), request_(request), what_(what),
          refusal_of_(refusal_of),
          attempts_(core.retry,
              {what.idempotent, core.retry.switch_domain, core.identity->can_refresh()})
    {}

    /// Requires that `begin` succeeded.
    [[nodiscard]] exchange_driver& driver() noexcept { return *attempt_->driver(); }
    /// Closes the connection, unless it has been given back.
    void drop_driver() noexcept { attempt_.reset(); }

    /// Sends the request and receives the head of the reply, or what is left of that. Sets `begun`.
    [[nodiscard]] asio::awaitable<void> begin(result<void>& begun)
    {
        if (!attempt_) {
            report_begin();
            auto who = co_await core_.identity->get(control_, core_.now(),
                attempts_.wants_new_credentials() ? used_generation_ : 0);
            if (who)
                used_generation_ = who->generation;
            begun = who ? core_.check_identity(*who->who) : std::move(who).error();
            if (!begun)
                co_return;
            make_attempt(std::move(who->who));
        }
        begun = co_await attempt_->run();
        if (begun)
            begun = look_at_head();
    }

    // The same step by step, so that a small request on an idle connection needs no coroutine but
    // the one that waits for its reply.

    /// Sends the request when there is nothing to wait for; then a reply is awaited.
    [[nodiscard]] bool send_at_once()
    {
        const auto* const who = core_.checked_identity();
        if (who == nullptr)
            return false;
        report_begin();
        make_attempt(who->who);
        return attempt_->send_at_once();
    }

    /// Whether the driver's `more_of_reply` is needed, and `received_of_reply` is to be told what
    /// it yields. The body of a small reply is waited for like its head, for `received_at_once`.
    [[nodiscard]] bool awaits_reply(const destination& to)
    {
        const auto& progress = driver().progress();
        return driver().awaits_reply(
            control_, [&] { return goes_into_string(progress, to); });
    }

    /// Once no reply is awaited any more: sets `begun` to what `begin` would yield. False
    /// when `begin` has to send once more.
    [[nodiscard]] bool is_begun_at_once(result<void>& begun)
    {
        if (attempt_->may_be_sent_again())
            return false;
        begun = look_at_head();
        return true;
    }

    /// Receives the rest of the reply into `out`, and sets `received`: an error when it is a
    /// refusal.
    [[nodiscard]] asio::awaitable<void> receive(
        const destination& to, operation::reply& out, result<void>& received)
    {
        received = co_await receive_reply(driver(), control_, to, out);
        if (received)
            if (auto refusal = refusal_of_(out, what_))
                received = std::move(*refusal);
    }

    /// As `receive`, which sets `received`, without waiting: false when the reply has not come
    /// whole.
    [[nodiscard]] bool received_at_once(
        const destination& to, operation::reply& out, result<void>& received)
    {
        if (!take_received_reply(driver(), control_, to, out))
            return false;
        if (auto refusal = refusal_of_(out, what_))
            received = std::move(*refusal);
        return true;
    }

    /// An attempt before this one may have done what was asked for.
    [[nodiscard]] bool earlier_attempt_may_have_executed() const noexcept
    {
        return may_have_executed_;
    }

    void succeeded(std::string_view request_id)
    {
        is_over_ = true;
        core_.budget.succeeded();
        report_->finished(summary(request_id), nullptr);
    }

    /// The attempt failed with `why`, which stands: completes it with what is known.
    void failed(error& why)
    {
        complete(why);
        is_over_ = true;
        report_->finished(summary(why.request_id), &why);
    }

    /// An exception ended the operation, wherever it was, with `why`: completes it likewise.
    void broke_off(error& why) noexcept
    {
        try {
            complete(why);
            if (report_ && !std::exchange(is_over_, true))
                report_->finished(summary(why.request_id), &why);
        } catch (...) { // Without memory to tell it, or by the one who is told.
        }
    }

    /// The attempt failed with `why`: completes it with what is known, and waits until another is
    /// to begin. False when the error stands.
    [[nodiscard]] asio::awaitable<bool> retries(error& why)
    {
        failed(why);
        const bool body_was_begun = running() != nullptr;
        const bool replayable = !body_was_begun ||
            reason_to_retry(why, reply_) == retry_reason::none || body_of(request_).rewind();
        const auto decision = attempts_.failed(why, reply_, replayable,
            std::chrono::seconds(core_.clock_difference.load(std::memory_order_relaxed)),
            core_.budget, core_.random(), control_.time_left());
        attempt_.reset(); // Its connection is closed, or has been given back, before the wait.
        if (!decision.retries())
            co_return false;
        if (attempts_.uses_backup_domain())
            backup_host_ = core_.service.backup_host(request_.host); // Stays empty without one.
        if (decision.clock_difference)
            core_.clock_difference.store(
                decision.clock_difference->count(), std::memory_order_relaxed);
        report_->retry_scheduled(decision.reason, decision.delay, why);
        may_have_executed_ = may_have_executed_ || why.may_have_executed();
        if (decision.delay.count() == 0)
            co_return true;
        if (co_await pause(control_, decision.delay))
            co_return true;
        auto last = std::move(why);
        why = control_.stopped().value_or(error(errc::cancelled));
        why.message = why.code.message() + "; the last attempt: " + last.describe();
        why.attempts = last.attempts;
        why.request_was_sent = last.request_was_sent;
        why.earlier_attempt_may_have_executed = may_have_executed_;
        co_return false;
    }

private:
    /// Null unless an exchange has begun.
    [[nodiscard]] const exchange_driver* running() const noexcept
    {
        return attempt_ ? attempt_->driver() : nullptr;
    }

    /// Another attempt begins.
    void report_begin()
    {
        reply_ = reply_facts();
        status_ = 0;
        is_over_ = false;
        report_.emplace(
            core_.log, core_.observe, what_.name, request_, host(), attempts_.number());
    }

    void make_attempt(std::shared_ptr<const credentials> who)
    {
        who_ = std::move(who);
        attempt_.emplace(attempt_plan{core_, control_, request_, host(), *who_, what_.idempotent,
            attempts_.is_retry(), *report_, may_have_executed_});
    }

    result<void> look_at_head()
    {
        const auto& progress = attempt_->driver()->progress();
        const auto& head = progress.head();
        const auto request_id = operation::request_id_in(
            head, core_.service.request_id_header, core_.service.other_request_id_header);
        note_reply_head(head, request_id);
        if (progress.has_head())
            log_reply_head(core_.log, head);
        if (progress.state() == exchange::phase::failed)
            return progress.failure();
        if (auto missing = operation::missing_proof(head, what_.proof, what_.name, request_id,
                core_.service.request_id_header)) {
            missing->request_id = request_id;
            reply_.is_foreign = request_id.empty();
            return std::move(*missing);
        }
        return {};
    }

    [[nodiscard]] std::string_view host() const noexcept
    {
        return backup_host_.empty() ? std::string_view(request_.host)
                                    : std::string_view(backup_host_);
    }

    void note_reply_head(const http::response_head& head, std::string_view request_id)
    {
        status_ = head.status;
        if (status_ == 0)
            return;
        reply_.received = true;
        reply_.has_request_id = !request_id.empty();
        reply_.retry_after = retry_after(head);
        if (operation::is_success(status_))
            return; // A clock that is wrong is refused.
        if (const auto date = http::parse_date(head.get("Date")))
            reply_.clock_difference = *date -
                std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }

    /// In seconds, or a date (RFC 9110, 10.2.3).
    [[nodiscard]] std::optional<std::chrono::seconds> retry_after(
        const http::response_head& head) const
    {
        const auto text = head.get("Retry-After");
        constexpr std::uint32_t longest = 24 * 60 * 60;
        if (const auto seconds = detail::parse_number<std::uint32_t>(text))
            return std::chrono::seconds(std::min(*seconds, longest));
        if (const auto date = http::parse_date(text); date && *date > core_.now())
            return std::min(*date - core_.now(), std::chrono::seconds(longest));
        return std::nullopt;
    }

    [[nodiscard]] attempt_summary summary(std::string_view request_id) const
    {
        attempt_summary out;
        out.status = status_;
        out.request_id = request_id;
        if (const auto* const driver = running()) {
            out.bytes_sent = driver->sent_size();
            out.bytes_received = driver->body_size();
        }
        return out;
    }

    void complete(error& why)
    {
        const auto* const driver = running();
        const bool sent = driver != nullptr && driver->progress().request_was_sent();
        const bool refused_here = driver == nullptr && why.code == condition::invalid_request;
        why.attempts = refused_here ? attempts_.number() - 1 : attempts_.number();
        why.request_was_sent = why.request_was_sent || sent;
        why.earlier_attempt_may_have_executed = may_have_executed_;
        if (why.http_status == 0)
            why.http_status = status_;
        // A signature is for the region of the configuration, wherever the request goes.
        const auto of_host = core_.service.region_of_host(request_.host);
        const bool signed_for = why.code == service_errc::authorization_malformed ||
            (why.code == service_errc::wrong_region && !why.service_code.empty());
        operation::tell_region(why,
            of_host.empty() || signed_for ? std::string_view(request_.region) : of_host,
            request_.source_region);
    }

    client_core& core_;
    operation_control& control_;
    const operation::prepared_request& request_;
    const operation::facts& what_;
    refusal_function refusal_of_;
    std::string backup_host_{}; // Once it is used.
    attempts attempts_;
    std::optional<step_report> report_{};
    std::shared_ptr<const credentials> who_{};
    std::optional<attempt> attempt_{}; // Until it is over, and its error was reported.
    reply_facts reply_{};
    unsigned status_ = 0;
    std::uint64_t used_generation_ = 0;
    bool may_have_executed_ = false;
    bool is_over_ = false; // The attempt, and it was told.
};

} // namespace cosio::inline v0::net

#endif
