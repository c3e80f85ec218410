// SPDX-License-Identifier: MIT
//
// What Upload Part - Copy is asked for, and what comes of it.

#ifndef COSIO_REQUEST_UPLOAD_PART_COPY_HPP
#define COSIO_REQUEST_UPLOAD_PART_COPY_HPP

#include <cosio/byte_range.hpp>
#include <cosio/copy_source.hpp>
#include <cosio/encryption.hpp>
#include <cosio/sse.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Makes a part from an object, or from a range of it, without the bytes passing through here.
struct upload_part_copy_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// 1 to 10000.
    std::uint32_t part_number = 0;
    cosio::copy_source copy_source{};
    /// Whole, or `byte_range::between`.
    byte_range source_range{};
    /// The key of the upload, if and only if it was initiated with SSE-C.
    cosio::sse::on_read sse{};
};

static_assert(std::is_trivially_destructible_v<upload_part_copy_request>);

struct upload_part_copy_result
{
    /// Opaque; completing the upload needs it.
    std::string etag{};
    std::optional<std::chrono::sys_seconds> last_modified{};
    /// CRC64 of the part, if the reply states it.
    std::optional<std::uint64_t> crc64{};
    /// As far as the reply states it. The documentation promises it for SSE-COS alone, so silence
    /// passes here; the replies to initiating and completing the upload prove its encryption.
    encryption sse{};
    std::string source_version_id{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
