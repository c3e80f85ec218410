// SPDX-License-Identifier: MIT
//
// What PUT Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_PUT_OBJECT_HPP
#define COSIO_REQUEST_PUT_OBJECT_HPP

#include <cosio/body.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/encryption.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/sse.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Stores an object of up to 5 GB, whole or not at all; an object of that key is replaced.
///
/// The views are read when the operation is started, the body until it is done.
struct put_object_request
{
    /// `<name>-<appid>`, such as `examplebucket-1250000000`.
    std::string_view bucket{};
    /// 1 to 850 bytes of UTF-8.
    std::string_view key{};
    /// Sent chunked when it is a source that does not know its size.
    body_view body{};
    /// MD5 of the body, for the service to compare: `service_errc::bad_digest` when it is another
    /// one. S3 gets that of a body in memory in any case.
    std::optional<crypto::md5_value> content_md5{};
    /// SHA-256 of the body, which S3 signs over http: there a source has to come with it, unless
    /// `upload` or `upload_file` reads it. Not looked at over https, nor by COS.
    std::optional<crypto::sha256_value> content_sha256{};
    /// How the object is encrypted at rest.
    cosio::sse::on_write sse{};
    object_headers headers{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
};

static_assert(std::is_trivially_destructible_v<put_object_request>);

/// What the service stored.
struct put_object_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    /// The service's CRC64 of the object, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply stated a CRC64; it then was that of the bytes sent.
    bool crc64_verified = false;
    /// CRC64 of the bytes that were sent, whatever the reply stated.
    std::uint64_t sent_crc64 = 0;
    /// Whether the reply proved the MD5 that was sent along (`content_md5` of the request, or that
    /// of a body in memory, to services that state no CRC64): the ETag is that MD5. Of objects with
    /// SSE-C or SSE-KMS it mostly is not, though the service has compared it.
    bool md5_verified = false;
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    /// When versioning is enabled.
    std::string version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
