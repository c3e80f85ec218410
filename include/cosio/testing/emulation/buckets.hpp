// SPDX-License-Identifier: MIT
//
// Requests about buckets: existence, default encryption, versioning, listings.

#ifndef COSIO_TESTING_EMULATION_BUCKETS_HPP
#define COSIO_TESTING_EMULATION_BUCKETS_HPP

#include <cosio/http/percent_encoding.hpp>
#include <cosio/testing/emulation/multipart.hpp>
#include <cosio/testing/emulation/state.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

[[nodiscard]] inline http_reply head_bucket(const call_context& call)
{
    static_cast<void>(call.stored());
    http_reply reply;
    reply.fields.add("x-cos-bucket-region", call.state.options.region);
    return reply;
}

[[nodiscard]] inline http_reply put_bucket(const call_context& call)
{
    if (call.state.buckets.contains(call.bucket))
        refuse(409, "BucketAlreadyOwnedByYou", "The bucket exists and is yours.");
    call.state.buckets[call.bucket].created = call.now;
    call.state.changes.buckets = true;
    return {};
}

[[nodiscard]] inline http_reply delete_bucket(const call_context& call)
{
    if (!call.stored().objects.empty())
        refuse(409, "BucketNotEmpty", "The bucket you tried to delete is not empty.");
    call.state.buckets.erase(call.bucket);
    call.state.changes.buckets = true;
    http_reply reply;
    reply.status = 204;
    return reply;
}

[[nodiscard]] inline http_reply put_versioning(const call_context& call)
{
    bool enabled = false;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("VersioningConfiguration");
    while (right_root && document.next_child()) {
        if (document.name() == "Status")
            enabled = document.text() == "Enabled";
        else
            document.skip();
    }
    require_whole(right_root, document.finish());
    call.stored().versioning = enabled;
    call.state.changes.buckets = true;
    return {};
}

[[nodiscard]] inline http_reply put_encryption(const call_context& call)
{
    check_content_md5(call.request);
    std::string algorithm;
    std::string key_id;
    xml::reader document(call.request.body);
    const bool right_root = document.enter("ServerSideEncryptionConfiguration");
    while (right_root && document.next_child())
        while (document.next_child())
            while (document.next_child()) {
                if (document.name() == "SSEAlgorithm")
                    algorithm = document.text();
                else if (document.name() == "KMSMasterKeyID")
                    key_id = document.text();
                else
                    document.skip();
            }
    require_whole(right_root, document.finish());
    if (call.speaks_s3) {
        algorithm = algorithm == "aws:kms" ? "KMS" : algorithm == "KMS" ? "" : algorithm;
        key_id = key_id.substr(key_id.rfind('/') + 1); // Of an ARN.
    }
    if (algorithm != "AES256" && algorithm != "KMS")
        refuse(400, "InvalidArgument", "The algorithm must be AES256 or that of SSE-KMS.");
    if (!key_id.empty())
        call.state.vault.check_kms_key(key_id);
    call.stored().encryption.emplace(algorithm, key_id);
    call.state.changes.buckets = true;
    return {};
}

[[nodiscard]] inline http_reply get_encryption(const call_context& call)
{
    const auto& encryption = call.stored().encryption;
    if (!encryption)
        refuse(404, "NoSuchEncryptionConfiguration",
            "The specified encryption configuration does not exist.");
    xml::writer out;
    out.open("ServerSideEncryptionConfiguration").open("Rule");
    const bool names_aws = call.speaks_s3 && encryption->first == "KMS";
    out.open("ApplyServerSideEncryptionByDefault");
    out.element("SSEAlgorithm", names_aws ? "aws:kms" : encryption->first);
    if (!encryption->second.empty())
        out.element("KMSMasterKeyID", encryption->second);
    out.close().close().close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply delete_encryption(const call_context& call)
{
    call.stored().encryption.reset();
    call.state.changes.buckets = true;
    http_reply reply;
    reply.status = 204;
    return reply;
}

/// What the listings of objects and of uploads have in common.
struct listing_request
{
    std::string prefix{};
    std::string delimiter{};
    bool encoded = false;

    explicit listing_request(const call_context& call)
        : prefix(call.request.parameter_value("prefix").value_or("")),
          delimiter(call.request.parameter_value("delimiter").value_or("")),
          encoded(wants_encoded_names(call))
    {
        if (delimiter.size() > 1 && !call.speaks_s3)
            refuse(400, "InvalidDelimiter", "The delimiter must be one character.");
    }

    [[nodiscard]] std::string name(const std::string& plain) const
    {
        return encoded ? http::percent_encoded(plain, http::slash::keep) : plain;
    }

    /// The common prefix that stands for `key`; empty when it stands for itself.
    [[nodiscard]] std::string common_prefix(std::string_view key) const
    {
        if (delimiter.empty())
            return {};
        const auto end = key.find(delimiter, prefix.size());
        return std::string(
            end == std::string_view::npos ? "" : key.substr(0, end + delimiter.size()));
    }
};

inline void write_object_entry(xml::writer& out, const std::string& name,
    const stored_object& object, time_point now)
{
    out.open("Contents").element("Key", name);
    out.element("LastModified", listing_date(object.modified));
    out.element("ETag", "\"" + object.etag + "\"").element("Size", object.size);
    out.open("Owner").element("ID", "1250000000").element("DisplayName", "1250000000").close();
    out.element("StorageClass", object.storage_class);
    if (object.restore && now < object.restore->expires)
        out.element("RestoreStatus", now < object.restore->ready ? "ONGOING" : "DONE");
    out.close();
}

/// The entries of one page of a listing of objects.
struct object_page
{
    xml::writer entries{};
    std::vector<std::string> prefixes{};
    std::string last{}; ///< Key or common prefix.
    std::size_t listed = 0;
    bool truncated = false;
};

/// At most `most` entries behind `marker`.
[[nodiscard]] inline object_page list_page(const call_context& call, const listing_request& asked,
    const std::string& marker, std::size_t most)
{
    object_page page;
    auto& [entries, prefixes, last, listed, truncated] = page;
    for (const auto& [key, versions] : call.stored().objects) {
        if (key <= marker || !key.starts_with(asked.prefix) || versions.empty() ||
            versions.back().delete_marker)
            continue;
        const auto common = asked.common_prefix(key);
        if (!common.empty() &&
            (common <= marker || (!prefixes.empty() && prefixes.back() == common)))
            continue;
        if (listed == most) {
            truncated = true;
            break;
        }
        ++listed;
        last = common.empty() ? key : common;
        if (common.empty())
            write_object_entry(entries, asked.name(key), versions.back(), call.now);
        else
            prefixes.push_back(common);
    }
    return page;
}

[[nodiscard]] inline http_reply list_objects(const call_context& call)
{
    const listing_request asked(call);
    const auto most = read_page_size(call, "max-keys");
    const std::string marker(call.request.parameter_value("marker").value_or(""));
    const auto page = list_page(call, asked, marker, most);

    xml::writer out;
    out.open("ListBucketResult").element("Name", call.bucket);
    if (asked.encoded)
        out.element("EncodingType", "url");
    out.element("Prefix", asked.name(asked.prefix)).element("Marker", asked.name(marker));
    out.element("MaxKeys", most);
    if (!asked.delimiter.empty())
        out.element("Delimiter", asked.delimiter);
    out.element("IsTruncated", page.truncated ? "true" : "false");
    if (page.truncated && !(call.speaks_s3 && asked.delimiter.empty()))
        out.element("NextMarker", asked.name(page.last));
    for (const auto& common : page.prefixes)
        out.open("CommonPrefixes").element("Prefix", asked.name(common)).close();
    out.raw(page.entries.document()).close();
    http_reply reply;
    reply.body = std::move(out).document();
    reply.fields.add("x-cos-bucket-region", call.state.options.region);
    return reply;
}

[[nodiscard]] inline http_reply list_uploads(const call_context& call)
{
    const listing_request asked(call);
    const auto most = read_page_size(call, "max-uploads");
    const std::string key_marker(call.request.parameter_value("key-marker").value_or(""));
    const std::string id_marker(call.request.parameter_value("upload-id-marker").value_or(""));
    std::vector<const stored_upload*> uploads;
    for (const auto& [id, upload] : call.stored().uploads)
        uploads.push_back(&upload);
    const auto order = [](const stored_upload* each) {
        return std::pair(each->key, each->upload_id);
    };
    std::ranges::sort(uploads, {}, order);

    xml::writer entries;
    std::vector<std::string> prefixes;
    const stored_upload* last = nullptr;
    std::size_t listed = 0;
    bool truncated = false;
    for (const auto* const upload : uploads) {
        const bool passed = upload->key < key_marker ||
            (upload->key == key_marker && (id_marker.empty() || upload->upload_id <= id_marker));
        if (passed || !upload->key.starts_with(asked.prefix))
            continue;
        const auto common = asked.common_prefix(upload->key);
        if (!common.empty() && !prefixes.empty() && prefixes.back() == common)
            continue;
        if (listed == most) {
            truncated = true;
            break;
        }
        ++listed;
        last = upload;
        if (!common.empty()) {
            prefixes.push_back(common);
            continue;
        }
        entries.open("Upload").element("Key", asked.name(upload->key));
        entries.element("UploadId", upload->upload_id).element("StorageClass", "Standard");
        entries.element("Initiated", listing_date(upload->initiated)).close();
    }

    xml::writer out;
    out.open("ListMultipartUploadsResult").element("Bucket", call.bucket);
    if (asked.encoded)
        out.element("Encoding-Type", "url");
    out.element("KeyMarker", asked.name(key_marker)).element("UploadIdMarker", id_marker);
    out.element("MaxUploads", most).element("IsTruncated", truncated ? "true" : "false");
    if (truncated) {
        out.element("NextKeyMarker", asked.name(last->key));
        out.element("NextUploadIdMarker", last->upload_id);
    }
    out.element("Prefix", asked.name(asked.prefix)).element("Delimiter", asked.delimiter);
    for (const auto& common : prefixes)
        out.open("CommonPrefixes").element("Prefix", asked.name(common)).close();
    out.raw(entries.document()).close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

[[nodiscard]] inline http_reply list_buckets(const call_context& call)
{
    xml::writer out;
    out.open("ListAllMyBucketsResult").open("Owner").element("ID", "1250000000").close();
    out.open("Buckets");
    for (const auto& [name, bucket] : call.state.buckets) {
        out.open("Bucket").element("Name", name);
        out.element("Location", call.state.options.region);
        out.element("CreationDate",
            http::format_iso_date(std::chrono::floor<std::chrono::seconds>(bucket.created)));
        out.close();
    }
    out.close().close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
