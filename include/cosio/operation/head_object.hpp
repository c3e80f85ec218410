// SPDX-License-Identifier: MIT
//
// HEAD Object: an object's properties without its bytes.

#ifndef COSIO_OPERATION_HEAD_OBJECT_HPP
#define COSIO_OPERATION_HEAD_OBJECT_HPP

#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// Asks for an object's properties. SSE-C objects need their key for this too.
///
/// Refusals of HEAD have no body: a missing key and a wrong one are both `condition::
/// invalid_request` with HTTP status 400, an absent object is `condition::not_found`.
struct head_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    cosio::conditions conditions{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<head_object_request>);

struct head_object_result : object_properties
{};

namespace operation {

/// `HEAD /<key>`. Source: COS documentation, "HEAD Object".
template <class Dialect>
struct head_object
{
    using request_type = head_object_request;
    using result_type = head_object_result;
    static constexpr facts what{.name = "HeadObject"};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::head, endpoint);
        build.object(request.bucket, request.key);
        build.optional_parameter("versionId", request.version_id, "version_id");
        encode_encryption(build, request.sse);
        encode_conditions(build, request.conditions);
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
        if (auto decoded = decode_properties<Dialect>(got.head, out); !decoded)
            return decoded;
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return proved;
        if (!got.head.content_length)
            return error(errc::malformed_response, "the reply has no Content-Length");
        out.size = *got.head.content_length;
        return {};
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
