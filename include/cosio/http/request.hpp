// SPDX-License-Identifier: MIT
//
// What does not change from one attempt of a request to the next.

#ifndef COSIO_HTTP_REQUEST_HPP
#define COSIO_HTTP_REQUEST_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/http/method.hpp>
#include <cosio/http/target.hpp>

#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// A request without what each attempt adds to it: Host, User-Agent, token, signature.
struct request
{
    http::method method = http::method::get;
    http::target target{};
    field_list fields{};
};

/// Appends the head of one attempt: request line, the attempt's own fields, the request's, and the
/// blank line.
inline void append_request_head(
    crypto::secret_buffer& out, const request& what, const field_list& attempt_fields)
{
    out.append(name_of(what.method), " ", what.target.text(), " HTTP/1.1\r\n",
        attempt_fields.text(), what.fields.text(), "\r\n");
}

} // namespace cosio::inline v0::http

#endif
