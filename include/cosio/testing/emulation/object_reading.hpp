// SPDX-License-Identifier: MIT
//
// GET and HEAD Object: keys, conditions, ranges.

#ifndef COSIO_TESTING_EMULATION_OBJECT_READING_HPP
#define COSIO_TESTING_EMULATION_OBJECT_READING_HPP

#include <cosio/testing/emulation/state.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// Whether the class needs a restore before it can be read.
[[nodiscard]] inline bool is_archive_class(std::string_view storage_class)
{
    return storage_class == "ARCHIVE" || storage_class == "DEEP_ARCHIVE";
}

[[nodiscard]] inline bool is_readable(const stored_object& object, time_point now)
{
    return !is_archive_class(object.storage_class) ||
        (object.restore && now >= object.restore->ready && now < object.restore->expires);
}

/// Refuses to read an archived object that is not restored.
inline void require_readable(const stored_object& object, time_point now)
{
    if (is_readable(object, now))
        return;
    refusal archived{403, "InvalidObjectState",
        "The operation is not valid for the object storage class.", {}};
    archived.fields.add("x-cos-storage-class", object.storage_class);
    throw archived;
}

/// Refuses unless `key` is what the object needs: its own key for SSE-C, none otherwise.
inline void require_key(
    const stored_object& object, const sse_request& key, const service_options& options)
{
    if (object.encryption.mode != sse_mode::customer) {
        if (key.customer_key)
            refuse(400, "InvalidRequest",
                "The encryption parameters are not applicable to this object.");
        return;
    }
    if (!key.customer_key)
        refuse(400, "SsecDecryptHeaderInvalid",
            "The object is encrypted with SSE-C, its key must be given.");
    if (!key_vault::is_key_of(object.encryption, *key.customer_key))
        refuse(options.wrong_key_status,
            options.wrong_key_status == 403 ? "AccessDenied" : "SsecDecryptHeaderInvalid",
            "The key is not that of the object.");
}

/// `count` bytes from `first` on, over the borders of parts.
[[nodiscard]] inline std::string read_plain(const key_vault& vault, const stored_object& object,
    const std::optional<aes_key>& customer_key, std::uint64_t first, std::uint64_t count)
{
    std::string out;
    for (const auto& piece : object.pieces) {
        if (first < piece.size && count != 0) {
            const auto taken = std::min(count, piece.size - first);
            out.append(vault.open(object.encryption, customer_key, piece, first, taken));
            count -= taken;
            first = 0;
        } else {
            first -= std::min(first, piece.size);
        }
    }
    return out;
}

/// How a conditional request goes on (RFC 9110, 13.2.2).
enum class condition_outcome { proceed, not_modified, failed };

[[nodiscard]] inline bool etag_matches(std::string_view list, std::string_view etag)
{
    return list == "*" || list == etag || list == "\"" + std::string(etag) + "\"";
}

/// `prefix` is empty, or that of conditions on the source of a copy.
[[nodiscard]] inline condition_outcome evaluate_conditions(
    const http_request& request, const stored_object& object, std::string_view prefix)
{
    const auto header = [&](std::string_view name) {
        return request.fields.find(std::string(prefix).append(name));
    };
    const auto date = [](std::string_view text) {
        const auto parsed = http::parse_date(text);
        if (!parsed)
            refuse(400, "InvalidArgument", "A date of a condition is malformed.");
        return *parsed;
    };
    const auto modified = std::chrono::floor<std::chrono::seconds>(object.modified);
    if (const auto match = header("If-Match")) {
        if (!etag_matches(*match, object.etag))
            return condition_outcome::failed;
    } else if (const auto since = header("If-Unmodified-Since")) {
        if (modified > date(*since))
            return condition_outcome::failed;
    }
    if (const auto none_match = header("If-None-Match")) {
        if (etag_matches(*none_match, object.etag))
            return condition_outcome::not_modified;
    } else if (const auto since = header("If-Modified-Since")) {
        if (modified <= date(*since))
            return condition_outcome::not_modified;
    }
    return condition_outcome::proceed;
}

/// First byte and length of what a Range header asks for; nothing when it is malformed, and then
/// ignored. Refuses a range outside of the object.
[[nodiscard]] inline std::optional<std::pair<std::uint64_t, std::uint64_t>> read_range(
    std::string_view header, std::uint64_t size)
{
    constexpr std::string_view unit = "bytes=";
    const auto hyphen = header.find('-');
    if (!header.starts_with(unit) || hyphen == std::string_view::npos)
        return std::nullopt;
    const auto first_text = header.substr(unit.size(), hyphen - unit.size());
    const auto last_text = header.substr(hyphen + 1);
    const auto first = detail::parse_number<std::uint64_t>(first_text);
    const auto last = detail::parse_number<std::uint64_t>(last_text);
    if ((!first_text.empty() && !first) || (!last_text.empty() && !last) || (!first && !last) ||
        (first && last && *last < *first))
        return std::nullopt;
    const auto begin = first ? *first : size - std::min(size, *last);
    if (begin >= size)
        refuse(416, "InvalidRange", "The requested range is not satisfiable.");
    const auto end = first && last ? std::min(*last + 1, size) : size;
    return std::pair(begin, end - begin);
}

inline void add_restore_headers(
    field_table& fields, const stored_object& object, time_point now)
{
    if (!object.restore || now >= object.restore->expires)
        return;
    if (now >= object.restore->ready) {
        fields.add("x-cos-restore", "ongoing-request=\"false\", expiry-date=\"" +
                header_date(object.restore->expires) + "\"");
        return;
    }
    std::string tier = object.restore->tier;
    for (char& c : tier)
        c = detail::to_lower(c);
    fields.add("x-cos-restore", "ongoing-request=\"true\"");
    fields.add("x-cos-restore-status", "tier=\"" + tier + "\"; request-date=\"" +
            header_date(object.restore->requested) + "\"");
}

/// What GET and HEAD tell of an object.
[[nodiscard]] inline field_table object_fields(
    const call_context& call, const stored_object& object, const sse_request& key)
{
    field_table fields;
    for (const auto& [name, value] : object.headers)
        fields.add(name, value);
    if (!object.headers.has("Content-Type"))
        fields.add("Content-Type", "application/octet-stream");
    fields.add("ETag", "\"" + object.etag + "\"");
    fields.add("Last-Modified", header_date(object.modified));
    fields.add("Accept-Ranges", "bytes");
    if (object.crc64)
        fields.add("x-cos-hash-crc64ecma", std::to_string(*object.crc64));
    if (object.storage_class != "STANDARD")
        fields.add("x-cos-storage-class", object.storage_class);
    if (call.stored().versioning)
        fields.add("x-cos-version-id", object.version_id);
    if (!object.tags.empty())
        fields.add("x-cos-tagging-count", std::to_string(object.tags.size()));
    add_sse_headers(fields, object.encryption, key.customer_key_md5);
    add_restore_headers(fields, object, call.now);
    return fields;
}

inline void apply_overrides(const call_context& call, field_table& fields)
{
    for (const char* const name : {"Content-Type", "Content-Language", "Expires", "Cache-Control",
             "Content-Disposition", "Content-Encoding"}) {
        const auto value =
            call.request.parameter_value(std::string("response-").append(name));
        if (!value)
            continue;
        if (call.signature == signed_by::nobody)
            refuse(400, "InvalidRequest", "Overrides need a signed request.");
        fields.erase(name);
        fields.add(name, *value);
    }
}

/// Anonymous requests may read public objects, never encrypted ones.
inline void require_permission(const call_context& call, const stored_object& object)
{
    if (call.signature == signed_by::nobody &&
        (object.acl != "public-read" || object.encryption.mode != sse_mode::none))
        refuse(403, "AccessDenied", "Access Denied.");
}

[[nodiscard]] inline http_reply get_or_head_object(const call_context& call)
{
    const bool is_head = call.request.method == "HEAD";
    if (call.request.fields.has(sse_header))
        refuse(400, "SSEHeaderNotAllowed", "The encryption header is not allowed here.");
    const auto key = read_customer_key(
        call.request, customer_prefix, call.state.options.https_only_customer_keys);
    const auto& object = object_of(call.stored(), call.key, call.version_id());
    require_permission(call, object);
    if (object.delete_marker)
        refuse(405, "MethodNotAllowed", "The version is a delete marker.");
    if (!is_head)
        require_readable(object, call.now);
    require_key(object, key, call.state.options);

    http_reply reply;
    reply.fields = object_fields(call, object, key);
    switch (evaluate_conditions(call.request, object, {})) {
    case condition_outcome::failed:
        refuse(412, "PreconditionFailed", "Precondition not match.");
    case condition_outcome::not_modified: reply.status = 304; return reply;
    case condition_outcome::proceed: break;
    }
    apply_overrides(call, reply.fields);
    if (is_head) {
        reply.announced_length = object.size;
        return reply;
    }
    std::uint64_t first = 0;
    std::uint64_t count = object.size;
    if (const auto header = call.request.fields.find("Range"))
        if (const auto range = read_range(*header, object.size)) {
            std::tie(first, count) = *range;
            reply.status = 206;
            reply.fields.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                    std::to_string(first + count - 1) + "/" + std::to_string(object.size));
        }
    reply.body = read_plain(call.state.vault, object, key.customer_key, first, count);
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
