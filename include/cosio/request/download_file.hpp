// SPDX-License-Identifier: MIT
//
// What a download into a file is asked for.

#ifndef COSIO_REQUEST_DOWNLOAD_FILE_HPP
#define COSIO_REQUEST_DOWNLOAD_FILE_HPP

#include <cosio/request/transfer_options.hpp>
#include <cosio/sse.hpp>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Reads an object into a file.
///
/// The file is as it was until the object has been received whole, its CRC64 compared and its bytes
/// written to the disk; then it is replaced at once. Until then they are in a temporary file beside
/// it, `.cosio-<target>-<random>.partial` or, if a checkpoint may refer to it,
/// `.cosio-<target>-<random>-<checkpoint>.partial`, each of them 16 hexadecimal digits. A run keeps
/// its own locked (`flock`); what runs that were killed have left for the same target the next one
/// removes, but for what another checkpoint may refer to and, on a file system of several machines,
/// what is not a day old. Where a file is to be replaced, both have its permissions and its
/// group, or less where the process may not give it that group; its owner too where the process may
/// give files away. What makes it run as somebody else and an access control list are not passed
/// on, and other hard links to it keep the old bytes. A file that the process may not write to is
/// not replaced, and in a directory that it may not write to nothing is: the system's error, before
/// anything is asked for. An object that is replaced meanwhile is `errc::object_changed`.
///
/// Symbolic links are followed: the file that they lead to is replaced, or made where there is none
/// yet. A link or a pipe of another user in a directory that everybody may write to (`/tmp`) is
/// refused. What is there and cannot be replaced is written to in order, by one request: a device, a
/// named pipe (once somebody reads it), or an open descriptor that is named as `/dev/stdout`,
/// `/dev/fd/N` or `/proc/self/fd/N`. What a failed download wrote there cannot be taken back, and
/// its checksum is compared after the last byte only; with a checkpoint it is refused. A directory,
/// a socket and a block device are `errc::invalid_argument`.
///
/// With `options.checkpoint` a download that fails, is cancelled or killed goes on when the same
/// request is made again: ranges that were received are not asked for again, but read from the
/// temporary file and compared with their CRC64.
/// `errc::checkpoint_mismatch` says what is not as it was: bucket, key, object, part size,
/// encryption, customer key, temporary file; or that another run is at work with the checkpoint.
struct download_file_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of the file to be; its directory must be there.
    std::string_view path{};
    /// SSE-C objects need their key; it goes with every range.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<download_file_request>);

} // namespace cosio::inline v0

#endif
