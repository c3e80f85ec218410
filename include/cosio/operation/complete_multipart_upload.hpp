// SPDX-License-Identifier: MIT
//
// Complete Multipart Upload: makes an object of the parts.

#ifndef COSIO_OPERATION_COMPLETE_MULTIPART_UPLOAD_HPP
#define COSIO_OPERATION_COMPLETE_MULTIPART_UPLOAD_HPP

#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/part_addressing.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0 {

/// A part as completing the upload names it.
struct completed_part
{
    std::uint32_t part_number = 0;
    /// As `upload_part` or `upload_part_copy` yielded it.
    std::string_view etag{};
};

/// Makes an object of an upload's parts. May take minutes for large objects.
///
/// Idempotent in effect, but a repetition after success is answered with
/// `service_errc::no_such_upload`.
struct complete_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// Ascending by number, no gaps (source: COS documentation; S3 allows gaps).
    std::span<const completed_part> parts{};
    /// What the upload was initiated with. Not sent; the reply must confirm it. Where the service
    /// may say nothing here, as S3, only a reply that says otherwise is an error.
    cosio::sse::on_write expected_sse{};
    /// What the CRC64 of the whole object must be, see `crypto::crc64_combine`. Not sent; compared
    /// with the reply when it states one.
    std::optional<std::uint64_t> expected_crc64{};
};

static_assert(std::is_trivially_destructible_v<complete_multipart_upload_request>);

struct complete_multipart_upload_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    /// URL of the object, without signature.
    std::string location{};
    /// Of the whole object, before encryption; absent when one of its parts has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether `expected_crc64` was given and the reply stated the same.
    bool crc64_verified = false;
    encryption sse{};
    std::string version_id{};
    std::string request_id{};
};

namespace operation {

/// `POST /<key>?uploadId`. Source: COS documentation, "Complete Multipart Upload".
template <class Dialect>
struct complete_multipart_upload
{
    using request_type = complete_multipart_upload_request;
    using result_type = complete_multipart_upload_result;
    static constexpr facts what{.name = "CompleteMultipartUpload", .error_inside_200 = true};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::post, endpoint);
        build.object(request.bucket, request.key);
        build.required_parameter("uploadId", request.upload_id, "upload_id");
        if (request.parts.empty())
            build.refuse(errc::invalid_argument, "must not be empty", "parts");
        xml::writer document;
        document.open("CompleteMultipartUpload");
        std::uint32_t before = 0;
        for (const auto& [number, etag] : request.parts) {
            if (!is_part_number(number) || number <= before)
                build.refuse(
                    errc::invalid_part_number, "must be 1 to 10000, ascending", "parts");
            if (!http::is_sendable_value(etag))
                build.refuse(errc::invalid_argument, "an ETag must be visible ASCII", "parts");
            before = number;
            document.open("Part").element("PartNumber", number).element("ETag", etag).close();
        }
        document.close();
        build.document(std::move(document).document());
        build.expected().encryption = expected_encryption<Dialect>(request.expected_sse);
        if constexpr (!Dialect::completion_confirms_encryption)
            build.expected().encryption.allow_silence();
        build.expected().crc64 = request.expected_crc64;
        return std::move(build).finish();
    }

    [[nodiscard]] static result<result_type> decode(const expectation& expected, reply&& got)
    {
        result_type out;
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();
        xml::reader document(got.body);
        const bool right_root = document.enter("CompleteMultipartUploadResult");
        while (right_root && document.next_child()) {
            if (document.name() == "ETag")
                out.etag = document.text();
            else if (document.name() == "Location")
                out.location = document.text();
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole)
            return unexpected_document(std::move(whole), "CompleteMultipartUploadResult");
        const auto crc64 = decode_crc64<Dialect>(got.head);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        if (expected.crc64) {
            if (auto equal = compare_crc64(*expected.crc64, out.crc64); !equal)
                return std::move(equal).error();
            out.crc64_verified = out.crc64.has_value();
        }
        out.version_id = got.head.get(Dialect::header::version_id);
        out.request_id = request_id_of<Dialect>(got);
        return out;
    }
};

} // namespace operation
} // namespace cosio::inline v0

#endif
