// SPDX-License-Identifier: MIT
//
// What a copy of any size is asked for.

#ifndef COSIO_REQUEST_COPY_HPP
#define COSIO_REQUEST_COPY_HPP

#include <cosio/copy_source.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/request/copy_object.hpp>
#include <cosio/request/transfer_options.hpp>
#include <cosio/sse.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Copies an object, from another bucket or region too; the bytes do not pass through here.
///
/// Encryption of source and copy are independent: mode, key and all. Metadata, content headers,
/// storage class and tags are those of the source, unless `headers` have their own or a directive
/// replaces them; the ACL is not inherited. A copy onto itself, which changes the encryption of an
/// object, keeps them as well.
///
/// For a copy in parts the tags are asked for first (GET Object tagging). It fails when they may
/// not be read, rather than to lose them: `headers.tags`, or `tagging_directive::replace`, spare it the
/// question. A service that has no tags has none to copy.
///
/// The source may not change meanwhile: `errc::object_changed`. The CRC64 of the copy is compared
/// with that of the source. What was copied of a failed or cancelled copy in parts is removed;
/// `options.checkpoint` has no effect.
struct copy_request
{
    /// Of the copy.
    std::string_view bucket{};
    /// Of the copy.
    std::string_view key{};
    cosio::copy_source copy_source{};
    /// How the copy is encrypted at rest.
    cosio::sse::on_write sse{};
    metadata_directive directive = metadata_directive::copy;
    tagging_directive tagging = tagging_directive::copy;
    /// With `metadata_directive::copy`: only storage class, ACL, grants and tags.
    object_headers headers{};
    /// More than 5 GiB are never copied by one request.
    transfer_options options{
        .part_size = 64 * 1024 * 1024, .threshold = std::uint64_t{256} * 1024 * 1024};
};

static_assert(std::is_trivially_destructible_v<copy_request>);

} // namespace cosio::inline v0

#endif
