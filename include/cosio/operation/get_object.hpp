// SPDX-License-Identifier: MIT
//
// GET Object: reads an object, or a range of it, decrypted by the service.

#ifndef COSIO_OPERATION_GET_OBJECT_HPP
#define COSIO_OPERATION_GET_OBJECT_HPP

#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// Reads an object: into a string, into a buffer, or as a stream, see the members of `client`.
///
/// SSE-COS and SSE-KMS objects need no key: `sse` names one for SSE-C objects only, and then the
/// reply must confirm that the object is encrypted with it.
struct get_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    /// A reply with other bytes than these, the whole object included, is an error.
    byte_range range{};
    cosio::conditions conditions{};
    response_overrides overrides{};
    std::string_view version_id{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
    /// The most bytes to hold, for reading into a string; more is
    /// `errc::destination_too_small`.
    std::uint64_t maximum_size = std::numeric_limits<std::uint64_t>::max();
};

static_assert(std::is_trivially_destructible_v<get_object_request>);

/// An object and where its bytes went.
struct get_object_result : object_properties
{
    /// Of `get_object`: the bytes.
    std::string body{};
    /// Bytes received.
    std::uint64_t body_size = 0;
    /// Of a ranged read: which bytes they are.
    std::optional<content_range> range{};
    /// Whether the reply stated a CRC64 of what was received; it then was that of the bytes. Never
    /// for a range, as the service states that of the whole object.
    bool crc64_verified = false;
};

namespace operation {

/// `GET /<key>`. Source: COS documentation, "GET Object".
template <class Dialect>
struct get_object
{
    using request_type = get_object_request;
    using result_type = get_object_result;
    static constexpr facts what{.name = "GetObject"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key);
        encode_overrides(build, request.overrides);
        build.optional_parameter("versionId", request.version_id, "version_id");
        encode_encryption(build, request.sse);
        encode_range(build, request.range);
        encode_conditions(build, request.conditions);
        encode_traffic_limit(build, request.traffic_limit);
        return std::move(build).finish();
    }

    /// What the head tells, checked against what was asked for: encryption and range.
    [[nodiscard]] static result<result_type> decode_head(
        const expectation& expected, const http::response_head& head)
    {
        return filled<result_type>(
            [&](result_type& out) { return fill_from_head(expected, head, out); });
    }

    /// Completes `out`, which `decode_head` made, once the body has been received.
    [[nodiscard]] static result<void> check_body(
        result_type& out, std::uint64_t size, std::uint64_t crc64, bool end_is_framed)
    {
        out.body_size = size;
        if (out.range) {
            if (size != out.range->last - out.range->first + 1)
                return error(errc::truncated_body, "the range did not come whole");
            return {};
        }
        out.size = size;
        if (auto equal = compare_crc64(crc64, out.crc64); !equal)
            return equal;
        out.crc64_verified = out.crc64.has_value();
        if (!end_is_framed && !out.crc64_verified)
            return error(errc::truncated_body,
                "the reply has neither a length nor a CRC64, so its end cannot be proved");
        return {};
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
        if (auto sound = fill_from_head(expected, got.head, out); !sound)
            return sound;
        out.body = std::move(got.body);
        return check_body(out, got.body_size, got.body_crc64, got.body_end_is_framed);
    }

private:
    static result<void> fill_from_head(
        const expectation& expected, const http::response_head& head, result_type& out)
    {
        if (auto decoded = decode_properties<Dialect>(head, out); !decoded)
            return decoded;
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return proved;
        if (expected.range.is_whole()) {
            if (head.status != 200)
                return error(errc::malformed_response,
                    "the whole object was asked for, the reply has status " +
                        std::to_string(head.status));
            out.size = head.content_length.value_or(0);
            return {};
        }
        out.range = parse_content_range(head.get("Content-Range"));
        if (head.status != 206 || !out.range || !out.range->answers(expected.range))
            return error(errc::malformed_response,
                "the reply is not the range that was asked for: status " +
                    std::to_string(head.status) + ", Content-Range '" +
                    std::string(head.get("Content-Range")) + "'");
        out.size = out.range->size;
        const auto length = out.range->last - out.range->first + 1;
        if (head.content_length && *head.content_length != length)
            return error(errc::malformed_response, "Content-Range and Content-Length differ");
        return {};
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
