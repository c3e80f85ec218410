// SPDX-License-Identifier: MIT
//
// PUT Bucket encryption: how objects are encrypted when their write does not say.

#ifndef COSIO_OPERATION_PUT_BUCKET_ENCRYPTION_HPP
#define COSIO_OPERATION_PUT_BUCKET_ENCRYPTION_HPP

#include <cosio/operation/shared/bucket_encryption_document.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/request/put_bucket_encryption.hpp>
#include <cosio/sse.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace cosio::inline v0::operation {

/// `PUT /?encryption`. Source: COS documentation, "PUT Bucket encryption".
template <class Dialect>
struct put_bucket_encryption
{
    using request_type = put_bucket_encryption_request;
    using result_type = put_bucket_encryption_result;
    static constexpr facts what{
        .name = "PutBucketEncryption",
        .proof = proofs::put_bucket_encryption};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.bucket(request.bucket);
        build.parameter("encryption", {});
        const auto* const kms = std::get_if<bucket_kms>(&request.encryption);
        const auto key_id = kms == nullptr ? std::string_view{} : kms->key_id;
        if (!http::is_sendable_value(key_id))
            build.refuse(errc::invalid_argument, "must be visible ASCII", "encryption.key_id");
        build.document(write_bucket_encryption(kms == nullptr
                ? Dialect::value::encryption_cos_managed
                : Dialect::value::bucket_encryption_kms,
            key_id));
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
