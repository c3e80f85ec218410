// SPDX-License-Identifier: MIT
//
// What replies have in common: identifiers, checksums, an object's properties.

#ifndef COSIO_OPERATION_SHARED_REPLY_DECODING_HPP
#define COSIO_OPERATION_SHARED_REPLY_DECODING_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/dialect/composite_etag.hpp>
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

/// A view into the head, which decoding leaves as it is.
template <class Dialect>
[[nodiscard]] std::string_view request_id_of(const reply& got)
{
    return request_id_in<Dialect>(got.head);
}

/// A result that `fill` completes where it stays: some of them hold much. `fill` is given a
/// `Result&` and yields a `result<void>`.
template <class Result, class Fill>
[[nodiscard]] result<Result> filled(Fill&& fill)
{
    result<Result> made;
    if (auto done = fill(*made); !done)
        made = std::move(done).error();
    return made;
}

/// The result of an operation whose reply is `got`. The network lets `Operation::decode` fill a new
/// result where it stays instead.
template <class Operation>
[[nodiscard]] result<typename Operation::result_type> decoded(
    const expectation& expected, reply&& got)
{
    return filled<typename Operation::result_type>(
        [&](auto& out) { return Operation::decode(out, expected, std::move(got)); });
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

/// The field of a head that stands several times with different values, although a service writes
/// it once and results tell it as a fact; empty for none.
template <class Dialect>
[[nodiscard]] std::string_view contradictory_field(const http::response_head& head) noexcept
{
    using header = typename Dialect::header;
    std::string_view found;
    // Names that the compiler knows, so that it also knows what `may_repeat` makes of them.
    const auto look_for = [&](const auto&... names) {
        static_cast<void>(((head.may_repeat(names) && head.contradicts_itself(names) &&
                               !(found = names).empty()) ||
            ...));
    };
    look_for(std::string_view("ETag"), std::string_view("Content-Range"),
        std::string_view("Last-Modified"), header::encryption, header::kms_key_id,
        header::customer_algorithm, header::customer_key_md5, header::storage_class,
        header::restore, header::version_id, header::delete_marker);
    if constexpr (Dialect::states_crc64)
        if (found.empty())
            look_for(header::crc64);
    return found;
}

/// Errors: `errc::malformed_response`.
template <class Dialect>
[[nodiscard]] result<void> check_single_fields(const http::response_head& head)
{
    if (const auto name = contradictory_field<Dialect>(head); !name.empty())
        return error(errc::malformed_response,
            std::string("the reply has ").append(name).append(" several times, and they differ"));
    return {};
}

/// Whether an ETag, with or without its quotes, is that MD5 in hexadecimal.
[[nodiscard]] inline bool is_md5(std::string_view etag, const crypto::md5_value& md5)
{
    return dialect::md5_of_etag(etag) == md5;
}

/// Whether the reply proves that the service got the bytes that were sent: it states their MD5 as
/// the ETag. Other ETags, as of objects with SSE-C or SSE-KMS on Amazon, prove nothing; that an MD5
/// was sent along does not either.
[[nodiscard]] inline bool proves_md5(const http::response_head& head, const expectation& expected)
{
    return expected.content_md5 && is_md5(head.get("ETag"), *expected.content_md5);
}

/// `ongoing-request="false", expiry-date="Mon, 13 Apr 2020 16:00:00 GMT"`.
///
/// Errors: `errc::malformed_response`, when it says neither that it goes on nor that it has ended.
[[nodiscard]] inline result<std::optional<restore_state>> parse_restore_state(
    std::string_view text)
{
    if (text.empty())
        return std::optional<restore_state>();
    restore_state state;
    state.ongoing = text.find("ongoing-request=\"true\"") != std::string_view::npos;
    if (!state.ongoing && text.find("ongoing-request=\"false\"") == std::string_view::npos)
        return error(errc::malformed_response,
            "the state of the restore is neither ongoing-request=\"true\" nor \"false\"");
    constexpr std::string_view marker = "expiry-date=\"";
    if (const auto start = text.find(marker); start != std::string_view::npos) {
        const auto date = text.substr(start + marker.size());
        state.expires = http::parse_date(date.substr(0, date.find('"')));
    }
    return std::optional(state);
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
    const auto keep = [&head](std::string_view name, std::string& field) {
        if (const auto value = head.get(name); !value.empty())
            field = value;
    };
    keep("ETag", out.etag);
    out.sse = decode_encryption<Dialect>(head);
    keep("Content-Type", out.content_type);
    keep("Cache-Control", out.cache_control);
    keep("Content-Disposition", out.content_disposition);
    if (const auto coding = head.get("Content-Encoding"); !coding.empty())
        out.content_encoding = Dialect::stored_content_encoding(coding);
    keep("Content-Language", out.content_language);
    keep("Expires", out.expires);
    out.last_modified = http::parse_date(head.get("Last-Modified"));
    out.metadata = decode_metadata<Dialect>(head);
    out.storage_class = head.find(header::storage_class).value_or("STANDARD");
    keep(header::version_id, out.version_id);
    auto restore = parse_restore_state(head.get(header::restore));
    if (!restore)
        return std::move(restore).error();
    out.restore = *restore;
    out.request_id = request_id_in<Dialect>(head);
    return {};
}

} // namespace cosio::inline v0::operation

#endif
