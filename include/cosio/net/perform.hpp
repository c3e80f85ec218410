// SPDX-License-Identifier: MIT
//
// A request from start to end: its attempts, and what becomes of the reply's body.

#ifndef COSIO_NET_PERFORM_HPP
#define COSIO_NET_PERFORM_HPP

#include <cosio/net/attempt.hpp>
#include <cosio/operation/shared/service_error.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// Documents and error replies are held in memory; longer ones are refused.
inline constexpr std::uint64_t longest_document = 64 * 1024 * 1024;

/// Where the body of a successful reply goes: into a string, or into the caller's buffer.
struct destination
{
    /// Used when `into_buffer` is false.
    std::uint64_t limit = longest_document;
    std::span<std::byte> buffer{};
    bool into_buffer = false;

    [[nodiscard]] std::uint64_t capacity() const noexcept
    {
        return into_buffer ? buffer.size() : limit;
    }
};

[[nodiscard]] inline error too_long_for_destination(std::uint64_t capacity)
{
    return error(errc::destination_too_small,
        "the object is longer than the " + std::to_string(capacity) + " bytes there is room for");
}

/// Receives the rest of the body behind what `out` holds, at most `limit` bytes in all.
[[nodiscard]] inline asio::awaitable<result<void>> read_into_string(exchange_driver& driver,
    operation_control& control, std::string& out, std::uint64_t limit)
{
    constexpr std::size_t first_step = 16 * 1024;
    constexpr std::size_t longest_step = 8 * 1024 * 1024;
    const auto length = driver.progress().head().content_length;
    for (std::size_t filled = 0;;) {
        // Grows with what arrives, not with what the peer announces.
        const std::size_t step = std::clamp(filled, first_step, longest_step);
        const auto still = driver.progress().body().known_left();
        out.resize(filled + (length ? std::max<std::size_t>(1, std::min<std::uint64_t>(step, still))
                                    : step));
        const auto room = std::as_writable_bytes(std::span(out)).subspan(filled);
        auto got = co_await driver.read_body(control, room);
        filled += got ? *got : 0;
        if (!got || *got == 0 || filled > limit) {
            out.resize(filled);
            if (!got)
                co_return std::move(got).error();
            if (filled > limit)
                co_return too_long_for_destination(limit);
            co_return result<void>();
        }
    }
}

[[nodiscard]] inline asio::awaitable<result<void>> read_into_buffer(
    exchange_driver& driver, operation_control& control, std::span<std::byte> buffer)
{
    const auto capacity = buffer.size();
    while (!buffer.empty()) {
        auto got = co_await driver.read_body(control, buffer);
        if (!got)
            co_return std::move(got).error();
        if (*got == 0)
            co_return result<void>();
        buffer = buffer.subspan(*got);
    }
    std::byte one_more{};
    auto got = co_await driver.read_body(control, std::span(&one_more, 1));
    if (!got)
        co_return std::move(got).error();
    if (*got != 0)
        co_return too_long_for_destination(capacity);
    co_return result<void>();
}

/// Receives the body of a reply whose head is there, and gives the connection back if it may serve
/// again. Bodies of refusals are documents whatever the destination is.
[[nodiscard]] inline asio::awaitable<result<operation::reply>> receive_reply(client_core& core,
    exchange_driver& driver, operation_control& control, const destination& to)
{
    operation::reply out;
    auto& progress = driver.progress();
    const bool success = operation::is_success(progress.head().status);
    const bool has_body = progress.body().kind() != http::framing::none;
    const auto capacity = success ? to.capacity() : longest_document;
    if (has_body && progress.head().content_length.value_or(0) > capacity)
        co_return too_long_for_destination(capacity);
    result<void> received;
    if (success && to.into_buffer)
        received = co_await read_into_buffer(driver, control, to.buffer);
    else
        received = co_await read_into_string(driver, control, out.body, capacity);
    if (!received)
        co_return std::move(received).error();
    if (auto connection = driver.release(control); connection != nullptr)
        core.connections.put(std::move(connection));
    out.body_size = driver.body_size();
    out.body_crc64 = driver.body_crc64();
    out.sent_crc64 = driver.sent_crc64();
    out.body_end_is_framed = progress.body().kind() != http::framing::until_close;
    out.head = std::move(progress.head());
    co_return out;
}

/// Tells the log about an operation when it is over, however it ends.
class operation_log
{
public:
    operation_log(const client_core& core, const operation::prepared_request& request)
        : log_(core.log), request_(request), began_(std::chrono::steady_clock::now())
    {}

    void succeeded(unsigned status, const exchange_driver& driver,
        std::string_view request_id) const
    {
        attempt_summary summary;
        summary.status = status;
        summary.bytes_sent = driver.sent_size();
        summary.bytes_received = driver.body_size();
        summary.request_id = request_id;
        summary.took = std::chrono::steady_clock::now() - began_;
        log_attempt(log_, request_, summary);
    }

    /// `driver` is null when no exchange was begun.
    void failed(const error& why, const exchange_driver* driver) const
    {
        const auto problem = why.describe();
        attempt_summary summary;
        summary.status = why.http_status;
        summary.bytes_sent = driver != nullptr ? driver->sent_size() : 0;
        summary.bytes_received = driver != nullptr ? driver->body_size() : 0;
        summary.request_id = why.request_id;
        summary.problem = problem;
        summary.took = std::chrono::steady_clock::now() - began_;
        log_attempt(log_, request_, summary);
    }

private:
    const log_settings& log_;
    const operation::prepared_request& request_;
    std::chrono::steady_clock::time_point began_;
};

/// Completes an error with what is known of the attempt that met it.
[[nodiscard]] inline error with_attempt(error why, const exchange_driver& driver)
{
    why.attempts = 1;
    why.request_was_sent = driver.progress().request_was_sent();
    if (why.http_status == 0)
        why.http_status = driver.progress().head().status;
    return why;
}

/// What is refused before anything is sent, whatever the operation: `errc::missing_credentials`,
/// `errc::invalid_credentials`, `errc::token_requires_tls`.
[[nodiscard]] inline result<void> check_identity(const client_core& core)
{
    if (auto usable = core.who.check(); !usable)
        return usable;
    if (!core.who.session_token().empty() && !core.endpoint.protects_tokens)
        return error(errc::token_requires_tls, "a session token is sent over https only",
            "session_token");
    return {};
}

/// The part of an operation that the network does.
struct call
{
    client_core& core;
    operation_control& control;
    const operation::prepared_request& request;
    const operation::facts& what;
    /// What is wrong with a reply before its operation looks at it.
    std::optional<error> (*refusal_of)(const operation::reply&, const operation::facts&);
};

/// Sends the request and receives the head of the reply.
[[nodiscard]] inline asio::awaitable<result<std::unique_ptr<exchange_driver>>> begin(
    const call& what)
{
    if (auto allowed = check_identity(what.core); !allowed)
        co_return std::move(allowed).error();
    auto driver = co_await attempt(what.core, what.control, what.request, what.what.idempotent);
    if (!driver) {
        driver.error().attempts = 1;
        co_return driver;
    }
    auto& progress = (*driver)->progress();
    if (progress.state() == exchange::phase::failed)
        co_return with_attempt(progress.failure(), **driver);
    log_reply_head(what.core.log, progress.head());
    co_return driver;
}

/// Receives the rest of the reply; an error when it is a refusal.
[[nodiscard]] inline asio::awaitable<result<operation::reply>> finish(
    const call& what, exchange_driver& driver, const destination& to)
{
    auto got = co_await receive_reply(what.core, driver, what.control, to);
    if (!got)
        co_return with_attempt(std::move(got).error(), driver);
    if (auto refusal = what.refusal_of(*got, what.what)) {
        refusal->attempts = 1;
        refusal->request_was_sent = true;
        co_return std::move(*refusal);
    }
    co_return got;
}

/// An exception that reached the end of an operation, as an error.
[[nodiscard]] inline error error_of_exception()
{
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return error(errc::out_of_memory);
    } catch (const std::system_error& thrown) {
        return connection_error(thrown.code());
    } catch (const std::exception& thrown) {
        return error(errc::body_source_failed, thrown.what());
    } catch (...) {
        return error(errc::body_source_failed, "an exception of unknown type");
    }
}

} // namespace cosio::inline v0::net

#endif
