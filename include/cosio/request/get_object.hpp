// SPDX-License-Identifier: MIT
//
// What GET Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_GET_OBJECT_HPP
#define COSIO_REQUEST_GET_OBJECT_HPP

#include <cosio/byte_range.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/object_properties.hpp>
#include <cosio/sse.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Reads an object: into a string, into a buffer, or as a stream, see the members of `client`.
///
/// SSE-COS and SSE-KMS objects need no key: `sse` names one for SSE-C objects only, and then the
/// reply must confirm that the object is encrypted with it.
struct get_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    /// A reply with other bytes than these, the whole object included, is an error.
    byte_range range{};
    cosio::conditions conditions{};
    response_overrides overrides{};
    std::string_view version_id{};
    /// Bits a second, 819200 to 838860800; 0: no limit.
    std::uint64_t traffic_limit = 0;
    /// The most bytes to hold, for reading into a string; more is
    /// `errc::destination_too_small`.
    std::uint64_t maximum_size = std::numeric_limits<std::uint64_t>::max();
};

static_assert(std::is_trivially_destructible_v<get_object_request>);

/// An object and where its bytes went.
struct get_object_result : object_properties
{
    /// Of `get_object`: the bytes.
    std::string body{};
    /// Bytes received.
    std::uint64_t body_size = 0;
    /// Of a ranged read: which bytes they are.
    std::optional<content_range> range{};
    /// Whether the reply stated a CRC64 of what was received; it then was that of the bytes. Never
    /// for a range, as the service states that of the whole object.
    bool crc64_verified = false;
};

} // namespace cosio::inline v0

#endif
