// SPDX-License-Identifier: MIT
//
// What Abort Multipart Upload is asked for, and what comes of it.

#ifndef COSIO_REQUEST_ABORT_MULTIPART_UPLOAD_HPP
#define COSIO_REQUEST_ABORT_MULTIPART_UPLOAD_HPP

#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Deletes the parts of an upload. Abort again after a part that was still on its way.
struct abort_multipart_upload_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
};

static_assert(std::is_trivially_destructible_v<abort_multipart_upload_request>);

struct abort_multipart_upload_result
{
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
