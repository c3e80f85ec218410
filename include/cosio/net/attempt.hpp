// SPDX-License-Identifier: MIT
//
// One attempt of a request: sign, take a connection, run the exchange up to the reply's head.

#ifndef COSIO_NET_ATTEMPT_HPP
#define COSIO_NET_ATTEMPT_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/net/client_core.hpp>
#include <cosio/net/exchange_driver.hpp>
#include <cosio/net/request_log.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace cosio::inline v0::net {

/// Writes the head of an attempt. Errors: `errc::crypto_unavailable`.
[[nodiscard]] inline result<crypto::secret_buffer> sign_and_write_head(
    client_core& core, const operation::prepared_request& request)
{
    http::field_list attempt_fields;
    attempt_fields.add("Host",
        detail::host_header(request.host, core.endpoint.port, core.endpoint.scheme));
    const auto now =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (auto done = core.signs->sign(request.head.method, request.head.target,
            request.head.fields, attempt_fields, core.who, now);
        !done)
        return std::move(done).error();
    log_request_head(core.log, request.head, attempt_fields);
    crypto::secret_buffer head;
    http::append_request_head(head, request.head, attempt_fields);
    return head;
}

/// A connection to where the request goes: an idle one unless `fresh`, else a new one.
[[nodiscard]] inline asio::awaitable<result<std::unique_ptr<connection>>> take_connection(
    client_core& core, operation_control& control, const operation::prepared_request& request,
    bool fresh)
{
    auto where = core.origin_of(request.host);
    while (auto idle = fresh ? nullptr : core.connections.take(where))
        if (idle->is_quiet())
            co_return idle;
    auto connected = co_await connect(
        control, core.executor, where, core.tls ? &*core.tls : nullptr);
    if (!connected)
        co_return std::move(connected).error();
    co_return std::make_unique<connection>(std::move(where), std::move(*connected));
}

/// Whether a failed exchange met a connection that the server had closed while it was idle: then
/// the request was never read, and may be sent once more as if this had not happened.
[[nodiscard]] inline bool met_stale_connection(
    const exchange& progress, bool was_used, bool idempotent) noexcept
{
    return was_used && idempotent && progress.state() == exchange::phase::failed &&
        !progress.reply_has_begun() && progress.failure().code == errc::connection_closed;
}

/// Runs the exchange up to the head of the reply. The driver's state says how that went; an error
/// means that it could not be begun.
[[nodiscard]] inline asio::awaitable<result<std::unique_ptr<exchange_driver>>> attempt(
    client_core& core, operation_control& control, const operation::prepared_request& request,
    bool idempotent)
{
    const body_view body =
        request.document.empty() ? request.body : body_view(request.document);
    for (bool fresh = false;; fresh = true) {
        if (control.cancelled())
            co_return error(errc::cancelled);
        auto head = sign_and_write_head(core, request);
        if (!head)
            co_return std::move(head).error();
        auto on = co_await take_connection(core, control, request, fresh);
        if (!on)
            co_return std::move(on).error();
        const bool was_used = (*on)->was_used();
        auto driver = std::make_unique<exchange_driver>(
            std::move(*on), request.head.method, request.content_length);
        outgoing_body outgoing(body, request.content_length);
        co_await driver->run_to_head(control, *head, outgoing);
        if (!met_stale_connection(driver->progress(), was_used, idempotent) ||
            control.cancelled() || !body.rewind())
            co_return driver;
    }
}

} // namespace cosio::inline v0::net

#endif
