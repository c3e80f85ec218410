// SPDX-License-Identifier: MIT
//
// What Upload Part is asked for, and what comes of it.

#ifndef COSIO_REQUEST_UPLOAD_PART_HPP
#define COSIO_REQUEST_UPLOAD_PART_HPP

#include <cosio/body.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/encryption.hpp>
#include <cosio/sse.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Uploads one part of 1 MB to 5 GB (the last one may be smaller). A part of the same number is
/// replaced.
struct upload_part_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// 1 to 10000.
    std::uint32_t part_number = 0;
    /// A source must know its size: parts cannot be sent chunked.
    body_view body{};
    /// MD5 of the body, for the service to compare: `service_errc::bad_digest` when it is another
    /// one. S3 gets that of a body in memory in any case.
    std::optional<crypto::md5_value> content_md5{};
    /// SHA-256 of the body, which S3 signs over http: there a source has to come with it, unless
    /// `upload` or `upload_file` reads it. Not looked at over https, nor by COS.
    std::optional<crypto::sha256_value> content_sha256{};
    /// The key of the upload, if and only if it was initiated with SSE-C.
    cosio::sse::on_read sse{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
};

static_assert(std::is_trivially_destructible_v<upload_part_request>);

struct upload_part_result
{
    /// Opaque; completing the upload needs it.
    std::string etag{};
    /// The service's CRC64 of the part, before encryption.
    std::optional<std::uint64_t> crc64{};
    /// Whether the reply stated a CRC64; it then was that of the bytes sent.
    bool crc64_verified = false;
    /// CRC64 of the bytes that were sent, whatever the reply stated.
    std::uint64_t sent_crc64 = 0;
    /// Whether the reply proved the MD5 that was sent along (`content_md5` of the request, or that
    /// of a body in memory, to services that state no CRC64): the ETag is that MD5. Of parts with
    /// SSE-C or SSE-KMS it mostly is not, though the service has compared it.
    bool md5_verified = false;
    /// As the reply states it; that of an SSE-C upload must be confirmed.
    encryption sse{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
