// SPDX-License-Identifier: MIT
//
// A request as a URL that anyone may use for a while.

#ifndef COSIO_PRESIGNED_URL_HPP
#define COSIO_PRESIGNED_URL_HPP

#include <string>
#include <string_view>
#include <vector>

namespace cosio::inline v0 {

/// A URL with a signature in it. Whoever has it can do what it says until it expires.
struct presigned_url
{
    std::string url{};
    std::string_view method{};
    /// Names of the headers that must be sent with it, with the values of the request it was made
    /// from: encryption and content headers. A key of SSE-C is not in the URL.
    std::vector<std::string> required_headers{};
};

} // namespace cosio::inline v0

#endif
