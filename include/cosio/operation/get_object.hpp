// SPDX-License-Identifier: MIT
//
// GET Object: reads an object, or a range of it, decrypted by the service.

#ifndef COSIO_OPERATION_GET_OBJECT_HPP
#define COSIO_OPERATION_GET_OBJECT_HPP

#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/request/get_object.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `GET /<key>`. Source: COS documentation, "GET Object".
template <class Dialect>
struct get_object
{
    using request_type = get_object_request;
    using result_type = get_object_result;
    static constexpr facts what{.name = "GetObject", .proof = proofs::get_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::get, endpoint);
        build.object(request.bucket, request.key, direction::existing);
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

    [[nodiscard]] static result<void> decode(
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

} // namespace cosio::inline v0::operation

#endif
