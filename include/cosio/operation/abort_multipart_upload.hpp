// SPDX-License-Identifier: MIT
//
// Abort Multipart Upload: gives an upload and its parts up.

#ifndef COSIO_OPERATION_ABORT_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_ABORT_MULTIPART_UPLOAD_HPP

#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/request/abort_multipart_upload.hpp>
#include <cosio/service_errc.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `DELETE /<key>?uploadId`. Source: COS documentation, "Abort Multipart Upload".
template <class Dialect>
struct abort_multipart_upload
{
    using request_type = abort_multipart_upload_request;
    using result_type = abort_multipart_upload_result;
    static constexpr facts what{
        .name = "AbortMultipartUpload",
        .proof = proofs::abort_multipart_upload};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::delete_, endpoint);
        build.object(request.bucket, request.key, direction::existing);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        return std::move(build).finish();
    }

    /// An earlier attempt whose reply was lost may have ended the upload: then the next one finds
    /// none.
    [[nodiscard]] static std::optional<result_type> done_by_earlier_attempt(const error& why)
    {
        if (why.code != service_errc::no_such_upload)
            return std::nullopt;
        result_type out;
        out.request_id = why.request_id;
        return out;
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation&, reply&& got)
    {
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }
};

} // namespace cosio::inline v0::operation

#endif
