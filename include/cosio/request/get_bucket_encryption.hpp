// SPDX-License-Identifier: MIT
//
// What GET Bucket encryption is asked for, and what comes of it.

#ifndef COSIO_REQUEST_GET_BUCKET_ENCRYPTION_HPP
#define COSIO_REQUEST_GET_BUCKET_ENCRYPTION_HPP

#include <cosio/encryption.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Asks for a bucket's default encryption. When there is none:
/// `service_errc::no_such_encryption_configuration`, which is `condition::not_found`.
struct get_bucket_encryption_request
{
    std::string_view bucket{};
};

static_assert(std::is_trivially_destructible_v<get_bucket_encryption_request>);

struct get_bucket_encryption_result
{
    cosio::encryption encryption{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
