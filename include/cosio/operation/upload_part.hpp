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

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// Uploads one part of 1 MB to 5 GB (the last one may be smaller). A part of the same number is
/// replaced.
struct upload_part_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// 1 to 10000.
    std::uint32_t part_number = 0;
    /// A source must know its size: parts cannot be sent chunked.
    body_view body{};
    /// MD5 of the body, for the service to compare: `service_errc::bad_digest` when it is another
    /// one. S3 gets that of a body in memory in any case.
    std::optional<crypto::md5_value> content_md5{};
    /// The key of the upload, if and only if it was initiated with SSE-C.
    cosio::sse::on_read sse{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
};

static_assert(std::is_trivially_destructible_v<upload_part_request>);

struct upload_part_result
{
    /// Opaque; completing the upload needs it.
    std::string etag{};
    /// The service's CRC64 of the part, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply stated a CRC64; it then was that of the bytes sent.
    bool crc64_verified = false;
    /// CRC64 of the bytes that were sent, whatever the reply stated.
    std::uint64_t sent_crc64 = 0;
    /// Whether the service has compared the bytes with an MD5 that was sent along: `content_md5` of
    /// the request, or that of a body in memory, to services that state no CRC64.
    bool md5_verified = false;
    /// As the reply states it; that of an SSE-C upload must be confirmed.
    encryption sse{};
    std::string request_id{};
};

namespace operation {

/// `PUT /<key>?partNumber&uploadId`. Source: COS documentation, "Upload Part".
template <class Dialect>
struct upload_part
{
    using request_type = upload_part_request;
    using result_type = upload_part_result;
    static constexpr facts what{.name = "UploadPart"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key);
        encode_part(build, request.part_number, request.upload_id);
        encode_encryption(build, request.sse);
        encode_traffic_limit(build, request.traffic_limit);
        if (!request.body.size())
            build.refuse(errc::invalid_argument, "must know its size", "body");
        build.body(request.body, request.content_md5);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<result_type> decode(const expectation& expected, reply&& got)
    {
        result_type out;
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
        out.md5_verified = expected.content_md5_sent;
        out.etag = got.head.get("ETag");
        out.request_id = request_id_of<Dialect>(got);
        return out;
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
