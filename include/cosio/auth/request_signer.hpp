// SPDX-License-Identifier: MIT
//
// What the network asks of a signature, whatever the algorithm.

#ifndef COSIO_AUTH_REQUEST_SIGNER_HPP
#define COSIO_AUTH_REQUEST_SIGNER_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/http/method.hpp>
#include <cosio/http/target.hpp>
#include <cosio/result.hpp>

#include <chrono>

namespace cosio::inline v0::auth {

/// Signs the requests of one client. Thread safe.
class request_signer
{
public:
    request_signer() = default;
    request_signer(const request_signer&) = delete;
    request_signer& operator=(const request_signer&) = delete;
    virtual ~request_signer() = default;

    /// Adds what the signature consists of to `attempt_fields`, which hold Host already.
    [[nodiscard]] virtual result<void> sign(http::method method, const http::target& target,
        const http::field_list& request_fields, http::field_list& attempt_fields,
        const credentials& who, std::chrono::sys_seconds now) = 0;
};

} // namespace cosio::inline v0::auth

#endif
