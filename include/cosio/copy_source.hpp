// SPDX-License-Identifier: MIT
//
// The object that a copy reads.

#ifndef COSIO_COPY_SOURCE_HPP
#define COSIO_COPY_SOURCE_HPP

#include <cosio/object_headers.hpp>
#include <cosio/sse.hpp>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// The source of a copy: an object, maybe in another bucket or region, with the key to read it.
struct copy_source
{
    std::string_view bucket{};
    std::string_view key{};
    /// Needed for SSE-C sources only; independent of the destination's encryption.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    /// Of the source's bucket; empty: the client's own.
    std::string_view region{};
    /// Any one that fails is `condition::precondition_failed`.
    cosio::conditions conditions{};
};

static_assert(std::is_trivially_destructible_v<copy_source>);

} // namespace cosio::inline v0

#endif
