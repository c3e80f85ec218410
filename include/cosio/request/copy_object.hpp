// SPDX-License-Identifier: MIT
//
// What PUT Object - Copy is asked for, and what comes of it.

#ifndef COSIO_REQUEST_COPY_OBJECT_HPP
#define COSIO_REQUEST_COPY_OBJECT_HPP

#include <cosio/copy_source.hpp>
#include <cosio/encryption.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/sse.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// What becomes of the source's metadata and content headers.
enum class metadata_directive {
    copy,    ///< They are copied; those of the request must be empty.
    replace, ///< Those of the request take their place.
};

/// What becomes of the source's tags, when the request has none of its own.
enum class tagging_directive {
    copy,    ///< They are copied.
    replace, ///< They are not: the copy has those of the request alone.
};

/// Copies an object of up to 5 GB. Encryption, storage class and ACL are not inherited: unless
/// `sse` asks for it, the copy is encrypted only if the bucket's default says so.
///
/// Changing the encryption of an object in place is a copy onto itself with
/// `metadata_directive::replace`.
struct copy_object_request
{
    /// Of the copy.
    std::string_view bucket{};
    /// Of the copy.
    std::string_view key{};
    cosio::copy_source copy_source{};
    /// How the copy is encrypted; independent of the source.
    cosio::sse::on_write sse{};
    metadata_directive directive = metadata_directive::copy;
    /// Tags of the request replace those of the source in any case.
    tagging_directive tagging = tagging_directive::copy;
    /// Content headers and metadata need `metadata_directive::replace`; storage class, ACL and
    /// tags take effect in any case.
    object_headers headers{};
};

static_assert(std::is_trivially_destructible_v<copy_object_request>);

struct copy_object_result
{
    /// Of the copy. Opaque, see `object_properties::etag`.
    std::string etag{};
    /// CRC64 of the copy, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Of the copy, as the reply confirms it; compared with what was asked for.
    encryption sse{};
    std::optional<std::chrono::sys_seconds> last_modified{};
    /// Of the copy, when its bucket has versioning.
    std::string version_id{};
    /// Of the source, when one was named.
    std::string source_version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
