// SPDX-License-Identifier: MIT
//
// What a transfer has done.

#ifndef COSIO_REQUEST_TRANSFER_RESULTS_HPP
#define COSIO_REQUEST_TRANSFER_RESULTS_HPP

#include <cosio/encryption.hpp>
#include <cosio/object_properties.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cosio::inline v0 {

/// An object that was written: by an upload, or by a copy.
struct upload_result
{
    /// Opaque, see `object_properties::etag`.
    std::string etag{};
    std::uint64_t size = 0;
    /// CRC64 of the object, before encryption: computed here for an upload, that of the source for
    /// a copy. Nothing when the source of a copy has none.
    std::optional<std::uint64_t> crc64{};
    /// Whether the service stated the same.
    bool crc64_verified = false;
    /// Whether the replies proved the MD5s that were sent along, of the body or of each part, where
    /// no CRC64 is stated: each ETag was that MD5. Never of a copy.
    bool md5_verified = false;
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    std::string version_id{};
    std::string request_id{};
    /// Parts of the upload; 0 when it was one request.
    std::uint32_t parts = 0;
    /// Of them, those that an earlier run had sent.
    std::uint32_t resumed_parts = 0;
};

/// An object that was read.
struct download_result : object_properties
{
    /// Bytes received, those of an earlier run included.
    std::uint64_t body_size = 0;
    /// Whether the service stated the CRC64 of the object; it then is that of the bytes.
    bool crc64_verified = false;
    /// Ranges that were asked for; 0 when it was one request.
    std::uint32_t parts = 0;
    /// Of them, those that an earlier run had received.
    std::uint32_t resumed_parts = 0;
};

} // namespace cosio::inline v0

#endif
