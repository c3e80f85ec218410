// SPDX-License-Identifier: MIT
//
// A header field.

#ifndef COSIO_HTTP_FIELD_HPP
#define COSIO_HTTP_FIELD_HPP

#include <string_view>

namespace cosio::inline v0::http {

/// A header field. Both views belong to whoever made it.
struct field
{
    std::string_view name{};
    std::string_view value{};
};

} // namespace cosio::inline v0::http

#endif
