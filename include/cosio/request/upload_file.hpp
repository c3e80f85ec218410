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
/// none gets the MD5 of each part to compare, for which the file is read twice.
///
/// A file that does not keep to the size it states (in /proc or /sys), a pipe and a device are read
/// until they end, as by `upload_request`: nothing of them can be resumed, `options.checkpoint` has
/// no effect.
///
/// Any other file makes an object of one state of it, or none. `errc::file_changed`: its size, its
/// inode or its time of modification is another at the end, or its time of change is, and so are
/// the bytes of a part that was sent, which are read again then. A file that was changed just before
/// is waited for, some 20 ms (two seconds where the file system counts whole ones), so that a later
/// change has another time. What cannot be seen while an upload runs: bytes written by way of a
/// mapping, of which the system notes only the first until it writes them to the disk (tmpfs: none);
/// the rest of a single call that was writing already when the file was opened; on a network file
/// system, what another machine wrote within the time for which attributes are cached. With
/// `compare_at_end` all of that can.
///
/// With `options.checkpoint` an upload in parts that fails, is cancelled or killed goes on when the
/// same request is made again, in this or another process, one at a time: parts that the service
/// has, and whose CRC64 is that of the bytes which the file has in their places now, are not sent
/// again. `errc::checkpoint_mismatch` says what is not as it was: bucket, key, size, time of
/// modification or inode of the file, part size, encryption, customer key. The checkpoint is removed
/// once the object is there; it holds no key, only a salted fingerprint of it. Of a run that is
/// killed before it could write down its upload, that upload stays at the service, without parts.
struct upload_file_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of anything that can be read, but a directory.
    std::string_view path{};
    /// How the object is encrypted at rest. SSE-C goes with every part, the others are named once.
    cosio::sse::on_write sse{};
    object_headers headers{};
    transfer_options options{};
    /// Reads all of the file again before its object is made of the parts, which even a small one
    /// goes in then, and compares: what no time of the file tells is noticed, too.
    bool compare_at_end = false;
};

static_assert(std::is_trivially_destructible_v<upload_file_request>);

} // namespace cosio::inline v0

#endif
