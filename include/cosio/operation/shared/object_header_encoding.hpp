// SPDX-License-Identifier: MIT
//
// Serialises `object_headers`, `conditions` and `response_overrides`.

#ifndef COSIO_OPERATION_SHARED_OBJECT_HEADER_ENCODING_HPP
#define COSIO_OPERATION_SHARED_OBJECT_HEADER_ENCODING_HPP

#include <cosio/detail/utf8.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/operation/shared/request_builder.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::operation {

/// Source of the limits: COS documentation, "PUT Object tagging".
inline constexpr std::size_t most_tags = 10;
inline constexpr std::size_t longest_tag_key = 128;
inline constexpr std::size_t longest_tag_value = 256;

/// The service's limits of `x-cos-traffic-limit`, in bits a second.
inline constexpr std::uint64_t lowest_traffic_limit = 819'200;
inline constexpr std::uint64_t highest_traffic_limit = 838'860'800;

template <class Dialect>
void encode_metadata(
    request_builder<Dialect>& build, std::span<const header> metadata, direction what)
{
    constexpr std::string_view field = "headers.metadata";
    const auto& rules = rules_for<Dialect>(what);
    std::size_t total = 0;
    for (std::size_t i = 0; i != metadata.size(); ++i) {
        const auto& [name, value] = metadata[i];
        const auto plain = [](char c) { return detail::is_alphanumeric(c) || c == '-'; };
        if (rules.token_names ? !http::is_field_name(name)
                              : name.empty() || !std::ranges::all_of(name, plain))
            return build.refuse(errc::invalid_header,
                rules.token_names ? "a name must be a token of HTTP, without blanks or separators"
                                  : "a name must be letters, digits and hyphens",
                field);
        const auto has_name = [&name](const header& other) {
            return detail::equal_ignoring_case(other.name, name);
        };
        if (std::ranges::any_of(metadata.first(i), has_name))
            return build.refuse(errc::invalid_header,
                "must not have a name twice, in upper or lower case", field);
        total += name.size() + value.size();
        const auto full = std::string(Dialect::header::metadata_prefix).append(name);
        if (rules.received_values)
            build.stored_header(full, value, field);
        else
            build.header(full, value, field);
    }
    if (total > rules.longest_metadata)
        build.refuse(errc::invalid_header, "must not be more than 2048 bytes in all", field);
}

template <class Dialect>
void encode_tags(request_builder<Dialect>& build, std::span<const tag> tags)
{
    std::string text;
    for (const auto& [key, value] : tags) {
        if (key.empty() || detail::characters_in(key) > longest_tag_key ||
            detail::characters_in(value) > longest_tag_value)
            return build.refuse(errc::invalid_header,
                "a key must be 1 to 128 characters, a value at most 256", "headers.tags");
        text.append(text.empty() ? "" : "&");
        http::append_percent_encoded(text, key, http::slash::encode);
        text.append("=");
        http::append_percent_encoded(text, value, http::slash::encode);
    }
    if (tags.size() > most_tags)
        return build.refuse(errc::invalid_header, "must not be more than 10", "headers.tags");
    build.optional_header(Dialect::header::tagging, text, "headers.tags");
}

/// The headers that describe the object's content, which a copy replaces only when told to.
template <class Dialect>
void encode_content_headers(request_builder<Dialect>& build, const object_headers& headers)
{
    const auto what = headers.as_stored ? direction::existing : direction::creating;
    const auto add = [&](std::string_view name, std::string_view value, std::string_view field) {
        if (value.empty())
            return;
        if (rules_for<Dialect>(what).received_values)
            build.stored_header(name, value, field);
        else
            build.header(name, value, field);
    };
    add("Content-Type", headers.content_type, "headers.content_type");
    add("Cache-Control", headers.cache_control, "headers.cache_control");
    add("Content-Disposition", headers.content_disposition, "headers.content_disposition");
    add("Content-Encoding", headers.content_encoding, "headers.content_encoding");
    add("Content-Language", headers.content_language, "headers.content_language");
    if (headers.as_stored && !headers.expires)
        add("Expires", headers.stored_expires, "headers.stored_expires");
    build.optional_header("Expires", headers.expires, "headers.expires");
    encode_metadata(build, headers.metadata, what);
}

template <class Dialect>
void encode_object_headers(request_builder<Dialect>& build, const object_headers& headers)
{
    using header_name = typename Dialect::header;
    encode_content_headers(build, headers);
    const auto storage = Dialect::name_of(headers.storage_class);
    if (headers.storage_class != storage_class::unspecified && storage.empty())
        build.refuse(errc::invalid_argument, "the service has no such class",
            "headers.storage_class");
    if (storage.empty() && !headers.stored_storage_class.empty())
        build.stored_header(header_name::storage_class, headers.stored_storage_class,
            "headers.stored_storage_class");
    build.optional_header(header_name::storage_class, storage, "headers.storage_class");
    const auto readers = Dialect::name_of(headers.acl);
    if (headers.acl != acl::unspecified && readers.empty())
        build.refuse(errc::invalid_argument, "the service has no such ACL", "headers.acl");
    build.optional_header(header_name::acl, readers, "headers.acl");
    build.optional_header(header_name::grant_read, headers.grant_read, "headers.grant_read");
    build.optional_header(
        header_name::grant_read_acp, headers.grant_read_acp, "headers.grant_read_acp");
    build.optional_header(
        header_name::grant_write_acp, headers.grant_write_acp, "headers.grant_write_acp");
    build.optional_header(header_name::grant_full_control, headers.grant_full_control,
        "headers.grant_full_control");
    encode_tags(build, headers.tags);
}

/// Bits a second; 0 is not sent.
template <class Dialect>
void encode_traffic_limit(request_builder<Dialect>& build, std::uint64_t bits_per_second)
{
    if (bits_per_second == 0)
        return;
    if (!Dialect::limits_traffic)
        return build.refuse(
            errc::invalid_argument, "the service limits no traffic", "traffic_limit");
    if (bits_per_second < lowest_traffic_limit || bits_per_second > highest_traffic_limit)
        return build.refuse(
            errc::invalid_argument, "must be 819200 to 838860800 bits a second", "traffic_limit");
    build.header(Dialect::header::traffic_limit, std::to_string(bits_per_second));
}

/// `names` are those of the request's own conditions, or of conditions on the source of a copy.
struct condition_headers
{
    std::string_view if_match = "If-Match";
    std::string_view if_none_match = "If-None-Match";
    std::string_view if_modified_since = "If-Modified-Since";
    std::string_view if_unmodified_since = "If-Unmodified-Since";
};

template <class Dialect>
void encode_conditions(request_builder<Dialect>& build, const conditions& when,
    const condition_headers& names = {}, std::string_view field = "conditions")
{
    build.optional_header(names.if_match, when.if_match, field);
    build.optional_header(names.if_none_match, when.if_none_match, field);
    build.optional_header(names.if_modified_since, when.if_modified_since, field);
    build.optional_header(names.if_unmodified_since, when.if_unmodified_since, field);
}

template <class Dialect>
void encode_overrides(request_builder<Dialect>& build, const response_overrides& overrides)
{
    const auto add = [&build](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        if (!http::is_sendable_value(value))
            return build.refuse(errc::invalid_header, "must be visible ASCII", "overrides");
        build.parameter(name, value, "overrides");
    };
    add("response-content-type", overrides.content_type);
    add("response-content-language", overrides.content_language);
    add("response-expires", overrides.expires);
    add("response-cache-control", overrides.cache_control);
    add("response-content-disposition", overrides.content_disposition);
    add("response-content-encoding", overrides.content_encoding);
}

template <class Dialect>
void encode_range(request_builder<Dialect>& build, const byte_range& range)
{
    if (const auto problem = range.problem(); !problem.empty())
        return build.refuse(errc::invalid_range, problem, "range");
    if (!range.is_whole())
        build.header("Range", range.header_value());
    build.expected().range = range;
}

} // namespace cosio::inline v0::operation

#endif
