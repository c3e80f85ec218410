// SPDX-License-Identifier: MIT
//
// Heads as they may be shown: values stay only under names that are known to be harmless.

#ifndef COSIO_HTTP_REDACTION_HPP
#define COSIO_HTTP_REDACTION_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/http/request.hpp>
#include <cosio/http/response_head.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// An allow-list: whatever is added to the protocol later is hidden until it is listed here.
[[nodiscard]] inline bool is_harmless_field(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 42> names{"accept-ranges", "cache-control",
        "connection", "content-disposition", "content-encoding", "content-language",
        "content-length", "content-md5", "content-range", "content-type", "date", "etag",
        "expires", "host", "if-match", "if-modified-since", "if-none-match",
        "if-unmodified-since", "last-modified", "range", "server", "transfer-encoding",
        "user-agent", "x-amz-bucket-region", "x-amz-content-sha256", "x-amz-copy-source-range",
        "x-amz-date", "x-amz-id-2", "x-amz-request-id", "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class",
        "x-amz-version-id", "x-cos-bucket-region", "x-cos-hash-crc64ecma", "x-cos-request-id",
        "x-cos-sdk-retry",
        "x-cos-server-side-encryption", "x-cos-server-side-encryption-customer-algorithm",
        "x-cos-storage-class", "x-cos-trace-id", "x-cos-version-id"};
    return std::ranges::any_of(
        names, [name](auto each) { return detail::equal_ignoring_case(each, name); });
}

[[nodiscard]] inline bool is_harmless_parameter(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 18> names{"delete", "delimiter",
        "encoding-type", "encryption", "key-marker", "list-type", "marker", "max-keys", "max-parts",
        "max-uploads", "partNumber", "part-number-marker", "prefix", "restore", "start-after",
        "uploads", "uploadId", "versionId"};
    return std::ranges::find(names, name) != names.end();
}

inline constexpr std::string_view hidden_value = "***";

template <class Fields>
void append_redacted_fields(std::string& out, const Fields& fields)
{
    for (std::size_t i = 0; i != fields.size(); ++i) {
        const field each = fields[i];
        out.append("\n  ").append(each.name).append(": ");
        out.append(is_harmless_field(each.name) ? each.value : hidden_value);
    }
}

/// The request line and fields, on several lines.
[[nodiscard]] inline std::string redacted_head(
    const request& what, const field_list& attempt_fields)
{
    std::string out(name_of(what.method));
    out.append(" ").append(what.target.path());
    for (std::size_t i = 0; i != what.target.parameter_count(); ++i) {
        const auto [name, value] = what.target.parameter_at(i);
        out.append(i == 0 ? "?" : "&").append(name).append("=");
        if (!value.empty())
            out.append(is_harmless_parameter(name) ? value : hidden_value);
    }
    append_redacted_fields(out, attempt_fields);
    append_redacted_fields(out, what.fields);
    return out;
}

/// The status and fields of a reply, on several lines.
[[nodiscard]] inline std::string redacted_head(const response_head& head)
{
    std::string out = "HTTP ";
    detail::append_number(out, head.status);
    append_redacted_fields(out, head);
    return out;
}

} // namespace cosio::inline v0::http

#endif
