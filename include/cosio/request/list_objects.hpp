// SPDX-License-Identifier: MIT
//
// What GET Bucket (List Objects) is asked for, and what comes of it.

#ifndef COSIO_REQUEST_LIST_OBJECTS_HPP
#define COSIO_REQUEST_LIST_OBJECTS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cosio::inline v0 {

/// Lists up to 1000 objects in the order of their UTF-8 bytes.
struct list_objects_request
{
    std::string_view bucket{};
    /// Only keys that begin with this.
    std::string_view prefix{};
    /// One character, usually `/`: keys that share what comes before it are listed as one
    /// `common_prefixes` entry.
    std::string_view delimiter{};
    /// Only keys after this one.
    std::string_view marker{};
    /// Where the page before ended, by its `next_continuation_token`; counts before `marker`.
    /// Services that give no tokens go on from `marker`.
    std::string_view continuation_token{};
    /// At most 1000; 0: the service's default, 1000.
    std::uint32_t max_keys = 0;
};

static_assert(std::is_trivially_destructible_v<list_objects_request>);

struct object_summary
{
    std::string key{};
    std::string etag{};
    std::uint64_t size = 0;
    std::optional<std::chrono::sys_seconds> last_modified{};
    std::string storage_class{};
    std::string storage_tier{};
    /// Of archived objects: `ONGOING`, `DONE` or `FAILED`.
    std::string restore_status{};
};

struct list_objects_result
{
    std::vector<object_summary> objects{};
    std::vector<std::string> common_prefixes{};
    bool is_truncated = false;
    /// The `marker` of the next page, when there is one; empty from services that give tokens.
    std::string next_marker{};
    /// The `continuation_token` of the next page, from services that give tokens.
    std::string next_continuation_token{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
