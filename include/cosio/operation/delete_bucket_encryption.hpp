// SPDX-License-Identifier: MIT
//
// DELETE Bucket encryption.

#ifndef COSIO_OPERATION_DELETE_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_DELETE_BUCKET_ENCRYPTION_HPP

#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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

namespace operation {

/// `DELETE /?encryption`. Source: COS documentation, "DELETE Bucket encryption".
template <class Dialect>
struct delete_bucket_encryption
{
    using request_type = delete_bucket_encryption_request;
    using result_type = delete_bucket_encryption_result;
    static constexpr facts what{.name = "DeleteBucketEncryption"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        return std::move(build).finish();
    }

    [[nodiscard]] static result<result_type> decode(const expectation&, reply&& got)
    {
        result_type out;
        out.request_id = request_id_of<Dialect>(got);
        return out;
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
