// SPDX-License-Identifier: MIT
//
// What List Parts is asked for, and what comes of it.

#ifndef COSIO_REQUEST_LIST_PARTS_HPP
#define COSIO_REQUEST_LIST_PARTS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cosio::inline v0 {

/// Lists up to 1000 parts of an upload, by number.
struct list_parts_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view upload_id{};
    /// Only parts after this number.
    std::uint32_t part_number_marker = 0;
    /// At most 1000; 0: the service's default, 1000.
    std::uint32_t max_parts = 0;
};

static_assert(std::is_trivially_destructible_v<list_parts_request>);

struct part_summary
{
    std::uint32_t part_number = 0;
    std::string etag{};
    std::uint64_t size = 0;
    std::optional<std::chrono::sys_seconds> last_modified{};
};

struct list_parts_result
{
    std::vector<part_summary> parts{};
    bool is_truncated = false;
    /// The `part_number_marker` of the next page, when there is one.
    std::uint32_t next_part_number_marker = 0;
    std::string storage_class{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
