// SPDX-License-Identifier: MIT
//
// What HEAD Object is asked for, and what comes of it.

#ifndef COSIO_REQUEST_HEAD_OBJECT_HPP
#define COSIO_REQUEST_HEAD_OBJECT_HPP

#include <cosio/object_headers.hpp>
#include <cosio/object_properties.hpp>
#include <cosio/sse.hpp>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// Asks for an object's properties. SSE-C objects need their key for this too.
///
/// Refusals of HEAD have no body: a missing key and a wrong one are both `condition::
/// invalid_request` with HTTP status 400, an absent object is `condition::not_found`.
struct head_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    cosio::conditions conditions{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<head_object_request>);

struct head_object_result : object_properties
{};

} // namespace cosio::inline v0

#endif
