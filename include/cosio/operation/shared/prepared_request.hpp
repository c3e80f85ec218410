// SPDX-License-Identifier: MIT
//
// What an operation hands to the network, and what the network hands back.

#ifndef COSIO_OPERATION_SHARED_PREPARED_REQUEST_HPP
#define COSIO_OPERATION_SHARED_PREPARED_REQUEST_HPP

#include <cosio/body.hpp>
#include <cosio/byte_range.hpp>
#include <cosio/detail/inline_text.hpp>
#include <cosio/encryption.hpp>
#include <cosio/http/request.hpp>
#include <cosio/http/response_head.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::operation {

/// Constant properties of an operation.
struct facts
{
    std::string_view name;           ///< As the service's documentation names it.
    bool idempotent = true;          ///< Whether doing it twice is like doing it once.
    bool error_inside_200 = false;   ///< Whether a 200 may carry an `<Error>` document.
};

/// What a reply is compared with.
struct expectation
{
    encryption_expectation encryption{};
    byte_range range{};
    /// What the whole object's CRC64 must be, when the caller knows.
    std::optional<std::uint64_t> crc64{};
    /// How many items a reply must account for; 0 when it need not.
    std::size_t items = 0;
    /// The service was given the MD5 of the body, so that success says that it compared.
    bool content_md5_sent = false;
};

/// A request that has been validated and serialised, all but its body. Owns what it needs, so the
/// request structure it was made from may be gone; the bytes or source of `body` may not.
struct prepared_request
{
    http::request head{};
    /// Name of the host, without port.
    detail::inline_text<96> host{};
    /// A document of our own making; otherwise `body` is what is sent.
    std::string document{};
    body_view body{};
    /// Bytes of body; nothing when it is sent chunked.
    std::optional<std::uint64_t> content_length = 0;
    expectation expected{};
};

/// A reply, received whole or (for streams) up to the end of its head.
struct reply
{
    http::response_head head{};
    /// The body when it is a document, an error, or an object read into memory.
    std::string body{};
    /// Bytes of body received, wherever they went, and their CRC64.
    std::uint64_t body_size = 0;
    std::uint64_t body_crc64 = 0;
    /// The CRC64 of the request's body.
    std::uint64_t sent_crc64 = 0;
    /// False when only the end of the connection tells where the body ends.
    bool body_end_is_framed = true;
};

} // namespace cosio::inline v0::operation

#endif
