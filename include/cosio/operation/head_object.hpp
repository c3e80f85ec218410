// SPDX-License-Identifier: MIT
//
// HEAD Object: an object's properties without its bytes.

#ifndef COSIO_OPERATION_HEAD_OBJECT_HPP
#define COSIO_OPERATION_HEAD_OBJECT_HPP

#include <cosio/operation/get_object.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/request/head_object.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `HEAD /<key>`. Source: COS documentation, "HEAD Object".
template <class Dialect>
struct head_object
{
    using request_type = head_object_request;
    using result_type = head_object_result;
    static constexpr facts what{.name = "HeadObject", .proof = proofs::head_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::head, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.optional_parameter("versionId", request.version_id, "version_id");
        encode_encryption(build, request.sse);
        encode_conditions(build, request.conditions);
        return std::move(build).finish();
    }

    /// Makes the request into one whose refusal has a document: a GET of one byte.
    static void ask_why(prepared_request& request)
    {
        request.head.method = http::method::get;
        request.head.fields.add("Range", byte_range::between(0, 0).header_value());
    }
    static constexpr const facts& asking_why = get_object<Dialect>::what;

    [[nodiscard]] static result<void> decode(
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

} // namespace cosio::inline v0::operation

#endif
