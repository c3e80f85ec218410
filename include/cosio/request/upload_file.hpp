// SPDX-License-Identifier: MIT
//
// What an upload of a file is asked for.

#ifndef COSIO_REQUEST_UPLOAD_FILE_HPP
#define COSIO_REQUEST_UPLOAD_FILE_HPP

#include <cosio/object_headers.hpp>
#include <cosio/request/transfer_options.hpp>
#include <cosio/sse.hpp>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Stores a file as an object of up to 48.8 TiB, whole or not at all.
///
/// The CRC64 of each part, and of the object, is compared with the reply. A service that states
/// none gets the MD5 of each part to compare, for which the file is read twice. A file that is
/// written to meanwhile fails the upload with `errc::file_changed`.
///
/// With `options.checkpoint` an upload in parts that fails, is cancelled or killed goes on when the
/// same request is made again, in this or another process, one at a time: parts that the service
/// has are not sent again. `errc::checkpoint_mismatch` says what is not as it was: bucket, key,
/// file, part size, encryption, customer key. The checkpoint is removed once the object is there;
/// it holds no key, only a salted fingerprint of it.
struct upload_file_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of a regular file.
    std::string_view path{};
    /// How the object is encrypted at rest. SSE-C goes with every part, the others are named once.
    cosio::sse::on_write sse{};
    object_headers headers{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<upload_file_request>);

} // namespace cosio::inline v0

#endif
