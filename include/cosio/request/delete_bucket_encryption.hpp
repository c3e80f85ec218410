// SPDX-License-Identifier: MIT
//
// What DELETE Bucket encryption is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DELETE_BUCKET_ENCRYPTION_HPP
#define COSIO_REQUEST_DELETE_BUCKET_ENCRYPTION_HPP

#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Removes a bucket's default encryption. Objects stay as they are.
struct delete_bucket_encryption_request
{
    std::string_view bucket{};
};

static_assert(std::is_trivially_destructible_v<delete_bucket_encryption_request>);

struct delete_bucket_encryption_result
{
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
