// SPDX-License-Identifier: MIT
//
// What DELETE Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_DELETE_OBJECT_HPP
#define COSIO_REQUEST_DELETE_OBJECT_HPP

#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Deletes an object, or one version of it. Deleting what is not there succeeds.
///
/// In a bucket with versioning, an object without `version_id` gets a delete marker instead.
struct delete_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<delete_object_request>);

struct delete_object_result
{
    /// Of the version deleted, or of the delete marker made; empty without versioning.
    std::string version_id{};
    /// Whether that is a delete marker.
    bool delete_marker = false;
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
