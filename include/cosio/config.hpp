// SPDX-License-Identifier: MIT
//
// What a client is made of: where, as whom, whom it trusts, what it logs.

#ifndef COSIO_CONFIG_HPP
#define COSIO_CONFIG_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/auth/credentials_provider.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/logging.hpp>
#include <cosio/observation.hpp>
#include <cosio/pool_settings.hpp>
#include <cosio/result.hpp>
#include <cosio/retry.hpp>
#include <cosio/timeouts.hpp>
#include <cosio/tls_settings.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cosio::inline v0 {

/// The configuration of a client. Copied into it: later changes have no effect.
class config
{
public:
    /// Region and credentials have to be set; everything else has a default.
    COSIO_DECLARED config(); // User-declared: not an aggregate, see CONTRIBUTING on GCC 12.
    COSIO_DECLARED config(const config&);
    COSIO_DECLARED config(config&&) noexcept;
    COSIO_DECLARED config& operator=(const config&);
    COSIO_DECLARED config& operator=(config&&) noexcept;
    COSIO_DECLARED ~config();

    /// Region from `COS_REGION`, credentials from `COS_SECRET_ID`, `COS_SECRET_KEY` and, when set,
    /// `COS_SESSION_TOKEN`. Errors, which name the variable: `errc::missing_credentials`,
    /// `errc::invalid_credentials`, `errc::invalid_configuration`.
    [[nodiscard]] COSIO_DECLARED static result<config> from_environment();

    /// Why `region` cannot be one; empty when it can.
    [[nodiscard]] COSIO_DECLARED static std::string_view region_problem(
        std::string_view region) noexcept;

    /// Such as `ap-guangzhou`; of an `s3_client`, the region that is signed for.
    std::string region{};
    cosio::credentials credentials{};
    /// Where credentials come from instead, when they change while the client lives.
    std::shared_ptr<credentials_provider> provider{};
    /// Customer keys and session tokens are refused over `scheme::http`.
    cosio::scheme scheme = cosio::scheme::https;

    /// `host` or `host:port` (an IPv6 address with a port in brackets: `[::1]:9000`) of the service
    /// instead of `cos.<region>.myqcloud.com`, or for an
    /// `s3_client` instead of `s3.<region>.amazonaws.com`; the bucket is prefixed to it. An IP
    /// address implies `path_style`.
    std::string endpoint{};
    /// `host` or `host:port` to connect to, whatever host the requests name: a proxy or a test
    /// server that answers for the service.
    std::string connect_to{};
    /// The bucket goes into the path instead of the host.
    bool path_style = false;

    tls_settings tls{};
    pool_settings pool{};
    timeout_settings timeouts{};
    retry_settings retry{};
    log_settings log{};
    /// Called with each step of each operation; none by default.
    cosio::observer observer{};

    /// Where transfers read and write files; empty: two threads that belong to the execution
    /// context of the client, started by the first such transfer. Its context must outlive that of
    /// the client.
    asio::any_io_executor file_executor{};

    /// The executor of the client runs one thing at a time: a strand, or an `io_context` that one
    /// thread runs. Saves each operation a strand of its own. Setting it wrongly is a data race.
    bool executor_is_serial = false;
};

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/config_definitions.hpp>
#endif

#endif
