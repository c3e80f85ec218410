// SPDX-License-Identifier: MIT
//
// DELETE Object.

#ifndef COSIO_OPERATION_DELETE_OBJECT_HPP
#define COSIO_OPERATION_DELETE_OBJECT_HPP

#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/request/delete_object.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `DELETE /<key>`. Source: COS documentation, "DELETE Object".
template <class Dialect>
struct delete_object
{
    using request_type = delete_object_request;
    using result_type = delete_object_result;
    static constexpr facts what{.name = "DeleteObject", .proof = proofs::delete_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.optional_parameter("versionId", request.version_id, "version_id");
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.version_id = got.head.get(Dialect::header::version_id);
        out.delete_marker = got.head.get(Dialect::header::delete_marker) == "true";
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
