// SPDX-License-Identifier: MIT
//
// Asks the metadata service of a virtual machine for the credentials of its role.

#ifndef COSIO_NET_CVM_ROLE_PROVIDER_HPP
#define COSIO_NET_CVM_ROLE_PROVIDER_HPP

#include <cosio/auth/credentials_provider.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/cvm_role_credentials.hpp>
#include <cosio/detail/json_object.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/net/connector.hpp>
#include <cosio/net/receive_reply.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/this_coro.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

namespace net {

/// Errors: `errc::malformed_response`, whatever the document is.
[[nodiscard]] inline result<expiring_credentials> parse_role_credentials(std::string_view document)
{
    const detail::json_object members(document);
    const auto code = members.find("Code");
    const auto id = members.find("TmpSecretId");
    const auto key = members.find("TmpSecretKey");
    const auto token = members.find("Token");
    const auto expires = members.find("ExpiredTime");
    if (!code || code->view() != "Success" || !id || !key || !token || !expires)
        return error(errc::malformed_response,
            "the metadata service did not answer with credentials");
    const auto seconds = detail::parse_number<std::uint32_t>(expires->view());
    if (!seconds)
        return error(errc::malformed_response, "ExpiredTime is not a time in seconds");
    return expiring_credentials(credentials(id->view(), key->view(), token->view()),
        std::chrono::sys_seconds(std::chrono::seconds(*seconds)));
}

class cvm_role_provider final : public credentials_provider
{
public:
    explicit cvm_role_provider(cvm_role_settings settings) : settings_(std::move(settings)) {}

    [[nodiscard]] asio::awaitable<result<expiring_credentials>> fetch() override
    {
        auto role = settings_.role;
        if (role.empty()) {
            auto names = co_await get({});
            if (!names)
                co_return std::move(names).error();
            role = names->substr(0, names->find_first_of("\r\n"));
            if (role.empty())
                co_return error(errc::missing_credentials, "the machine has no role");
        }
        auto document = co_await get(role);
        if (!document)
            co_return std::move(document).error();
        auto parsed = parse_role_credentials(*document);
        crypto::wipe(document->data(), document->size());
        co_return parsed;
    }

private:
    /// Source: Tencent Cloud CVM documentation, "Querying instance metadata".
    static constexpr std::string_view path = "/latest/meta-data/cam/security-credentials/";
    static constexpr std::uint64_t longest_reply = 64 * 1024;

    [[nodiscard]] asio::awaitable<result<std::string>> get(std::string_view name) const
    {
        const auto to = detail::parse_host_and_port(settings_.endpoint);
        if (!to)
            co_return error(errc::invalid_configuration, "must be host or host:port", "endpoint");
        origin where;
        where.tls = false;
        where.host = to->host;
        where.port = to->port == 0 ? default_port(scheme::http) : to->port;

        const auto executor = co_await asio::this_coro::executor;
        const auto control = std::make_shared<operation_control>(executor, settings_.timeouts);
        connector connects(executor, std::nullopt);
        auto opened = co_await connects.open(*control, where);
        if (!opened)
            co_return std::move(opened).error();
        lease<connection> on;
        on.set(std::make_unique<connection>(std::move(opened->bytes)));
        exchange_driver driver(std::move(on), http::method::get, 0);

        crypto::secret_buffer head;
        head.append("GET ");
        head.append(path);
        head.append(http::percent_encoded(name));
        head.append(" HTTP/1.1\r\nHost: ");
        head.append(detail::host_header(where.host, where.port, scheme::http));
        head.append("\r\nConnection: close\r\n\r\n");
        outgoing_body nothing(body_view(), 0);
        co_await driver.run_to_head(*control, head, nothing);
        if (driver.progress().state() == exchange::phase::failed)
            co_return driver.progress().failure();
        destination into;
        into.limit = longest_reply;
        operation::reply reply;
        auto got = co_await receive_reply(driver, *control, into, reply);
        if (!got)
            co_return std::move(got).error();
        if (!operation::is_success(reply.head.status)) {
            error refused(make_error_code(service_errc_from_status(reply.head.status)),
                "the metadata service refused");
            refused.http_status = reply.head.status;
            co_return refused;
        }
        co_return std::move(reply.body);
    }

    cvm_role_settings settings_;
};

} // namespace net

// What cvm_role_credentials.hpp declares.

COSIO_DECLARED std::shared_ptr<credentials_provider> cvm_role_credentials(
    cvm_role_settings settings)
{
    return std::make_shared<net::cvm_role_provider>(std::move(settings));
}

} // namespace cosio::inline v0

#endif
