// SPDX-License-Identifier: MIT
//
// What DELETE Multiple Objects is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DELETE_OBJECTS_HPP
#define COSIO_REQUEST_DELETE_OBJECTS_HPP

#include <cosio/service_errc.hpp>

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cosio::inline v0 {

/// One object, or one version of it.
struct object_identifier
{
    std::string_view key{};
    std::string_view version_id{};
};

/// Deletes up to 1000 objects. Succeeds as a whole even when some objects could not be deleted:
/// look at `delete_objects_result::failed`.
struct delete_objects_request
{
    std::string_view bucket{};
    /// 1 to 1000.
    std::span<const object_identifier> objects{};
    /// Whether the reply names only those that could not be deleted.
    bool quiet = false;
};

static_assert(std::is_trivially_destructible_v<delete_objects_request>);

struct deleted_object
{
    std::string key{};
    std::string version_id{};
    bool delete_marker = false;
    std::string delete_marker_version_id{};
};

struct failed_deletion
{
    std::string key{};
    std::string version_id{};
    service_errc code = service_errc::unknown;
    std::string service_code{};
    std::string message{};
};

/// Every object asked for is in one of the lists, unless the request was quiet.
struct delete_objects_result
{
    std::vector<deleted_object> deleted{};
    std::vector<failed_deletion> failed{};
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
