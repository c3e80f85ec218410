// SPDX-License-Identifier: MIT
//
// What List Multipart Uploads is asked for, and what comes of it.

#ifndef COSIO_REQUEST_LIST_MULTIPART_UPLOADS_HPP
#define COSIO_REQUEST_LIST_MULTIPART_UPLOADS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cosio::inline v0 {

/// Lists up to 1000 uploads that were neither completed nor aborted, by key.
struct list_multipart_uploads_request
{
    std::string_view bucket{};
    std::string_view prefix{};
    std::string_view delimiter{};
    /// Only uploads after this key, or of this key after `upload_id_marker`.
    std::string_view key_marker{};
    std::string_view upload_id_marker{};
    /// At most 1000; 0: the service's default, 1000.
    std::uint32_t max_uploads = 0;
};

static_assert(std::is_trivially_destructible_v<list_multipart_uploads_request>);

struct upload_summary
{
    std::string key{};
    std::string upload_id{};
    std::optional<std::chrono::sys_seconds> initiated{};
    std::string storage_class{};
};

struct list_multipart_uploads_result
{
    std::vector<upload_summary> uploads{};
    std::vector<std::string> common_prefixes{};
    bool is_truncated = false;
    /// The markers of the next page, when there is one.
    std::string next_key_marker{};
    std::string next_upload_id_marker{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
