// SPDX-License-Identifier: MIT
//
// PUT Object: stores an object from one body.

#ifndef COSIO_OPERATION_PUT_OBJECT_HPP
#define COSIO_OPERATION_PUT_OBJECT_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// Stores an object of up to 5 GB, whole or not at all; an object of that key is replaced.
///
/// The views are read when the operation is started, the body until it is done.
struct put_object_request
{
    /// `<name>-<appid>`, such as `examplebucket-1250000000`.
    std::string_view bucket{};
    /// 1 to 850 bytes of UTF-8.
    std::string_view key{};
    /// Sent chunked when it is a source that does not know its size.
    body_view body{};
    /// MD5 of the body, for the service to compare: `service_errc::bad_digest` when it is another
    /// one. S3 gets that of a body in memory in any case.
    std::optional<crypto::md5_value> content_md5{};
    /// How the object is encrypted at rest.
    cosio::sse::on_write sse{};
    object_headers headers{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
};

static_assert(std::is_trivially_destructible_v<put_object_request>);

/// What the service stored.
struct put_object_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    /// The service's CRC64 of the object, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply stated a CRC64; it then was that of the bytes sent.
    bool crc64_verified = false;
    /// CRC64 of the bytes that were sent, whatever the reply stated.
    std::uint64_t sent_crc64 = 0;
    /// Whether the service has compared the bytes with an MD5 that was sent along: `content_md5` of
    /// the request, or that of a body in memory, to services that state no CRC64.
    bool md5_verified = false;
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    /// When versioning is enabled.
    std::string version_id{};
    std::string request_id{};
};

namespace operation {

/// `PUT /<key>`. Source: COS documentation, "PUT Object".
template <class Dialect>
struct put_object
{
    using request_type = put_object_request;
    using result_type = put_object_result;
    static constexpr facts what{.name = "PutObject"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key);
        encode_encryption(build, request.sse);
        encode_object_headers(build, request.headers);
        encode_traffic_limit(build, request.traffic_limit);
        build.body(request.body, request.content_md5);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<result_type> decode(const expectation& expected, reply&& got)
    {
        return filled<result_type>([&](result_type& out) {
            return decode_into(out, expected, std::move(got));
        });
    }

    /// As `decode`, into a new `out`.
    [[nodiscard]] static result<void> decode_into(
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
        out.md5_verified = expected.content_md5_sent;
        out.etag = got.head.get("ETag");
        out.version_id = got.head.get(Dialect::header::version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
