// SPDX-License-Identifier: MIT
//
// What PUT Bucket encryption is asked for, and what comes of it.

#ifndef COSIO_REQUEST_PUT_BUCKET_ENCRYPTION_HPP
#define COSIO_REQUEST_PUT_BUCKET_ENCRYPTION_HPP

#include <cosio/sse.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace cosio::inline v0 {

/// SSE-KMS as a bucket's default: a key, but no context.
struct bucket_kms
{
    /// Empty: the account's default master key.
    std::string_view key_id{};
};

/// Sets a bucket's default encryption. Objects that are there already stay as they are.
struct put_bucket_encryption_request
{
    std::string_view bucket{};
    std::variant<cosio::sse::cos_managed, bucket_kms> encryption{};
};

static_assert(std::is_trivially_destructible_v<put_bucket_encryption_request>);

struct put_bucket_encryption_result
{
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
