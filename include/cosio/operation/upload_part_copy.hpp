// SPDX-License-Identifier: MIT
//
// Upload Part - Copy: a part of a multipart upload that is copied from an object.

#ifndef COSIO_OPERATION_UPLOAD_PART_COPY_HPP
#define COSIO_OPERATION_UPLOAD_PART_COPY_HPP

#include <cosio/operation/shared/copy_source.hpp>
#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/part_addressing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/upload_part_copy.hpp>
#include <cosio/xml/reader.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `PUT /<key>?partNumber&uploadId` with `x-cos-copy-source`. Source: COS documentation, "Upload
/// Part - Copy".
template <class Dialect>
struct upload_part_copy
{
    using request_type = upload_part_copy_request;
    using result_type = upload_part_copy_result;
    static constexpr facts what{
        .name = "UploadPartCopy", .error_inside_200 = true,
        .proof = proofs::upload_part_copy};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        encode_part(build, request.part_number, request.upload_id);
        encode_copy_source(build, request.copy_source);
        encode_source_range(build, request.source_range);
        encode_encryption(build, request.sse);
        if constexpr (!Dialect::part_copy_reply_confirms_encryption)
            build.expected().encryption.allow_silence();
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        std::string crc64_text;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "ETag")
                text_into(out.etag, document);
            else if (name == "LastModified")
                out.last_modified = http::parse_iso_date(document.text());
            else if (name == "CRC64")
                text_into(crc64_text, document);
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole || !is_etag(out.etag))
            return unexpected_document(std::move(whole), what.proof.root);
        const auto crc64 = parse_crc64(crc64_text);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        out.source_version_id = got.head.get(Dialect::header::copy_source_version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    static void encode_source_range(request_builder<Dialect>& build, const byte_range& range)
    {
        if (range.is_whole())
            return;
        if (range.kind() != byte_range::form::between)
            return build.refuse(errc::invalid_range,
                "must be whole or have a first and a last byte", "source_range");
        if (const auto problem = range.problem(); !problem.empty())
            return build.refuse(errc::invalid_range, problem, "source_range");
        build.header(Dialect::header::copy_source_range, range.header_value());
    }
};

} // namespace cosio::inline v0::operation

#endif
