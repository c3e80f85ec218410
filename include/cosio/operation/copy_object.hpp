// SPDX-License-Identifier: MIT
//
// PUT Object - Copy: copies an object within the service, re-encrypting it on the way.

#ifndef COSIO_OPERATION_COPY_OBJECT_HPP
#define COSIO_OPERATION_COPY_OBJECT_HPP

#include <cosio/operation/shared/copy_source.hpp>
#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/request/copy_object.hpp>
#include <cosio/xml/reader.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::operation {

/// `PUT /<key>` with `x-cos-copy-source`. Source: COS documentation, "PUT Object - Copy".
template <class Dialect>
struct copy_object
{
    using request_type = copy_object_request;
    using result_type = copy_object_result;
    static constexpr facts what{
        .name = "CopyObject", .error_inside_200 = true,
        .proof = proofs::copy_object};

    [[nodiscard]] static result<prepared_request> encode(
        const request_type& request, const service_endpoint& endpoint)
    {
        request_builder<Dialect> build(http::method::put, endpoint);
        build.object(request.bucket, request.key, direction::creating);
        encode_copy_source(build, request.copy_source);
        encode_encryption(build, request.sse);
        encode_directives(build, request);
        encode_object_headers(build, request.headers);
        return std::move(build).finish();
    }

    [[nodiscard]] static result<void> decode(
        result_type& out, const expectation& expected, reply&& got)
    {
        out.sse = decode_encryption<Dialect>(got.head);
        if (auto proved = expected.encryption.check(out.sse); !proved)
            return std::move(proved).error();

        std::string crc64_text;
        xml::reader document(got.body);
        const bool right_root = document.enter(what.proof.root);
        while (right_root && document.next_child()) {
            const auto name = document.name();
            if (name == "ETag")
                text_into(out.etag, document);
            else if (name == "CRC64")
                text_into(crc64_text, document);
            else if (name == "LastModified")
                out.last_modified = http::parse_iso_date(document.text());
            else if (name == "VersionId")
                text_into(out.version_id, document);
            else
                document.skip();
        }
        auto whole = document.finish();
        if (!right_root || !whole || !is_etag(out.etag))
            return unexpected_document(std::move(whole), what.proof.root);
        const auto crc64 = parse_crc64(crc64_text);
        if (!crc64)
            return crc64.error();
        out.crc64 = *crc64;
        if (out.version_id.empty())
            out.version_id = got.head.get(Dialect::header::version_id);
        out.source_version_id = got.head.get(Dialect::header::copy_source_version_id);
        out.request_id = request_id_of<Dialect>(got);
        return {};
    }

private:
    [[nodiscard]] static bool has_content_headers(const object_headers& headers)
    {
        return !headers.content_type.empty() || !headers.cache_control.empty() ||
            !headers.content_disposition.empty() || !headers.content_encoding.empty() ||
            !headers.content_language.empty() || headers.expires || !headers.metadata.empty();
    }

    static void encode_directives(request_builder<Dialect>& build, const request_type& request)
    {
        const bool replace = request.directive == metadata_directive::replace;
        // The service would drop these without a word.
        if (!replace && has_content_headers(request.headers))
            build.refuse(errc::invalid_argument,
                "content headers and metadata need metadata_directive::replace", "headers");
        const auto& source = request.copy_source;
        const bool onto_itself = source.bucket == request.bucket && source.key == request.key &&
            source.version_id.empty();
        if (!replace && onto_itself)
            build.refuse(errc::invalid_argument,
                "a copy onto itself needs metadata_directive::replace", "directive");
        build.header(Dialect::header::metadata_directive,
            replace ? Dialect::value::replace_directive : Dialect::value::copy_directive);
        if (!request.headers.tags.empty() || request.tagging == tagging_directive::replace)
            build.header(Dialect::header::tagging_directive, Dialect::value::replace_directive);
    }
};

} // namespace cosio::inline v0::operation

#endif
