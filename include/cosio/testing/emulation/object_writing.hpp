// SPDX-License-Identifier: MIT
//
// PUT Object and PUT Object - Copy.

#ifndef COSIO_TESTING_EMULATION_OBJECT_WRITING_HPP
#define COSIO_TESTING_EMULATION_OBJECT_WRITING_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/testing/emulation/object_reading.hpp>
#include <cosio/testing/emulation/state.hpp>
#include <cosio/xml/writer.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Opaque on purpose where COS's is: of SSE-C it depends on the key, of SSE-KMS on nothing.
[[nodiscard]] inline std::string make_etag(const sse_request& asked, std::string_view plain)
{
    if (asked.mode == sse_mode::kms)
        return random_hex(16);
    crypto::hasher<crypto::digest_algorithm::md5> hash;
    if (asked.customer_key)
        hash.update(asked.customer_key->view());
    hash.update(detail::bytes_of(plain));
    return crypto::hex(hash.finish().value());
}

/// Checks a body against its Content-MD5, if it has one.
inline void check_content_md5(const http_request& request)
{
    const auto stated = request.fields.find("Content-MD5");
    if (!stated)
        return;
    std::array<std::byte, 16> digest{};
    if (crypto::decode_base64(*stated, digest) != digest.size())
        refuse(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
    if (crypto::base64(crypto::md5(detail::bytes_of(request.body)).value()) != *stated)
        refuse(400, "BadDigest", "The Content-MD5 you specified did not match what was received.");
}

[[nodiscard]] inline std::vector<parameter> read_tags(std::string_view header)
{
    std::vector<parameter> tags;
    while (!header.empty()) {
        const auto end = std::min(header.find('&'), header.size());
        const auto pair = header.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        tags.emplace_back(unescape(pair.substr(0, equals), true),
            unescape(pair.substr(std::min(equals + 1, pair.size())), true));
        header.remove_prefix(std::min(end + 1, header.size()));
    }
    constexpr std::size_t most_tags = 10;
    if (tags.size() > most_tags)
        refuse(400, "InvalidTag", "Object tags cannot be greater than 10.");
    return tags;
}

/// Content headers and metadata that are kept and returned.
[[nodiscard]] inline field_table read_content_headers(const http_request& request)
{
    constexpr std::string_view metadata = "x-cos-meta-";
    field_table kept;
    for (const char* const name : {"Content-Type", "Cache-Control", "Content-Disposition",
             "Content-Encoding", "Content-Language", "Expires"})
        if (const auto value = request.fields.find(name); value && !value->empty())
            kept.add(name, *value);
    std::size_t total = 0;
    for (const auto& [name, value] : request.fields)
        if (detail::starts_with_ignoring_case(name, metadata)) {
            kept.add(name, value);
            total += name.size() - metadata.size() + value.size();
        }
    constexpr std::size_t most_metadata = 2048;
    if (total > most_metadata)
        refuse(400, "InvalidArgument", "The metadata exceed 2 KB.");
    return kept;
}

/// What the headers of a write say about the object, all but its bytes and encryption.
[[nodiscard]] inline stored_object read_object_headers(const call_context& call)
{
    static constexpr std::array<std::string_view, 9> classes{"STANDARD", "STANDARD_IA",
        "INTELLIGENT_TIERING", "ARCHIVE", "DEEP_ARCHIVE", "COLD", "MAZ_STANDARD",
        "MAZ_STANDARD_IA", "MAZ_INTELLIGENT_TIERING"};
    // `GLACIER` is `ARCHIVE` by now.
    static constexpr std::array<std::string_view, 7> classes_of_s3{"STANDARD", "STANDARD_IA",
        "INTELLIGENT_TIERING", "ARCHIVE", "DEEP_ARCHIVE", "GLACIER_IR", "ONEZONE_IA"};
    const auto& fields = call.request.fields;
    stored_object object;
    object.modified = call.now;
    object.storage_class = fields.find("x-cos-storage-class").value_or("STANDARD");
    const auto known = call.speaks_s3 ? std::span<const std::string_view>(classes_of_s3)
                                      : std::span<const std::string_view>(classes);
    if (std::ranges::find(known, object.storage_class) == known.end())
        refuse(400, "NotSupportedStorageClass", "The storage class is not supported.");
    object.acl = fields.get("x-cos-acl");
    object.tags = read_tags(fields.get("x-cos-tagging"));
    object.headers = read_content_headers(call.request);
    return object;
}

/// What is asked for, or the bucket's default when nothing is.
[[nodiscard]] inline sse_request effective_encryption(const call_context& call)
{
    auto asked = call.state.vault.read_write_request(
        call.request, call.state.options.https_only_customer_keys);
    if (call.ignores_encryption)
        return {};
    const auto& bucket = call.stored();
    if (asked.mode != sse_mode::none || !bucket.encryption)
        return asked;
    const auto& [algorithm, key_id] = *bucket.encryption;
    asked.mode = algorithm == "KMS" ? sse_mode::kms : sse_mode::cos_managed;
    if (asked.mode == sse_mode::kms)
        asked.kms_key_id = key_id.empty() ? call.state.vault.default_kms_key() : key_id;
    return asked;
}

/// Stores `plain` as the newest version of the call's key.
inline const stored_object* store_object(
    const call_context& call, stored_object object, const sse_request& asked, std::string plain)
{
    object.size = plain.size();
    object.etag = make_etag(asked, plain);
    object.crc64 = crypto::crc64_of(detail::bytes_of(plain));
    object.encryption = key_vault::at_rest(asked);
    object.pieces.push_back(
        call.state.vault.seal(object.encryption, asked.customer_key, std::move(plain)));
    call.changed_object(call.key);
    return put_version(call.stored(), call.key, std::move(object),
        make_version_id(call.now, ++call.state.sequence));
}

[[nodiscard]] inline http_reply put_object(const call_context& call)
{
    const auto asked = effective_encryption(call);
    check_content_md5(call.request);
    const auto* const object =
        store_object(call, read_object_headers(call), asked, call.request.body);
    http_reply reply;
    reply.fields.add("ETag", "\"" + object->etag + "\"");
    reply.fields.add("x-cos-hash-crc64ecma", std::to_string(*object->crc64));
    if (call.stored().versioning)
        reply.fields.add("x-cos-version-id", object->version_id);
    add_sse_headers(reply.fields, object->encryption, asked.customer_key_md5);
    return reply;
}

/// The source of a copy: which object, and its plaintext on demand.
struct copy_source
{
    const stored_object* object = nullptr;
    sse_request key{};
    bool version_named = false;
};

/// Reads `x-cos-copy-source`: `<bucket>.<host>/<encoded key>[?versionId=...]`, or
/// `/<bucket>/<encoded key>`.
[[nodiscard]] inline copy_source find_copy_source(const call_context& call)
{
    const auto malformed = [] {
        refuse(400, "InvalidCopySource", "The copy source is malformed.");
    };
    auto text = call.request.fields.get("x-cos-copy-source");
    copy_source out;
    std::string version_id;
    if (const auto mark = text.find('?'); mark != std::string_view::npos) {
        constexpr std::string_view name = "versionId=";
        const auto query = text.substr(mark + 1);
        if (!query.starts_with(name))
            malformed();
        version_id = unescape(query.substr(name.size()), true);
        out.version_named = true;
        text = text.substr(0, mark);
    }
    const bool by_path = text.starts_with('/');
    text.remove_prefix(by_path ? 1 : 0);
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash + 1 == text.size())
        malformed();
    const auto host = text.substr(0, slash);
    const auto bucket_name = by_path ? host : host.substr(0, host.find('.'));
    const auto key = unescape(text.substr(slash + 1), false);

    out.key = read_customer_key(call.request, source_customer_prefix,
        call.state.options.https_only_customer_keys);
    auto& bucket = bucket_of(call.state.buckets, bucket_name);
    out.object = &object_of(bucket, key, version_id);
    if (out.object->delete_marker)
        refuse(400, "InvalidRequest", "The source is a delete marker.");
    require_readable(*out.object, call.now);
    require_key(*out.object, out.key, call.state.options);
    if (evaluate_conditions(call.request, *out.object, "x-cos-copy-source-") !=
        condition_outcome::proceed)
        refuse(412, "PreconditionFailed", "Precondition not match.");
    return out;
}

[[nodiscard]] inline http_reply copy_object(const call_context& call)
{
    const auto asked = effective_encryption(call);
    const auto source = find_copy_source(call);
    const auto directive = call.request.fields.find("x-cos-metadata-directive").value_or("Copy");
    const bool replaces = detail::equal_ignoring_case(directive, "Replaced");
    if (!replaces && !detail::equal_ignoring_case(directive, "Copy"))
        refuse(400, "InvalidArgument", "The metadata directive is neither Copy nor Replaced.");

    auto object = read_object_headers(call);
    auto& target = call.stored();
    const auto same = target.objects.find(call.key);
    if (!replaces && !source.version_named && same != target.objects.end() &&
        !same->second.empty() && &same->second.back() == source.object)
        refuse(400, "InvalidRequest", "A copy onto itself must replace something.");
    if (!replaces)
        object.headers = source.object->headers;
    if (!detail::equal_ignoring_case(
            call.request.fields.get("x-cos-tagging-directive"), "Replaced"))
        object.tags = source.object->tags;

    auto plain = read_plain(
        call.state.vault, *source.object, source.key.customer_key, 0, source.object->size);
    const auto source_version = source.object->version_id;
    const auto* const stored =
        store_object(call, std::move(object), asked, std::move(plain));

    xml::writer document;
    document.open("CopyObjectResult").element("ETag", "\"" + stored->etag + "\"");
    document.element("CRC64", *stored->crc64);
    document.element("LastModified",
        http::format_iso_date(std::chrono::floor<std::chrono::seconds>(stored->modified)));
    if (target.versioning)
        document.element("VersionId", stored->version_id);
    document.close();
    http_reply reply;
    reply.chunked = true;
    reply.body = std::move(document).document();
    if (source.version_named)
        reply.fields.add("x-cos-copy-source-version-id", source_version);
    add_sse_headers(reply.fields, stored->encryption, asked.customer_key_md5);
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
