// SPDX-License-Identifier: MIT
//
// HEAD Bucket: whether a bucket exists and may be used.

#ifndef COSIO_OPERATION_HEAD_BUCKET_HPP
#define COSIO_OPERATION_HEAD_BUCKET_HPP

#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/shared/bucket_region.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/request/head_bucket.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `HEAD /`. Source: COS documentation, "HEAD Bucket".
template <class Dialect>
struct head_bucket
{
    using request_type = head_bucket_request;
    using result_type = head_bucket_result;
    static constexpr facts what{.name = "HeadBucket", .proof = proofs::head_bucket};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::head, endpoint);
        build.bucket(request.bucket);
        return std::move(build).finish();
    }

    /// Makes the request into one whose refusal has a document: a listing of one object.
    static void ask_why(prepared_request& request)
    {
        request.head.method = http::method::get;
        request.head.target.add_parameter("max-keys", "1");
    }
    static constexpr const facts& asking_why = list_objects<Dialect>::what;

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.region = region_in<Dialect>(got.head);
        out.multiple_zones = got.head.get(Dialect::header::bucket_az_type) == "MAZ";
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
