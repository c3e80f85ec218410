// SPDX-License-Identifier: MIT
//
// GET Bucket encryption.

#ifndef COSIO_OPERATION_GET_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_GET_BUCKET_ENCRYPTION_HPP

#include <cosio/operation/shared/bucket_encryption_document.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/request/get_bucket_encryption.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `GET /?encryption`. Source: COS documentation, "GET Bucket encryption".
template <class Dialect>
struct get_bucket_encryption
{
    using request_type = get_bucket_encryption_request;
    using result_type = get_bucket_encryption_result;
    static constexpr facts what{
        .name = "GetBucketEncryption",
        .proof = proofs::get_bucket_encryption};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        auto read = read_bucket_encryption<Dialect>(got.body);
        if (!read)
            return std::move(read).error();
        out.encryption = std::move(*read);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
