// SPDX-License-Identifier: MIT
//
// From a host name to a stream: resolve, connect, TLS handshake.

#ifndef COSIO_NET_CONNECTOR_HPP
#define COSIO_NET_CONNECTOR_HPP

#include <cosio/net/operation_control.hpp>
#include <cosio/net/tcp_stream.hpp>
#include <cosio/net/tls_stream.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Where a connection leads. Connections to equal origins are interchangeable.
struct origin
{
    bool tls = true;
    /// What is resolved and connected to.
    std::string host{};
    std::uint16_t port = 443;
    /// Whom the certificate must name.
    std::string tls_name{};

    friend bool operator==(const origin&, const origin&) = default;
};

/// A resolver that a cancellation can reach.
class interruptible_resolver final : public interruptible
{
public:
    explicit interruptible_resolver(const asio::any_io_executor& executor) : resolver(executor) {}
    void interrupt() noexcept override { resolver.cancel(); }

    asio::ip::tcp::resolver resolver;
};

/// A socket that a cancellation can reach while it connects.
class interruptible_socket final : public interruptible
{
public:
    explicit interruptible_socket(const asio::any_io_executor& executor) : socket(executor) {}
    void interrupt() noexcept override
    {
        std::error_code ignored;
        socket.close(ignored);
    }

    asio::ip::tcp::socket socket;
};

/// All addresses of a host. An address is taken as it stands, without the resolver's thread.
[[nodiscard]] inline asio::awaitable<result<std::vector<asio::ip::tcp::endpoint>>> resolve(
    operation_control& control, const origin& where)
{
    std::vector<asio::ip::tcp::endpoint> endpoints;
    std::error_code code;
    const auto address = asio::ip::make_address(where.host, code);
    if (!code) {
        endpoints.emplace_back(address, where.port);
        co_return endpoints;
    }
    interruptible_resolver resolving(control.executor());
    const operation_control::waiting waiting(control, resolving);
    const auto found = co_await resolving.resolver.async_resolve(where.host,
        std::to_string(where.port), asio::redirect_error(asio::use_awaitable, code));
    if (control.cancelled() || code == asio::error::operation_aborted)
        co_return error(errc::cancelled);
    for (const auto& entry : found)
        endpoints.push_back(entry.endpoint());
    if (code || endpoints.empty())
        co_return error(errc::resolve_failed,
            "'" + where.host + "' has no address: " + code.message());
    co_return endpoints;
}

/// A TCP connection to the first address that takes one.
[[nodiscard]] inline asio::awaitable<result<std::unique_ptr<stream>>> connect_tcp(
    operation_control& control, const asio::any_io_executor& socket_executor, const origin& where)
{
    auto endpoints = co_await resolve(control, where);
    if (!endpoints)
        co_return std::move(endpoints).error();
    std::error_code code;
    for (const auto& endpoint : *endpoints) {
        interruptible_socket connecting(socket_executor);
        const operation_control::waiting waiting(control, connecting);
        co_await connecting.socket.async_connect(
            endpoint, asio::redirect_error(asio::use_awaitable, code));
        if (control.cancelled() || code == asio::error::operation_aborted)
            co_return error(errc::cancelled);
        if (!code)
            co_return std::make_unique<tcp_stream>(std::move(connecting.socket));
    }
    co_return error(standard_code(code), "could not connect to " + where.host + ":" +
            std::to_string(where.port) + ": " + code.message());
}

/// A stream to `where`, ready for a request. `tls` is needed when `where.tls`.
///
/// The socket lives on `socket_executor`, as it outlives the operation that opens it.
/// Errors: `errc::resolve_failed`, `errc::tls_certificate_rejected`, `errc::tls_failed`,
/// `errc::cancelled`, or the system's code for a connection that failed.
[[nodiscard]] inline asio::awaitable<result<std::unique_ptr<stream>>> connect(
    operation_control& control, const asio::any_io_executor& socket_executor, const origin& where,
    const tls_context* tls)
{
    auto connected = co_await connect_tcp(control, socket_executor, where);
    if (!connected || !where.tls)
        co_return connected;
    auto engine = tls_engine::make(*tls, where.tls_name);
    if (!engine)
        co_return std::move(engine).error();
    auto secured = std::make_unique<tls_stream>(std::move(*connected), std::move(*engine));
    const operation_control::waiting waiting(control, *secured);
    auto shaken = co_await secured->handshake();
    if (control.cancelled())
        co_return error(errc::cancelled);
    if (!shaken)
        co_return std::move(shaken).error();
    co_return std::unique_ptr<stream>(std::move(secured));
}

} // namespace cosio::inline v0::net

#endif
