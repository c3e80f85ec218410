// SPDX-License-Identifier: MIT
//
// Upload Part: one part of a multipart upload.

#ifndef COSIO_OPERATION_UPLOAD_PART_HPP
#define COSIO_OPERATION_UPLOAD_PART_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/part_addressing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/request/upload_part.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `PUT /<key>?partNumber&uploadId`. Source: COS documentation, "Upload Part".
template <class Dialect>
struct upload_part
{
    using request_type = upload_part_request;
    using result_type = upload_part_result;
    static constexpr facts what{.name = "UploadPart", .proof = proofs::upload_part};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        encode_part(build, request.part_number, request.upload_id);
        encode_encryption(build, request.sse);
        encode_traffic_limit(build, request.traffic_limit);
        if (!request.body.size())
            build.refuse(errc::invalid_argument, "must know its size", "body");
        build.body(request.body, request.content_md5, request.content_sha256);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        if (auto equal = compare_crc64(got.sent_crc64, *crc64); !equal)
            return std::move(equal).error();
        out.crc64 = *crc64;
        out.crc64_verified = crc64->has_value();
        out.sent_crc64 = got.sent_crc64;
        out.md5_verified = proves_md5(got.head, expected);
        out.etag = got.head.get("ETag");
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
