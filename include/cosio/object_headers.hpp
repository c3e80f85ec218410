// SPDX-License-Identifier: MIT
//
// What is stored with an object besides its bytes, given when it is written.

#ifndef COSIO_OBJECT_HEADERS_HPP
#define COSIO_OBJECT_HEADERS_HPP

#include <cosio/http/field.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// A name and a value, by reference: metadata, without the prefix of its header.
using header = http::field;

/// A tag of an object, not encoded.
struct tag
{
    std::string_view key{};
    std::string_view value{};
};

/// Where the service keeps an object. `unspecified` leaves the choice to it (STANDARD).
enum class storage_class {
    unspecified,
    standard,
    standard_ia,
    intelligent_tiering,
    archive,
    deep_archive,
    cold,
    maz_standard,
    maz_standard_ia,
    maz_intelligent_tiering,
};

/// As the header carries it; empty for `unspecified`.
[[nodiscard]] constexpr std::string_view name_of(storage_class value) noexcept
{
    switch (value) {
    case storage_class::unspecified: return {};
    case storage_class::standard: return "STANDARD";
    case storage_class::standard_ia: return "STANDARD_IA";
    case storage_class::intelligent_tiering: return "INTELLIGENT_TIERING";
    case storage_class::archive: return "ARCHIVE";
    case storage_class::deep_archive: return "DEEP_ARCHIVE";
    case storage_class::cold: return "COLD";
    case storage_class::maz_standard: return "MAZ_STANDARD";
    case storage_class::maz_standard_ia: return "MAZ_STANDARD_IA";
    case storage_class::maz_intelligent_tiering: return "MAZ_INTELLIGENT_TIERING";
    }
    return {};
}

/// Who may read an object. Encrypted objects are never readable anonymously, whatever this says.
enum class acl {
    unspecified,
    bucket_default, ///< Inherited from the bucket.
    private_,
    public_read,
};

/// As the header carries it; empty for `unspecified`.
[[nodiscard]] constexpr std::string_view name_of(acl value) noexcept
{
    switch (value) {
    case acl::unspecified: return {};
    case acl::bucket_default: return "default";
    case acl::private_: return "private";
    case acl::public_read: return "public-read";
    }
    return {};
}

/// Headers of an object that is created. All members are optional; all views are copied when the
/// operation is started. Values must be visible ASCII, encode anything else.
struct object_headers
{
    std::string_view content_type{};
    std::string_view cache_control{};
    std::string_view content_disposition{};
    std::string_view content_encoding{};
    std::string_view content_language{};
    std::optional<std::chrono::sys_seconds> expires{};
    /// Names without prefix, each once whatever its case: of letters, digits and hyphens, on S3 any
    /// token of HTTP; at most 2 KiB in all (source: COS documentation, "PUT Object").
    std::span<const header> metadata{};
    cosio::storage_class storage_class{};
    cosio::acl acl{};
    /// Grants in the service's form: `id="100000000011",id="100000000022"`.
    std::string_view grant_read{};
    std::string_view grant_read_acp{};
    std::string_view grant_write_acp{};
    std::string_view grant_full_control{};
    /// At most 10.
    std::span<const tag> tags{};
    /// Content headers and metadata are those of an object that the service holds, as a reply told
    /// them: the rules for what is created, such as visible ASCII, do not apply to them.
    bool as_stored = false;
    /// With `as_stored`: the value of `Expires`, which need not be a date; `expires` goes first.
    std::string_view stored_expires{};
    /// The storage class in the service's own words, as a reply told it; `storage_class` goes
    /// first.
    std::string_view stored_storage_class{};
};

/// When a read is answered at all: an ETag or a time, as RFC 9110, 13.1 has them.
struct conditions
{
    /// An ETag in its quotes, or `*`; otherwise `condition::precondition_failed`.
    std::string_view if_match{};
    /// An ETag in its quotes, or `*`; otherwise `condition::not_modified`.
    std::string_view if_none_match{};
    std::optional<std::chrono::sys_seconds> if_modified_since{};
    std::optional<std::chrono::sys_seconds> if_unmodified_since{};
};

/// Headers that a download is answered with instead of those stored. Signed requests only.
struct response_overrides
{
    std::string_view content_type{};
    std::string_view content_language{};
    std::string_view expires{};
    std::string_view cache_control{};
    std::string_view content_disposition{};
    std::string_view content_encoding{};
};

static_assert(std::is_trivially_destructible_v<object_headers>);
static_assert(std::is_trivially_destructible_v<conditions>);
static_assert(std::is_trivially_destructible_v<response_overrides>);

} // namespace cosio::inline v0

#endif
