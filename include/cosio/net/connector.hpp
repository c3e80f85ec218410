// SPDX-License-Identifier: MIT
//
// From a host name to a stream: resolve, connect, TLS handshake.

#ifndef COSIO_NET_CONNECTOR_HPP
#define COSIO_NET_CONNECTOR_HPP

#include <cosio/net/address_health.hpp>
#include <cosio/net/fork_watch.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/origin.hpp>
#include <cosio/net/resolver.hpp>
#include <cosio/net/tcp_stream.hpp>
#include <cosio/net/tls_session_cache.hpp>
#include <cosio/net/tls_stream.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// A socket that time or a cancellation can reach while it connects.
class interruptible_socket final : public interruptible, private fork_registry::listener
{
public:
    explicit interruptible_socket(const asio::any_io_executor& executor)
        : listener(executor), socket(executor)
    {}
    void interrupt() noexcept override
    {
        std::error_code ignored;
        socket.close(ignored);
    }

    asio::ip::tcp::socket socket;

private:
    void forked() noexcept override { abandon(socket); }
};

/// A stream that is ready for a request.
struct opened_stream
{
    std::unique_ptr<stream> bytes{};
    bool resumed = false; ///< Whether a TLS session was.
};

/// Makes the connections of one client. Thread safe.
class connector
{
public:
    /// Sockets live on `executor`, as they outlive the operations that open them. `tls` is needed
    /// for origins with TLS.
    connector(asio::any_io_executor executor, std::optional<tls_context> tls,
        std::unique_ptr<resolver> asked = std::make_unique<system_resolver>())
        : executor_(std::move(executor)), tls_(std::move(tls)), resolver_(std::move(asked))
    {}

    /// Errors: `errc::resolve_failed`, `errc::tls_certificate_rejected`, `errc::tls_failed`, the
    /// timeouts of these steps, `errc::cancelled`, or the system's code of the last address.
    [[nodiscard]] asio::awaitable<result<opened_stream>> open(
        operation_control& control, const origin& where)
    {
        auto addresses = co_await resolve(control, *resolver_, where);
        if (!addresses)
            co_return std::move(addresses).error();
        error last;
        for (const auto& address :
            health_.in_order(std::move(*addresses), std::chrono::steady_clock::now())) {
            auto opened = co_await open_at(control, where, address);
            if (opened) {
                health_.succeeded(address);
                co_return opened;
            }
            last = std::move(opened).error();
            // Another address of this name would show the same certificate.
            if (last.code == errc::cancelled || last.code == errc::total_timeout ||
                last.code == errc::tls_certificate_rejected)
                break;
            health_.failed(address, std::chrono::steady_clock::now());
        }
        co_return last;
    }

    /// In a child process: sessions are for the parent to resume.
    void forget_sessions() { sessions_ = std::make_shared<tls_session_cache>(); }

private:
    [[nodiscard]] asio::awaitable<result<opened_stream>> open_at(operation_control& control,
        const origin& where, const asio::ip::tcp::endpoint& address)
    {
        auto connected = co_await connect(control, where, address);
        if (!connected)
            co_return std::move(connected).error();
        opened_stream out;
        if (!where.tls) {
            out.bytes = std::move(*connected);
            co_return out;
        }
        auto engine = tls_engine::make(*tls_, where.tls_name);
        if (!engine)
            co_return std::move(engine).error();
        auto secured = std::make_unique<tls_stream>(std::move(*connected), std::move(*engine));
        secured->keep_sessions(sessions_, where);
        const operation_control::waiting waiting(control, *secured, step::tls_handshake);
        auto shaken = co_await secured->handshake();
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        if (!shaken)
            co_return std::move(shaken).error();
        out.resumed = secured->resumed();
        out.bytes = std::move(secured);
        co_return out;
    }

    [[nodiscard]] asio::awaitable<result<std::unique_ptr<stream>>> connect(
        operation_control& control, const origin& where, const asio::ip::tcp::endpoint& address)
    {
        interruptible_socket connecting(executor_);
        const operation_control::waiting waiting(control, connecting, step::connect);
        // Connecting would open again what an interruption has closed.
        if (control.interrupted())
            co_return control.stopped().value_or(error(errc::cancelled));
        std::error_code code;
        connecting.socket.open(address.protocol(), code);
        if (code)
            co_return error(standard_code(code), "could not open a socket: " + code.message());
        keep_from_programs(connecting.socket);
        co_await connecting.socket.async_connect(
            address, asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::operation_aborted)
            control.note_aborted();
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        if (code)
            co_return error(standard_code(code), "could not connect to " + where.host + ":" +
                    std::to_string(where.port) + ": " + code.message());
        co_return std::make_unique<tcp_stream>(std::move(connecting.socket));
    }

    asio::any_io_executor executor_;
    std::optional<tls_context> tls_;
    std::unique_ptr<resolver> resolver_;
    address_health health_{};
    std::shared_ptr<tls_session_cache> sessions_ = std::make_shared<tls_session_cache>();
};

} // namespace cosio::inline v0::net

#endif
