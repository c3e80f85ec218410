// SPDX-License-Identifier: MIT

#ifndef COSIO_HTTP_METHOD_HPP
#define COSIO_HTTP_METHOD_HPP

#include <string_view>

namespace cosio::inline v0::http {

/// The methods that object storage uses.
enum class method { get, head, put, post, delete_ };

/// As on the request line.
[[nodiscard]] constexpr std::string_view name_of(method value) noexcept
{
    switch (value) {
    case method::get: return "GET";
    case method::head: return "HEAD";
    case method::put: return "PUT";
    case method::post: return "POST";
    case method::delete_: break;
    }
    return "DELETE";
}

/// As q-sign hashes it.
[[nodiscard]] constexpr std::string_view lower_case_name_of(method value) noexcept
{
    switch (value) {
    case method::get: return "get";
    case method::head: return "head";
    case method::put: return "put";
    case method::post: return "post";
    case method::delete_: break;
    }
    return "delete";
}

} // namespace cosio::inline v0::http

#endif
