// SPDX-License-Identifier: MIT
//
// The credentials of the role of a Tencent Cloud virtual machine, from its metadata service.

#ifndef COSIO_CVM_ROLE_CREDENTIALS_HPP
#define COSIO_CVM_ROLE_CREDENTIALS_HPP

#include <cosio/auth/credentials_provider.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/timeouts.hpp>

#include <memory>
#include <string>

namespace cosio::inline v0 {

/// Which role, and where it is asked for.
class cvm_role_settings
{
public:
    cvm_role_settings() = default;

    /// Empty: the one role of the machine, whose name is asked for.
    std::string role{};
    /// `host` or `host:port`. The service is link-local (169.254.0.23) and speaks plain HTTP.
    std::string endpoint = "metadata.tencentyun.com";
    /// Of these, the steps of a connection and the total count.
    timeout_settings timeouts{};
};

/// For `config.provider`, on a virtual machine that has a role: never chosen by itself.
///
/// Errors of its questions: `errc::malformed_response`, `errc::missing_credentials` without a role,
/// and those of the connection.
[[nodiscard]] COSIO_DECLARED std::shared_ptr<credentials_provider> cvm_role_credentials(
    cvm_role_settings settings = cvm_role_settings());

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/net/cvm_role_provider.hpp>
#endif

#endif
