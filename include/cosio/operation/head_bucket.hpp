// SPDX-License-Identifier: MIT
//
// HEAD Bucket: whether a bucket exists and may be used.

#ifndef COSIO_OPERATION_HEAD_BUCKET_HPP
#define COSIO_OPERATION_HEAD_BUCKET_HPP

#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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

namespace operation {

/// `HEAD /`. Source: COS documentation, "HEAD Bucket".
template <class Dialect>
struct head_bucket
{
    using request_type = head_bucket_request;
    using result_type = head_bucket_result;
    static constexpr facts what{.name = "HeadBucket"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::head, endpoint);
        build.bucket(request.bucket);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<result_type> decode(const expectation&, reply&& got)
    {
        result_type out;
        out.region = got.head.get(Dialect::header::bucket_region);
        out.multiple_zones = got.head.get(Dialect::header::bucket_az_type) == "MAZ";
        out.request_id = request_id_of<Dialect>(got);
        return out;
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
