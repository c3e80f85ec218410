// SPDX-License-Identifier: MIT
//
// What Initiate Multipart Upload is asked for, and what comes of it.

#ifndef COSIO_REQUEST_INITIATE_MULTIPART_UPLOAD_HPP
#define COSIO_REQUEST_INITIATE_MULTIPART_UPLOAD_HPP

#include <cosio/encryption.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/sse.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Begins an upload. Its parts cost storage until the upload is completed or aborted.
///
/// Not idempotent: each call begins another upload.
struct initiate_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// Of the object to be. SSE-COS and SSE-KMS are named here alone; the key of SSE-C goes with
    /// every part as well.
    cosio::sse::on_write sse{};
    object_headers headers{};
};

static_assert(std::is_trivially_destructible_v<initiate_multipart_upload_request>);

struct initiate_multipart_upload_result
{
    /// Opaque; names the upload in every request that belongs to it.
    std::string upload_id{};
    /// As the reply confirms it; compared with what was asked for.
    encryption sse{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
