// SPDX-License-Identifier: MIT
//
// What Complete Multipart Upload is asked for, and what comes of it.

#ifndef COSIO_REQUEST_COMPLETE_MULTIPART_UPLOAD_HPP
#define COSIO_REQUEST_COMPLETE_MULTIPART_UPLOAD_HPP

#include <cosio/encryption.hpp>
#include <cosio/sse.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// A part as completing the upload names it.
struct completed_part
{
    std::uint32_t part_number = 0;
    /// As `upload_part` or `upload_part_copy` yielded it.
    std::string_view etag{};
};

/// Makes an object of an upload's parts. May take minutes for large objects.
///
/// Idempotent in effect, but a repetition after success is answered with
/// `service_errc::no_such_upload`.
struct complete_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// Ascending by number, no gaps (source: COS documentation; S3 allows gaps).
    std::span<const completed_part> parts{};
    /// What the upload was initiated with. Not sent; the reply must confirm it. Where the service
    /// may say nothing here, as S3, only a reply that says otherwise is an error.
    cosio::sse::on_write expected_sse{};
    /// What the CRC64 of the whole object must be, see `crypto::crc64_combine`. Not sent; compared
    /// with the reply when it states one.
    std::optional<std::uint64_t> expected_crc64{};
};

static_assert(std::is_trivially_destructible_v<complete_multipart_upload_request>);

struct complete_multipart_upload_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    /// URL of the object, without signature.
    std::string location{};
    /// Of the whole object, before encryption; absent when one of its parts has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether `expected_crc64` was given and the reply stated the same.
    bool crc64_verified = false;
    encryption sse{};
    std::string version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
