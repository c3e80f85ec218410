// SPDX-License-Identifier: MIT
//
// One attempt of a request, up to the head of its reply: connection, signature, exchange.

#ifndef COSIO_NET_ATTEMPT_HPP
#define COSIO_NET_ATTEMPT_HPP

#include <cosio/auth/credentials_cache.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/net/client_core.hpp>
#include <cosio/net/exchange_driver.hpp>
#include <cosio/net/request_log.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/result.hpp>
#include <cosio/version.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

/// What an attempt is made of. Everything refers to what outlives the operation's coroutine.
struct attempt_plan
{
    client_core& core;
    operation_control& control;
    const operation::prepared_request& request;
    std::string_view host;
    const credentials& who;
    bool idempotent = true;
    bool is_retry = false;
    /// Told of connections.
    const step_report& report;
    /// Set when a request was sent of which it is not known what became.
    bool& may_have_executed;
};

/// The body that is sent: a document of ours, or the caller's.
[[nodiscard]] inline body_view body_of(const operation::prepared_request& request)
{
    return request.document.empty() ? request.body : body_view(request.document);
}

/// Writes the head of an attempt into `memory`. Errors: `errc::crypto_unavailable`.
[[nodiscard]] inline result<void> sign_and_write_head(
    const attempt_plan& plan, connection::request_memory& memory)
{
    const auto& core = plan.core;
    const auto& request = plan.request.head;
    auto& attempt_fields = memory.attempt_fields;
    memory.clear(); // Of an attempt that was given up.
    attempt_fields.add_written("Host", [&](crypto::secret_buffer& text) {
        detail::append_host_header(text, plan.host, core.endpoint.port, core.endpoint.scheme);
    });
    attempt_fields.add("User-Agent", "cosio/" COSIO_VERSION_STRING);
    if (plan.is_retry && !core.service.retry_marker_header.empty())
        attempt_fields.add(core.service.retry_marker_header, "true");
    if (auto done = core.signs->sign(request.method, request.target, request.fields,
            attempt_fields, plan.who, core.now());
        !done)
        return std::move(done).error();
    log_request_head(core.log, request, attempt_fields);
    http::append_request_head(memory.head, request, attempt_fields);
    return {};
}

/// Opens a connection under a lease that has none.
[[nodiscard]] inline asio::awaitable<result<void>> open_connection(
    const attempt_plan& plan, lease<connection>& under)
{
    const auto began = std::chrono::steady_clock::now();
    auto& pool = *plan.core.connections;
    auto opened = co_await plan.core.connects.open(plan.control, under.leads_to());
    if (!opened) {
        pool.count_failed();
        co_return std::move(opened).error();
    }
    pool.count_opened(opened->resumed);
    plan.report.connected(std::chrono::steady_clock::now() - began, opened->resumed);
    under.set(std::make_unique<connection>(std::move(opened->bytes)));
    co_return result<void>();
}

/// Whether a failed exchange met a connection that the server had closed while it was idle: then
/// the request was most likely never read, and may be sent once more as if this had not happened.
[[nodiscard]] inline bool met_stale_connection(
    const exchange& progress, bool was_used, bool idempotent) noexcept
{
    return was_used && idempotent && progress.state() == exchange::phase::failed &&
        !progress.reply_has_begun() && progress.failure().code == errc::connection_closed;
}

/// Runs the exchange up to the head of the reply. The driver tells how far it came, even if an
/// exception ends it.
class attempt
{
public:
    explicit attempt(const attempt_plan& plan) : plan_(plan), body_(body_of(plan.request)) {}

    /// Sends a small request on an idle connection, when there is nothing to wait for. Then the
    /// driver's steps await the head of the reply; `run` does whatever is left at any point.
    [[nodiscard]] bool send_at_once()
    {
        if (!exchange_driver::is_small(body_) || plan_.control.interrupted())
            return false;
        auto leased = try_acquire();
        if (!leased)
            return false;
        take(std::move(*leased));
        return lease_.get() != nullptr && begin_exchange() && !sending_;
    }

    /// An error means that the exchange could not be begun.
    [[nodiscard]] asio::awaitable<result<void>> run()
    {
        for (;;) {
            if (plan_.control.is_of_other_process())
                co_return error(errc::other_process);
            if (!driver_)
                if (auto begun = co_await begin(); !begun)
                    co_return begun;
            if (sending_) {
                co_await driver_->send_rest(plan_.control, *outgoing_);
                sending_is_over();
            }
            while (driver_->awaits_head(plan_.control)) {
                const auto got = co_await driver_->more_of_reply();
                driver_->received_of_reply(got);
            }
            if (!may_be_sent_again())
                co_return result<void>();
            plan_.core.connections->count_stale();
            plan_.may_have_executed = true; // Closed before it was read, or just before its reply.
            lease_ = driver_->take_lease();
            driver_.reset();
        }
    }

    /// Whether the exchange met a stale connection, and `run` would begin it once more.
    [[nodiscard]] bool may_be_sent_again() const
    {
        return met_stale_connection(driver_->progress(), on_used_connection_, plan_.idempotent) &&
            !plan_.control.interrupted() && body_.rewind();
    }

    /// Null until the exchange has begun.
    [[nodiscard]] exchange_driver* driver() noexcept { return driver_ ? &*driver_ : nullptr; }
    [[nodiscard]] const exchange_driver* driver() const noexcept
    {
        return driver_ ? &*driver_ : nullptr;
    }

private:
    [[nodiscard]] std::optional<lease<connection>> try_acquire()
    {
        return plan_.core.connections->try_acquire(plan_.core.origin_of(plan_.host));
    }

    void take(lease<connection> leased)
    {
        lease_ = std::move(leased);
        is_admitted_ = true;
        on_used_connection_ = lease_.get() != nullptr;
        if (on_used_connection_)
            plan_.report.reused();
    }

    /// A connection, an idle one or a new one, and what of the exchange needs no waiting.
    asio::awaitable<result<void>> begin()
    {
        if (!is_admitted_) {
            if (auto stop = plan_.control.stopped())
                co_return std::move(*stop);
            if (auto leased = try_acquire()) {
                take(std::move(*leased));
            } else {
                auto waited = co_await plan_.core.connections->acquire(
                    plan_.control, plan_.core.origin_of(plan_.host));
                if (!waited)
                    co_return std::move(waited).error();
                take(std::move(*waited));
            }
        }
        if (lease_.get() == nullptr) {
            on_used_connection_ = false;
            if (auto opened = co_await open_connection(plan_, lease_); !opened)
                co_return opened;
            if (!lease_->is_quiet()) // What it said was no answer.
                co_return lease_->spoke_unasked();
        }
        co_return begin_exchange();
    }

    /// Requires a connection.
    result<void> begin_exchange()
    {
        auto& memory = lease_->for_request();
        if (auto written = sign_and_write_head(plan_, memory); !written)
            return written;
        memory_ = &memory;
        const auto length = plan_.request.content_length;
        driver_.emplace(std::move(lease_), plan_.request.head.method, length);
        outgoing_.emplace(body_, length);
        sending_ = !driver_->send_at_once(plan_.control, memory.head, *outgoing_);
        if (!sending_)
            sending_is_over();
        return {};
    }

    void sending_is_over() noexcept
    {
        sending_ = false;
        memory_->clear(); // Keys may be among what was sent.
    }

    attempt_plan plan_;
    body_view body_;
    lease<connection> lease_{}; // Until the driver has it.
    connection::request_memory* memory_ = nullptr; // Of the driver's connection.
    std::optional<outgoing_body> outgoing_{};
    std::optional<exchange_driver> driver_{};
    bool is_admitted_ = false;
    bool on_used_connection_ = false;
    bool sending_ = false; // What has begun is not sent yet.
};

} // namespace cosio::inline v0::net

#endif
