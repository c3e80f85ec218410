// SPDX-License-Identifier: MIT
//
// How a transfer is carried out.

#ifndef COSIO_REQUEST_TRANSFER_OPTIONS_HPP
#define COSIO_REQUEST_TRANSFER_OPTIONS_HPP

#include <cosio/request/progress.hpp>
#include <cosio/timeouts.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// What becomes of an upload that fails or is cancelled.
enum class unfinished_upload {
    /// Kept when there is a checkpoint to resume it from, aborted otherwise.
    keep_if_resumable,
    /// Aborted, and the checkpoint removed.
    abort,
};

/// How a transfer is cut up. All views are copied when the transfer is started, but `on_progress`.
struct transfer_options
{
    /// Bytes of one part; 1 MiB to 5 GiB, grown when the object has too many of them. A transfer
    /// holds at most `part_size` * `parallelism` bytes plus a constant, and where its source or
    /// destination is a file only some 256 KiB of each part; for a source of unknown length, whose
    /// parts grow, see `upload_request`.
    std::uint64_t part_size = 8 * 1024 * 1024;
    /// Parts under way at once; at least 1.
    std::uint32_t parallelism = 5;
    /// An object of at most this size is transferred by one request; an upload of more than 5 GiB
    /// never is.
    std::uint64_t threshold = 16 * 1024 * 1024;
    /// Told of every step.
    progress_view on_progress{};
    /// A file that lets another run go on where this one ended, see `upload_file_request` and
    /// `download_file_request`; empty: an interrupted transfer begins anew. A run keeps it locked, and
    /// neither replaces nor removes one that it has not loaded or written:
    /// `errc::checkpoint_mismatch`. Where the file system has no locks, one run at a time is up to
    /// the caller. When a disk is full it stays as it was written last.
    std::string_view checkpoint{};
    /// The checkpoint is written after the first part, then this often at most: parts that were
    /// done since may have to be done again after a crash.
    std::chrono::milliseconds checkpoint_interval{1000};
    unfinished_upload on_failure = unfinished_upload::keep_if_resumable;
    /// From the call to the end of the transfer; at most as long as that, and then some for cleaning
    /// up, ten seconds at most where an upload is aborted. A transfer that takes longer ends with
    /// `errc::total_timeout`, and leaves what one that is cancelled leaves: it can be resumed in the
    /// same way. Each request within it has the `timeout_settings` of the client besides.
    timeout total = no_timeout;
    /// Lets parts be smaller than COS allows, for services that take them, such as the emulator
    /// with `emulator_options::minimum_part_size`.
    bool allow_small_parts = false;
};

static_assert(std::is_trivially_destructible_v<transfer_options>);

} // namespace cosio::inline v0

#endif
