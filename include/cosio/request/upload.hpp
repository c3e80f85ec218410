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
/// in parts when it has more than one of them, whatever the threshold.
///
/// An object has 10,000 parts at most. Those of a source that knows its size are as large as that
/// takes. Of one that does not, the first 5,000 have `options.part_size` (39 GiB, if that is 8 MiB);
/// then the size doubles every 500 parts, up to 5 GiB, and as many are in memory at once as fit into
/// `part_size` * `parallelism` bytes, or two: 6.4 TiB can be stored that way, the last of it in
/// parts of 5 GiB. Whoever expects more than the first 5,000 parts hold does well to choose a larger
/// `part_size`. A source that does not end then fails with `errc::invalid_argument`.
///
/// A source that knows its size and yields more or less fails with `errc::body_size_mismatch`. What
/// was uploaded of a failed or cancelled upload is removed; `options.checkpoint` has no effect.
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
