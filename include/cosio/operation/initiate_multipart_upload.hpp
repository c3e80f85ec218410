// SPDX-License-Identifier: MIT
//
// Initiate Multipart Upload: begins an object that is uploaded in parts.

#ifndef COSIO_OPERATION_INITIATE_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_INITIATE_MULTIPART_UPLOAD_HPP

#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/initiate_multipart_upload.hpp>
#include <cosio/xml/reader.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `POST /<key>?uploads`. Source: COS documentation, "Initiate Multipart Upload".
template <class Dialect>
struct initiate_multipart_upload
{
    using request_type = initiate_multipart_upload_request;
    using result_type = initiate_multipart_upload_result;
    static constexpr facts what{
        .name = "InitiateMultipartUpload", .idempotent = false,
        .proof = proofs::initiate_multipart_upload};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key, direction::creating);
        build.parameter("uploads", {});
        encode_encryption(build, request.sse);
        encode_object_headers(build, request.headers);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() == "UploadId")
                text_into(out.upload_id, document);
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole || out.upload_id.empty())
            return unexpected_document(std::move(whole), what.proof.root);
        if (auto proved = expected.encryption.check(out.sse); !proved) {
            auto why = std::move(proved).error();
            why.message.append("; upload ").append(out.upload_id).append(" is there all the same");
            return why;
        }
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
