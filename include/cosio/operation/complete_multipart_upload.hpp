// SPDX-License-Identifier: MIT
//
// Complete Multipart Upload: makes an object of the parts.

#ifndef COSIO_OPERATION_COMPLETE_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_COMPLETE_MULTIPART_UPLOAD_HPP

#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/part_addressing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/complete_multipart_upload.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `POST /<key>?uploadId`. Source: COS documentation, "Complete Multipart Upload".
template <class Dialect>
struct complete_multipart_upload
{
    using request_type = complete_multipart_upload_request;
    using result_type = complete_multipart_upload_result;
    static constexpr facts what{
        .name = "CompleteMultipartUpload", .error_inside_200 = true,
        .proof = proofs::complete_multipart_upload};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        if (request.parts.empty())
            build.refuse(errc::invalid_argument, "must not be empty", "parts");
        xml::writer document;
        document.open("CompleteMultipartUpload");
        std::uint32_t before = 0;
        for (const auto& [number, etag] : request.parts) {
            if (!is_part_number(number) || number <= before)
                build.refuse(
                    errc::invalid_part_number, "must be 1 to 10000, ascending", "parts");
            if (!http::is_sendable_value(etag))
                build.refuse(errc::invalid_argument, "an ETag must be visible ASCII", "parts");
            before = number;
            document.open("Part").element("PartNumber", number).element("ETag", etag).close();
        }
        document.close();
        build.document(std::move(document).document());
        build.expected().encryption = expected_encryption<Dialect>(request.expected_sse);
        if constexpr (!Dialect::completion_confirms_encryption)
            build.expected().encryption.allow_silence();
        build.expected().crc64 = request.expected_crc64;
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        xml::reader document(got.body);
        bool has_etag = false;
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            if (document.name() == "ETag") {
                text_into(out.etag, document);
                has_etag = Dialect::completion_may_lack_etag || is_etag(out.etag);
            } else if (document.name() == "Location") {
                text_into(out.location, document);
            } else {
                document.skip();
            }
        }
        auto whole = document.finish();
        if (!right_root || !whole || !has_etag)
            return unexpected_document(std::move(whole), what.proof.root);
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        if (expected.crc64) {
            if (auto equal = compare_crc64(*expected.crc64, out.crc64); !equal)
                return std::move(equal).error();
            out.crc64_verified = out.crc64.has_value();
        }
        out.version_id = got.head.get(Dialect::header::version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
