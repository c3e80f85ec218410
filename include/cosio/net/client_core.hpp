// SPDX-License-Identifier: MIT
//
// What all copies of a client share.

#ifndef COSIO_NET_CLIENT_CORE_HPP
#define COSIO_NET_CLIENT_CORE_HPP

#include <cosio/auth/request_signer.hpp>
#include <cosio/config.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/net/connection.hpp>
#include <cosio/net/pool.hpp>
#include <cosio/net/tls_context.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

/// Constant after it was made, but for the pool and the signer, which guard themselves.
class client_core
{
public:
    client_core(asio::any_io_executor where, const config& settings, service_endpoint to,
        std::optional<host_and_port> connect_to, std::optional<tls_context> context,
        std::unique_ptr<auth::request_signer> signer)
        : executor(std::move(where)), who(settings.credentials), endpoint(std::move(to)),
          tls(std::move(context)), log(settings.log),
          executor_is_serial(settings.executor_is_serial), signs(std::move(signer)),
          connections(settings.pool.idle_timeout, settings.pool.maximum_idle),
          connect_to_(std::move(connect_to))
    {}

    /// Where a request for `host` is sent.
    [[nodiscard]] origin origin_of(std::string_view host) const
    {
        origin out;
        out.tls = endpoint.scheme == scheme::https;
        out.tls_name = host;
        out.host = connect_to_ ? connect_to_->host : std::string(host);
        out.port = connect_to_ && connect_to_->port != 0 ? connect_to_->port : endpoint.port;
        return out;
    }

    const asio::any_io_executor executor;
    const credentials who;
    const service_endpoint endpoint;
    const std::optional<tls_context> tls;
    const log_settings log;
    const bool executor_is_serial;
    const std::unique_ptr<auth::request_signer> signs;
    pool<connection> connections;

private:
    std::optional<host_and_port> connect_to_;
};

/// The endpoint a configuration describes. `service_host` is the dialect's host of the region.
/// Errors: `errc::invalid_configuration`, which names the member.
[[nodiscard]] inline result<service_endpoint> make_endpoint(
    const config& settings, const std::string& service_host)
{
    const auto region_problem = [&]() -> std::string_view {
        if (settings.region.empty())
            return "must not be empty";
        const auto allowed = [](char c) {
            return detail::is_alphanumeric(c) || c == '-' || c == '.';
        };
        return detail::is_host_name(settings.region) &&
                std::ranges::all_of(settings.region, allowed) &&
                detail::is_alphanumeric(settings.region.back())
            ? std::string_view{}
            : "must be letters, digits, hyphens and dots, such as ap-guangzhou";
    }();
    if (!region_problem.empty())
        return error(errc::invalid_configuration, std::string(region_problem), "region");

    host_and_port to;
    to.host = service_host;
    if (!settings.endpoint.empty()) {
        auto parsed = detail::parse_host_and_port(settings.endpoint);
        if (!parsed)
            return error(errc::invalid_configuration, "must be host or host:port", "endpoint");
        to = std::move(*parsed);
    }
    service_endpoint out;
    out.scheme = settings.scheme;
    out.region = settings.region;
    out.path_style = settings.path_style || detail::is_address(to.host);
    out.port = to.port == 0 ? default_port(settings.scheme) : to.port;
    out.host = std::move(to.host);
    out.protects_tokens = settings.scheme == scheme::https;
    out.protects_customer_keys =
        out.protects_tokens && !settings.tls.dangerously_accept_any_certificate;
    return out;
}

/// Checks a configuration and makes what its client needs: no network, but files of certificates
/// are read. Errors: `errc::invalid_configuration`, `errc::tls_failed`.
template <class Dialect>
[[nodiscard]] result<std::shared_ptr<client_core>> make_client_core(
    asio::any_io_executor executor, const config& settings)
{
    auto endpoint = make_endpoint(settings, Dialect::service_host(settings.region));
    if (!endpoint)
        return std::move(endpoint).error();
    std::optional<host_and_port> connect_to;
    if (!settings.connect_to.empty()) {
        connect_to = detail::parse_host_and_port(settings.connect_to);
        if (!connect_to)
            return error(errc::invalid_configuration, "must be host or host:port", "connect_to");
    }
    std::optional<tls_context> tls;
    if (settings.scheme == scheme::https) {
        auto made = tls_context::make(settings.tls);
        if (!made)
            return std::move(made).error();
        tls = std::move(*made);
    }
    return std::make_shared<client_core>(std::move(executor), settings, std::move(*endpoint),
        std::move(connect_to), std::move(tls), std::make_unique<typename Dialect::signer>());
}

} // namespace cosio::inline v0::net

#endif
