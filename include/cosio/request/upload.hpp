// SPDX-License-Identifier: MIT
//
// What an upload of a body of any size is asked for.

#ifndef COSIO_REQUEST_UPLOAD_HPP
#define COSIO_REQUEST_UPLOAD_HPP

#include <cosio/body.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/request/transfer_options.hpp>
#include <cosio/sse.hpp>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Stores a body as an object, in parts when it is large.
///
/// Bytes in memory are sent from where they are. A source is read once, in order, part by part into
/// memory, from where each part can be sent again: it need not rewind, nor know its size. It goes
/// in parts when it has more than one of them, whatever the threshold; one that has more than
/// 10,000 parts of `options.part_size` fails with `errc::invalid_argument`. What was uploaded of a
/// failed or cancelled upload is removed; `options.checkpoint` has no effect.
struct upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    body_view body{};
    /// How the object is encrypted at rest. SSE-C goes with every part, the others are named once.
    cosio::sse::on_write sse{};
    object_headers headers{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<upload_request>);

} // namespace cosio::inline v0

#endif
