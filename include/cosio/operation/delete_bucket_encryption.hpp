// SPDX-License-Identifier: MIT
//
// DELETE Bucket encryption.

#ifndef COSIO_OPERATION_DELETE_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_DELETE_BUCKET_ENCRYPTION_HPP

#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/request/delete_bucket_encryption.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `DELETE /?encryption`. Source: COS documentation, "DELETE Bucket encryption".
template <class Dialect>
struct delete_bucket_encryption
{
    using request_type = delete_bucket_encryption_request;
    using result_type = delete_bucket_encryption_result;
    static constexpr facts what{
        .name = "DeleteBucketEncryption",
        .proof = proofs::delete_bucket_encryption};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
