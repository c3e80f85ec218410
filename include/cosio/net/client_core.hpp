// SPDX-License-Identifier: MIT
//
// What all copies of a client share.

#ifndef COSIO_NET_CLIENT_CORE_HPP
#define COSIO_NET_CLIENT_CORE_HPP

#include <cosio/auth/request_signer.hpp>
#include <cosio/config.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/net/client_functions.hpp>
#include <cosio/net/connection.hpp>
#include <cosio/net/connector.hpp>
#include <cosio/net/credentials_keeper.hpp>
#include <cosio/net/deadline_watch.hpp>
#include <cosio/net/fork_watch.hpp>
#include <cosio/net/jitter.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/pool.hpp>
#include <cosio/net/retry_budget.hpp>
#include <cosio/net/tls_context.hpp>
#include <cosio/observation.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/strand.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

using connection_pool = pool<connection>;

/// What attempts need to know of a service.
struct service_facts
{
    std::string_view request_id_header;
    std::string_view other_request_id_header; ///< Empty when there is none.
    std::string_view retry_marker_header; ///< Empty when there is none.
    /// The other name of a host; empty when there is none.
    std::string (*backup_host)(std::string_view host);
    /// The region that a host of the service is of; empty when its name does not say.
    std::string_view (*region_of_host)(std::string_view host);
};

/// Constant after it was made, but for the members that guard themselves, and those that a child
/// process has anew.
class client_core final : private fork_registry::listener
{
public:
    client_core(asio::any_io_executor where, const config& settings, service_endpoint to,
        std::optional<host_and_port> connect_to, std::optional<tls_context> context,
        std::unique_ptr<auth::request_signer> signer, const service_facts& of_service)
        : listener(where), executor(std::move(where)), endpoint(std::move(to)), service(of_service),
          log(settings.log), observe(settings.observer), timeouts(settings.timeouts),
          retry(settings.retry), file_executor(settings.file_executor),
          executor_is_serial(settings.executor_is_serial),
          signs(std::move(signer)),
          identity(settings.provider != nullptr
                  ? std::make_shared<credentials_keeper>(settings.provider)
                  : std::make_shared<credentials_keeper>(settings.credentials)),
          connects(executor, std::move(context)),
          connections(std::make_shared<connection_pool>(settings.pool)),
          deadlines(std::make_shared<deadline_watch>(executor)),
          budget(settings.retry.budget), connect_to_(std::move(connect_to)),
          fixed_identity_is_sound_(
              identity->fixed() != nullptr && check_identity(*identity->fixed()->who))
    {}

    /// Whether requests can be signed with that. Errors: `errc::missing_credentials`,
    /// `errc::invalid_credentials`, `errc::token_requires_tls`.
    [[nodiscard]] result<void> check_identity(const credentials& who) const
    {
        if (auto usable = who.check(); !usable)
            return usable;
        if (!who.session_token().empty() && !endpoint.protects_tokens)
            return error(errc::token_requires_tls, "a session token is sent over https only",
                "session_token");
        return {};
    }

    /// The credentials that never change, checked already; null when there are none like that.
    [[nodiscard]] const auth::issued_credentials* checked_identity() const noexcept
    {
        return fixed_identity_is_sound_ ? identity->fixed() : nullptr;
    }

    /// Where a request for `host` is sent. The last answer is kept: a client mostly talks to one
    /// bucket.
    [[nodiscard]] std::shared_ptr<const origin> origin_of(std::string_view host) const
    {
        const std::lock_guard lock(origin_mutex_);
        if (last_origin_ != nullptr && last_origin_->tls_name == host)
            return last_origin_;
        auto out = std::make_shared<origin>();
        out->tls = endpoint.scheme == scheme::https;
        out->tls_name = host;
        out->host = connect_to_ ? connect_to_->host : std::string(host);
        if (!connect_to_ && endpoint.fully_qualified)
            out->host.push_back('.');
        out->port = connect_to_ && connect_to_->port != 0 ? connect_to_->port : endpoint.port;
        last_origin_ = std::move(out);
        return last_origin_;
    }

    /// An executor on which one thing runs at a time: the client's, or a new strand of it.
    [[nodiscard]] asio::any_io_executor serial_executor() const
    {
        return executor_is_serial ? executor : asio::make_strand(executor);
    }

    /// The time as the service sees it, as far as it has told.
    [[nodiscard]] std::chrono::sys_seconds now() const
    {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
            std::chrono::seconds(clock_difference.load(std::memory_order_relaxed));
    }

    const asio::any_io_executor executor;
    const service_endpoint endpoint;
    const service_facts service;
    const log_settings log;
    const observer observe;
    const timeout_settings timeouts;
    const retry_settings retry;
    const asio::any_io_executor file_executor;
    const bool executor_is_serial;
    const std::unique_ptr<auth::request_signer> signs;
    const std::shared_ptr<credentials_keeper> identity;
    connector connects;
    std::shared_ptr<connection_pool> connections;
    std::shared_ptr<deadline_watch> deadlines;
    retry_budget budget;
    jitter random{};
    /// The service's clock minus ours in seconds, learnt when it refused a request for its time.
    std::atomic<std::int64_t> clock_difference{0};

private:
    /// What is under way keeps the parent's, and comes to nothing. Where there is no memory for
    /// others, everything fails with `errc::other_process`.
    void forked() noexcept override
    {
        try {
            connects.forget_sessions();
            random.seed_again();
            connections = connections->successor();
            deadlines = std::make_shared<deadline_watch>(executor);
        } catch (...) {
        }
    }

    std::optional<host_and_port> connect_to_;
    bool fixed_identity_is_sound_;
    mutable std::mutex origin_mutex_{};
    mutable std::shared_ptr<const origin> last_origin_{};
};

/// The control of a new operation: on a strand of its own, unless the client's executor is serial.
[[nodiscard]] inline std::shared_ptr<operation_control> make_control(
    const client_core& core, const timeout_settings& limits)
{
    return std::make_shared<operation_control>(core.serial_executor(), limits, core.deadlines);
}

/// The endpoint a configuration describes. `service_host` is the dialect's host of the region.
/// Errors: `errc::invalid_configuration`, which names the member.
[[nodiscard]] inline result<service_endpoint> make_endpoint(
    const config& settings, const std::string& service_host)
{
    if (const auto problem = config::region_problem(settings.region); !problem.empty())
        return error(errc::invalid_configuration, std::string(problem), "region");

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
    out.fully_qualified = to.host.ends_with('.');
    if (out.fully_qualified)
        to.host.pop_back();
    out.host = std::move(to.host);
    out.protects_tokens = settings.scheme == scheme::https;
    out.protects_customer_keys =
        out.protects_tokens && !settings.tls.dangerously_accept_any_certificate;
    return out;
}

// Declared by client_functions.hpp.
template <class Dialect>
result<std::shared_ptr<client_core>> make_client_core(
    asio::any_io_executor executor, const config& settings)
{
    auto endpoint = make_endpoint(settings, Dialect::service_host(settings.region));
    if (!endpoint)
        return std::move(endpoint).error();
    // What is missing may be meant, for a client that only ever says so; what is malformed is not.
    if (auto sound = settings.credentials.check();
        !sound && sound.error().code == errc::invalid_credentials)
        return std::move(sound).error();
    if (auto sound = settings.timeouts.check(); !sound)
        return std::move(sound).error();
    if (auto sound = settings.retry.check(); !sound)
        return std::move(sound).error();
    if (settings.pool.maximum_per_host == 0)
        return error(
            errc::invalid_configuration, "must be at least 1", "pool.maximum_per_host");
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
        std::move(connect_to), std::move(tls), Dialect::make_signer(settings.region),
        service_facts{Dialect::header::request_id, Dialect::header::other_request_id,
            Dialect::header::retry_marker,
            &Dialect::backup_host,
            [](std::string_view host) { return Dialect::region_of_host(host); }});
}

} // namespace cosio::inline v0::net

#endif
