// SPDX-License-Identifier: MIT
//
// What HEAD Bucket is asked for, and what comes of it.

#ifndef COSIO_REQUEST_HEAD_BUCKET_HPP
#define COSIO_REQUEST_HEAD_BUCKET_HPP

#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Success: it exists and may be used. `condition::not_found`, `condition::access_denied` else.
struct head_bucket_request
{
    std::string_view bucket{};
};

static_assert(std::is_trivially_destructible_v<head_bucket_request>);

struct head_bucket_result
{
    /// Such as `ap-beijing`.
    std::string region{};
    /// Whether the bucket spans availability zones.
    bool multiple_zones = false;
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
