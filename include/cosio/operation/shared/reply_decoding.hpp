// SPDX-License-Identifier: MIT
//
// What replies have in common: identifiers, checksums, an object's properties.

#ifndef COSIO_OPERATION_SHARED_REPLY_DECODING_HPP
#define COSIO_OPERATION_SHARED_REPLY_DECODING_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/http/date.hpp>
#include <cosio/object_properties.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::operation {

template <class Dialect>
[[nodiscard]] std::string request_id_of(const reply& got)
{
    return std::string(got.head.get(Dialect::header::request_id));
}

/// The CRC64 a reply states. A value that is no number is an error, not an absence.
[[nodiscard]] inline result<std::optional<std::uint64_t>> parse_crc64(std::string_view text)
{
    if (text.empty())
        return std::optional<std::uint64_t>{};
    const auto sum = detail::parse_number<std::uint64_t>(text);
    if (!sum)
        return error(errc::malformed_response, "the CRC64 of the reply is not a number");
    return sum;
}

template <class Dialect>
[[nodiscard]] result<std::optional<std::uint64_t>> decode_crc64(const http::response_head& head)
{
    if constexpr (Dialect::states_crc64)
        return parse_crc64(head.get(Dialect::header::crc64));
    else
        return std::optional<std::uint64_t>{};
}

/// Errors: `errc::checksum_mismatch`. A service that states no CRC64 leaves nothing to compare.
[[nodiscard]] inline result<void> compare_crc64(
    std::uint64_t ours, const std::optional<std::uint64_t>& theirs)
{
    if (!theirs || ours == *theirs)
        return {};
    return error(errc::checksum_mismatch,
        "CRC64 of the bytes is " + std::to_string(ours) + ", the reply says " +
            std::to_string(*theirs));
}

/// `ongoing-request="false", expiry-date="Mon, 13 Apr 2020 16:00:00 GMT"`.
[[nodiscard]] inline std::optional<restore_state> parse_restore_state(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    restore_state state;
    state.ongoing = text.find("ongoing-request=\"true\"") != std::string_view::npos;
    constexpr std::string_view marker = "expiry-date=\"";
    if (const auto start = text.find(marker); start != std::string_view::npos) {
        const auto date = text.substr(start + marker.size());
        state.expires = http::parse_date(date.substr(0, date.find('"')));
    }
    return state;
}

template <class Dialect>
[[nodiscard]] std::vector<metadata_entry> decode_metadata(const http::response_head& head)
{
    constexpr auto prefix = Dialect::header::metadata_prefix;
    std::vector<metadata_entry> metadata;
    for (std::size_t i = 0; i != head.size(); ++i) {
        const auto [name, value] = head[i];
        if (!detail::starts_with_ignoring_case(name, prefix))
            continue;
        auto& entry = metadata.emplace_back();
        entry.name = name.substr(prefix.size());
        std::ranges::transform(entry.name, entry.name.begin(), detail::to_lower);
        entry.value = value;
    }
    return metadata;
}

/// All but `size`, which depends on what was asked for.
template <class Dialect>
[[nodiscard]] result<void> decode_properties(
    const http::response_head& head, object_properties& out)
{
    using header = typename Dialect::header;
    const auto crc64 = decode_crc64<Dialect>(head);
    if (!crc64)
        return crc64.error();
    out.crc64 = *crc64;
    out.etag = head.get("ETag");
    out.sse = decode_encryption<Dialect>(head);
    out.content_type = head.get("Content-Type");
    out.cache_control = head.get("Cache-Control");
    out.content_disposition = head.get("Content-Disposition");
    out.content_encoding = Dialect::stored_content_encoding(head.get("Content-Encoding"));
    out.content_language = head.get("Content-Language");
    out.expires = head.get("Expires");
    out.last_modified = http::parse_date(head.get("Last-Modified"));
    out.metadata = decode_metadata<Dialect>(head);
    out.storage_class = head.find(header::storage_class).value_or("STANDARD");
    out.version_id = head.get(header::version_id);
    out.restore = parse_restore_state(head.get(header::restore));
    out.request_id = head.get(header::request_id);
    return {};
}

} // namespace cosio::inline v0::operation

#endif
