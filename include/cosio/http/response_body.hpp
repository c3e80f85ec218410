// SPDX-License-Identifier: MIT
//
// Where the body of a reply ends, and whether it came whole.

#ifndef COSIO_HTTP_RESPONSE_BODY_HPP
#define COSIO_HTTP_RESPONSE_BODY_HPP

#include <cosio/http/chunked_decoder.hpp>
#include <cosio/http/method.hpp>
#include <cosio/http/response_head.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace cosio::inline v0::http {

/// How the end of a body is known (RFC 9112, section 6.3).
enum class framing {
    none,        ///< HEAD, 1xx, 204, 304: no body whatever the fields say.
    length,      ///< `Content-Length`.
    chunked,     ///< `Transfer-Encoding: chunked`.
    until_close, ///< Neither: the end of the connection is the end of the body.
};

[[nodiscard]] constexpr framing framing_of(
    method request, unsigned status, bool has_length, bool chunked) noexcept
{
    if (request == method::head || status < 200 || status == 204 || status == 304)
        return framing::none;
    if (chunked)
        return framing::chunked;
    return has_length ? framing::length : framing::until_close;
}

/// Takes the framing off the body of one reply.
class response_body
{
public:
    /// A body that is complete from the start.
    response_body() = default;

    response_body(method request, const response_head& head) noexcept
        : framing_(framing_of(
              request, head.status, head.content_length.has_value(), head.chunked)),
          left_(framing_ == framing::length ? *head.content_length : 0),
          done_(framing_ == framing::none || (framing_ == framing::length && left_ == 0))
    {}

    [[nodiscard]] framing kind() const noexcept { return framing_; }
    /// Whether the whole body has been decoded.
    [[nodiscard]] bool done() const noexcept { return done_; }
    /// Bytes of body still to come, when a length says so; 0 otherwise.
    [[nodiscard]] std::uint64_t known_left() const noexcept { return left_; }

    /// Decodes one step of `input`, at most one piece of payload; consumes nothing when it needs
    /// more bytes. Errors: `errc::malformed_response`, `errc::response_too_large`.
    [[nodiscard]] result<decoded_piece> next(std::string_view input)
    {
        if (framing_ == framing::chunked) {
            auto piece = chunks_.next(input);
            done_ = chunks_.done();
            return piece;
        }
        if (framing_ == framing::until_close)
            return decoded_piece{input.size(), input};
        const auto payload = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
        took(payload.size());
        return decoded_piece{payload.size(), payload};
    }

    /// Tells that `count` payload bytes were received straight into their destination; requires
    /// `framing::length` and `count <= known_left()`, or `framing::until_close`.
    void took(std::uint64_t count) noexcept
    {
        if (framing_ != framing::length)
            return;
        left_ -= count;
        done_ = left_ == 0;
    }

    /// The peer closed the connection. Success when that is how this body ends.
    [[nodiscard]] result<void> closed()
    {
        if (framing_ == framing::until_close)
            done_ = true;
        if (done_)
            return {};
        return error(errc::truncated_body, "the connection was closed within the body");
    }

private:
    framing framing_ = framing::none;
    std::uint64_t left_ = 0;
    bool done_ = true;
    chunked_decoder chunks_{};
};

} // namespace cosio::inline v0::http

#endif
