// SPDX-License-Identifier: MIT
//
// PUT Object: stores an object from one body.

#ifndef COSIO_OPERATION_PUT_OBJECT_HPP
#define COSIO_OPERATION_PUT_OBJECT_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/request/put_object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `PUT /<key>`. Source: COS documentation, "PUT Object".
template <class Dialect>
struct put_object
{
    using request_type = put_object_request;
    using result_type = put_object_result;
    static constexpr facts what{.name = "PutObject", .proof = proofs::put_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::creating);
        encode_encryption(build, request.sse);
        encode_object_headers(build, request.headers);
        encode_traffic_limit(build, request.traffic_limit);
        build.body(request.body, request.content_md5, request.content_sha256);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return proved;
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        if (auto equal = compare_crc64(got.sent_crc64, *crc64); !equal)
            return equal;
        out.crc64 = *crc64;
        out.crc64_verified = crc64->has_value();
        out.sent_crc64 = got.sent_crc64;
        out.md5_verified = proves_md5(got.head, expected);
        out.etag = got.head.get("ETag");
        out.version_id = got.head.get(Dialect::header::version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
