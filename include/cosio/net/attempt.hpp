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

#include <asio/awaitable.hpp>

#include <chrono>
#include <memory>
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
    /// Where the exchange is kept, so that it tells how far it came even if an exception ends it.
    std::unique_ptr<exchange_driver>& driver;
};

/// The body that is sent: a document of ours, or the caller's.
[[nodiscard]] inline body_view body_of(const operation::prepared_request& request)
{
    return request.document.empty() ? request.body : body_view(request.document);
}

/// Errors: `errc::missing_credentials`, `errc::invalid_credentials`, `errc::token_requires_tls`.
[[nodiscard]] inline result<void> check_identity(const client_core& core, const credentials& who)
{
    if (auto usable = who.check(); !usable)
        return usable;
    if (!who.session_token().empty() && !core.endpoint.protects_tokens)
        return error(errc::token_requires_tls, "a session token is sent over https only",
            "session_token");
    return {};
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

/// Runs the exchange up to the head of the reply. The driver's state says how that went; an error
/// means that it could not be begun.
[[nodiscard]] inline asio::awaitable<result<void>> attempt(const attempt_plan& plan)
{
    if (auto stop = plan.control.stopped())
        co_return std::move(*stop);
    auto where = plan.core.origin_of(plan.host);
    auto leased = plan.core.connections->try_acquire(where);
    if (!leased) {
        auto waited = co_await plan.core.connections->acquire(plan.control, std::move(where));
        if (!waited)
            co_return std::move(waited).error();
        leased = std::move(*waited);
    }
    const bool was_used = leased->get() != nullptr;
    if (was_used)
        plan.report.reused();
    const auto body = body_of(plan.request);
    for (bool fresh = !was_used;; fresh = true) {
        if (fresh)
            if (auto opened = co_await open_connection(plan, *leased); !opened)
                co_return std::move(opened).error();
        auto& memory = (*leased)->for_request();
        if (auto written = sign_and_write_head(plan, memory); !written)
            co_return std::move(written).error();
        plan.driver = std::make_unique<exchange_driver>(
            std::move(*leased), plan.request.head.method, plan.request.content_length);
        outgoing_body outgoing(body, plan.request.content_length);
        co_await plan.driver->run_to_head(plan.control, memory.head, outgoing);
        memory.clear(); // Keys may be among what was sent.
        if (!met_stale_connection(plan.driver->progress(), !fresh, plan.idempotent) ||
            plan.control.interrupted() || !body.rewind())
            co_return result<void>();
        plan.core.connections->count_stale();
        plan.may_have_executed = true; // Closed before it was read, or just before its reply.
        *leased = plan.driver->take_lease();
        plan.driver.reset();
    }
}

} // namespace cosio::inline v0::net

#endif
