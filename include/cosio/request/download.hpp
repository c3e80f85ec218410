// SPDX-License-Identifier: MIT
//
// What a download into memory or to a sink is asked for.

#ifndef COSIO_REQUEST_DOWNLOAD_HPP
#define COSIO_REQUEST_DOWNLOAD_HPP

#include <cosio/request/transfer_options.hpp>
#include <cosio/sse.hpp>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Reads an object into memory or to a sink. A connection that breaks is replaced, and the download
/// goes on from the byte it had come to; an object that is replaced meanwhile is
/// `errc::object_changed`.
///
/// After an error the buffer, or what the sink has taken, is part of an object or wrong.
/// `options.checkpoint` has no effect here.
struct download_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// SSE-C objects need their key.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<download_request>);

} // namespace cosio::inline v0

#endif
