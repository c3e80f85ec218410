// SPDX-License-Identifier: MIT
//
// What a download of a directory is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DOWNLOAD_DIRECTORY_HPP
#define COSIO_REQUEST_DOWNLOAD_DIRECTORY_HPP

#include <cosio/request/transfer_options.hpp>
#include <cosio/sse.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Reads each object whose key begins with `prefix` into a file below `path`: what follows the
/// prefix is its path there, folders are made as needed. Each file is written as `download_file`
/// does; the first that fails ends the whole, and those that are there stay.
///
/// A key that ends in a slash makes a folder, of an object without bytes. With bytes, or when it
/// is the prefix itself and does not end in a slash, it has no place and is `errc::unsafe_key`. So
/// is a key that is absolute, has a component `..`, `.`, empty, or like a drive, a backslash or a
/// control byte. None of the objects listed with such a key is written.
///
/// Symbolic links below `path` are not followed. Where a file would go and there is a link, a device
/// or anything else that is not a regular file, it stays as it is, and the download ends with an
/// error. Temporary files that runs which were killed have left in a directory that it writes to are
/// removed.
struct download_directory_request
{
    std::string_view bucket{};
    /// Such as `photos/2026/`; empty: all objects of the bucket.
    std::string_view prefix{};
    /// Of a directory that is there.
    std::string_view path{};
    /// SSE-C objects need their key: one for all of them.
    cosio::sse::on_read sse{};
    /// `parallelism` counts for the objects, and again for the ranges of each. `checkpoint` has no
    /// effect.
    transfer_options options{};
};

static_assert(std::is_trivially_destructible_v<download_directory_request>);

struct download_directory_result
{
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
};

} // namespace cosio::inline v0

#endif
