// SPDX-License-Identifier: MIT
//
// Multipart uploads: initiate, parts, part copies, complete, abort, listings.

#ifndef COSIO_TESTING_EMULATION_MULTIPART_HPP
#define COSIO_TESTING_EMULATION_MULTIPART_HPP

#include <cosio/dialect/composite_etag.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/testing/emulation/object_changes.hpp>
#include <cosio/testing/emulation/object_reading.hpp>
#include <cosio/testing/emulation/object_writing.hpp>
#include <cosio/testing/emulation/state.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

[[nodiscard]] inline http_reply initiate_upload(const call_context& call)
{
    const auto asked = effective_encryption(call);
    stored_upload upload;
    upload.key = call.key;
    upload.upload_id = make_upload_id(call.now);
    upload.initiated = call.now;
    upload.object = read_object_headers(call);
    upload.object.encryption = key_vault::at_rest(asked);
    upload.customer_key_md5 = asked.customer_key_md5;

    xml::writer document;
    document.open("InitiateMultipartUploadResult").element("Bucket", call.bucket);
    document.element("Key", call.key).element("UploadId", upload.upload_id).close();
    http_reply reply;
    reply.body = std::move(document).document();
    add_sse_headers(reply.fields, upload.object.encryption, asked.customer_key_md5);
    const auto upload_id = upload.upload_id;
    call.changed_upload(upload_id);
    call.stored().uploads.emplace(upload_id, std::move(upload));
    return reply;
}

[[nodiscard]] inline stored_upload& upload_of(const call_context& call)
{
    auto& uploads = call.stored().uploads;
    const auto found =
        uploads.find(std::string(call.request.parameter_value("uploadId").value_or("")));
    if (found == uploads.end() || found->second.key != call.key)
        refuse(404, "NoSuchUpload", "The specified multipart upload does not exist.");
    return found->second;
}

[[nodiscard]] inline std::uint32_t part_number_of(const call_context& call)
{
    constexpr std::uint32_t highest = 10'000;
    const auto number = detail::parse_number<std::uint32_t>(
        call.request.parameter_value("partNumber").value_or(""));
    if (!number || *number < 1 || *number > highest)
        refuse(400, "InvalidArgument", "The part number must be 1 to 10000.");
    return *number;
}

/// The key of a part must be that of its upload, or absent as there.
[[nodiscard]] inline sse_request read_part_key(
    const call_context& call, const stored_upload& upload)
{
    auto key = read_customer_key(
        call.request, customer_prefix, call.state.options.https_only_customer_keys);
    const bool needed = upload.object.encryption.mode == sse_mode::customer;
    if (needed && !key.customer_key)
        refuse(400, "InvalidRequest",
            "The multipart upload initiate requested encryption. Subsequent part requests must "
            "include the appropriate encryption parameters.");
    if (!needed && key.customer_key)
        refuse(400, "InvalidRequest", "The upload was not initiated with SSE-C.");
    if (needed && !key_vault::is_key_of(upload.object.encryption, *key.customer_key))
        refuse(400, "InvalidArgument",
            "The provided encryption parameters did not match the ones used originally.");
    return key;
}

inline const stored_part* store_part(const call_context& call, stored_upload& upload,
    std::uint32_t number, const sse_request& key, std::string plain)
{
    auto asked = key;
    asked.mode = upload.object.encryption.mode;
    stored_part part;
    part.etag = make_etag(asked, plain);
    part.crc64 = crypto::crc64_of(detail::bytes_of(plain));
    part.modified = call.now;
    part.bytes =
        call.state.vault.seal(upload.object.encryption, key.customer_key, std::move(plain));
    call.state.changes.parts.emplace(upload.upload_id, number);
    auto& kept = upload.parts[number];
    kept = std::move(part);
    return &kept;
}

[[nodiscard]] inline http_reply upload_part(const call_context& call)
{
    const auto number = part_number_of(call);
    auto& upload = upload_of(call);
    const auto key = read_part_key(call, upload);
    if (!call.request.fields.has("Content-Length"))
        refuse(411, "MissingContentLength", "Parts need a Content-Length.");
    check_content_md5(call.request);
    const auto* const part = store_part(call, upload, number, key, call.request.body);
    http_reply reply;
    reply.fields.add("ETag", "\"" + part->etag + "\"");
    reply.fields.add("x-cos-hash-crc64ecma", std::to_string(part->crc64));
    add_sse_headers(reply.fields, upload.object.encryption, key.customer_key_md5);
    return reply;
}

[[nodiscard]] inline http_reply upload_part_copy(const call_context& call)
{
    const auto number = part_number_of(call);
    auto& upload = upload_of(call);
    const auto key = read_part_key(call, upload);
    const auto source = find_copy_source(call);
    std::uint64_t first = 0;
    std::uint64_t count = source.object->size;
    const auto range_header = call.request.fields.get("x-cos-copy-source-range");
    if (!range_header.empty()) {
        const auto range = read_range(range_header, source.object->size);
        if (!range)
            refuse(400, "InvalidArgument", "The range of the source is malformed.");
        std::tie(first, count) = *range;
    }
    auto plain =
        read_plain(call.state.vault, *source.object, source.key.customer_key, first, count);
    const auto* const part = store_part(call, upload, number, key, std::move(plain));
    xml::writer document;
    document.open("CopyPartResult").element("ETag", "\"" + part->etag + "\"");
    document.element("LastModified",
        http::format_iso_date(std::chrono::floor<std::chrono::seconds>(part->modified)));
    document.close();
    http_reply reply;
    reply.chunked = true;
    reply.body = std::move(document).document();
    if (source.version_named)
        reply.fields.add("x-cos-copy-source-version-id", source.object->version_id);
    // Documented for SSE-COS alone, on S3 for every mode.
    if (call.speaks_s3 || upload.object.encryption.mode == sse_mode::cos_managed)
        add_sse_headers(reply.fields, upload.object.encryption, key.customer_key_md5);
    return reply;
}

/// The list of a completion: numbers and ETags without quotes.
[[nodiscard]] inline std::vector<std::pair<std::uint32_t, std::string>> read_part_list(
    std::string_view body)
{
    std::vector<std::pair<std::uint32_t, std::string>> parts;
    xml::reader document(body);
    const bool right_root = document.enter("CompleteMultipartUpload");
    while (right_root && document.next_child()) {
        auto& [number, etag] = parts.emplace_back();
        while (document.next_child()) {
            if (document.name() == "PartNumber")
                number = detail::parse_number<std::uint32_t>(document.text()).value_or(0);
            else if (document.name() == "ETag")
                etag = document.text();
            else
                document.skip();
        }
        std::erase(etag, '"');
    }
    require_whole(right_root, document.finish());
    if (parts.empty())
        refuse(400, "MalformedXML", "The list of parts is empty.");
    return parts;
}

/// Refuses unless the list names parts that are there, ascending, without gaps, large enough.
inline void check_part_list(const call_context& call, const stored_upload& upload,
    const std::vector<std::pair<std::uint32_t, std::string>>& list)
{
    for (std::size_t i = 0; i != list.size(); ++i) {
        const auto& [number, etag] = list[i];
        if (i != 0 && number <= list[i - 1].first)
            refuse(400, "InvalidPartOrder", "The list of parts was not in ascending order.");
        if (number != i + 1)
            refuse(400, "InvalidPart", "The part numbers are not consecutive.");
        const auto found = upload.parts.find(number);
        if (found == upload.parts.end() || found->second.etag != etag)
            refuse(400, "InvalidPart", "One or more of the parts could not be found.");
    }
    for (std::size_t i = 0; i + 1 < list.size(); ++i)
        if (upload.parts.at(list[i].first).bytes.size < call.state.options.minimum_part_size)
            refuse(400, "EntityTooSmall", "A part is smaller than the minimum allowed size.");
}

[[nodiscard]] inline http_reply complete_upload(const call_context& call)
{
    check_content_md5(call.request);
    auto& upload = upload_of(call);
    const auto list = read_part_list(call.request.body);
    check_part_list(call, upload, list);

    auto object = std::move(upload.object);
    object.modified = call.now;
    // On S3 the MD5 of the parts' MD5s, as many clients compute it; COS tells nothing of its own.
    // Where a part's ETag is not its MD5, that of the object is opaque as well.
    const bool is_of_digests = call.speaks_s3 && (object.encryption.mode == sse_mode::none ||
        object.encryption.mode == sse_mode::cos_managed);
    std::string opaque = upload.upload_id;
    dialect::composite_etag composite;
    std::uint64_t crc64 = 0;
    for (const auto& [number, etag] : list) {
        auto& part = upload.parts.at(number);
        opaque.append(part.etag);
        composite.add(part.etag);
        crc64 = crypto::crc64_combine(crc64, part.crc64, part.bytes.size);
        object.size += part.bytes.size;
        object.pieces.push_back(std::move(part.bytes));
    }
    object.crc64 = crc64;
    object.etag = is_of_digests
        ? composite.finish().value()
        : crypto::hex(crypto::md5(detail::bytes_of(opaque)).value()) + "-" +
            std::to_string(list.size());
    auto& bucket = call.stored();
    const std::string upload_id = upload.upload_id;
    const auto* const stored = put_version(bucket, call.key, std::move(object),
        make_version_id(call.now, ++call.state.sequence));

    xml::writer document;
    document.open("CompleteMultipartUploadResult");
    document.element("Location",
        "http://" + call.bucket + ".cos." + call.state.options.region + ".myqcloud.com/" +
            call.key);
    document.element("Bucket", call.bucket).element("Key", call.key);
    document.element("ETag", "\"" + stored->etag + "\"").close();
    http_reply reply;
    reply.chunked = true;
    reply.body = std::move(document).document();
    reply.fields.add("x-cos-hash-crc64ecma", std::to_string(crc64));
    if (bucket.versioning)
        reply.fields.add("x-cos-version-id", stored->version_id);
    add_sse_headers(reply.fields, stored->encryption, upload.customer_key_md5);
    call.changed_object(call.key);
    call.changed_upload(upload_id);
    bucket.uploads.erase(upload_id);
    return reply;
}

[[nodiscard]] inline http_reply abort_upload(const call_context& call)
{
    const std::string upload_id = upload_of(call).upload_id;
    call.changed_upload(upload_id);
    call.stored().uploads.erase(upload_id);
    http_reply reply;
    reply.status = 204;
    return reply;
}

/// A page size within 1 to 1000.
[[nodiscard]] inline std::size_t read_page_size(const call_context& call, std::string_view name)
{
    constexpr std::size_t most = 1000;
    const auto text = call.request.parameter_value(name);
    if (!text || text->empty())
        return most;
    const auto size = detail::parse_number<std::size_t>(*text);
    if (!size || *size > most)
        refuse(400, "InvalidArgument", "The page size must be a number of at most 1000.");
    return *size;
}

/// Whether names are to be encoded. Refuses any encoding but `url`.
[[nodiscard]] inline bool wants_encoded_names(const call_context& call)
{
    const auto encoding = call.request.parameter_value("encoding-type");
    if (!encoding || encoding->empty())
        return false;
    if (*encoding != "url")
        refuse(400, "InvalidArgument", "The encoding type must be url.");
    return true;
}

[[nodiscard]] inline http_reply list_parts(const call_context& call)
{
    const auto& upload = upload_of(call);
    const bool encoded = wants_encoded_names(call);
    const auto most = read_page_size(call, "max-parts");
    const auto marker = detail::parse_number<std::uint32_t>(
        call.request.parameter_value("part-number-marker").value_or("0"))
                            .value_or(0);
    xml::writer out;
    out.open("ListPartsResult").element("Bucket", call.bucket);
    if (encoded)
        out.element("EncodingType", "url");
    out.element("Key", encoded ? http::percent_encoded(upload.key) : upload.key);
    out.element("UploadId", upload.upload_id).element("PartNumberMarker", marker);
    std::size_t listed = 0;
    std::uint32_t last = 0;
    auto part = upload.parts.upper_bound(marker);
    for (; part != upload.parts.end() && listed != most; ++part, ++listed) {
        last = part->first;
        out.open("Part").element("PartNumber", part->first);
        out.element("LastModified", listing_date(part->second.modified));
        out.element("ETag", "\"" + part->second.etag + "\"");
        out.element("Size", part->second.bytes.size).close();
    }
    const bool truncated = part != upload.parts.end();
    if (truncated)
        out.element("NextPartNumberMarker", last);
    out.element("StorageClass", "Standard").element("MaxParts", most);
    out.element("IsTruncated", truncated ? "true" : "false").close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
