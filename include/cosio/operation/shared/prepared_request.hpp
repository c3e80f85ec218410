// SPDX-License-Identifier: MIT
//
// What an operation hands to the network, and what the network hands back.

#ifndef COSIO_OPERATION_SHARED_PREPARED_REQUEST_HPP
#define COSIO_OPERATION_SHARED_PREPARED_REQUEST_HPP

#include <cosio/body.hpp>
#include <cosio/byte_range.hpp>
#include <cosio/crypto/digest_value.hpp>
#include <cosio/detail/inline_text.hpp>
#include <cosio/encryption.hpp>
#include <cosio/http/request.hpp>
#include <cosio/http/response_head.hpp>
#include <cosio/operation/shared/reply_proof.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cosio::inline v0::operation {

/// Constant properties of an operation.
struct facts
{
    std::string_view name;           ///< As the service's documentation names it.
    bool idempotent = true;          ///< Whether doing it twice is like doing it once.
    bool error_inside_200 = false;   ///< Whether a 200 may carry an `<Error>` document.
    reply_proof proof{};             ///< What its replies of success always have.
};

/// What a listing was asked, so that its reply is judged by that and not by what it repeats.
struct listing_question
{
    std::string prefix{};
    std::string marker{};           ///< Keys come after it.
    std::string token{};            ///< Of the page before.
    std::string upload_id_marker{}; ///< Of uploads of the key `marker`.
    std::uint32_t part_marker = 0;  ///< Numbers of parts come after it.
    std::size_t most = 0;           ///< Entries, common prefixes among them.
    /// The keys whose deletion was asked for, sorted. Each has an answer, unless it is `quiet`.
    std::vector<std::string> keys{};
    bool quiet = false;
};

/// What a reply is compared with.
struct expectation
{
    encryption_expectation encryption{};
    byte_range range{};
    /// What the whole object's CRC64 must be, when the caller knows.
    std::optional<std::uint64_t> crc64{};
    /// The MD5 of the body, when the service was given it.
    std::optional<crypto::md5_value> content_md5{};
    /// What a page of a listing, or a list of deletions, answers; null for all else.
    std::unique_ptr<const listing_question> listing{};
};

/// A request that has been validated and serialised, all but its body. Owns what it needs, so the
/// request structure it was made from may be gone; the bytes or source of `body` may not.
struct prepared_request
{
    http::request head{};
    /// Name of the host, without port.
    detail::inline_text<96> host{};
    /// That of the endpoint it goes to, and of the source of a copy; empty without one.
    detail::inline_text<24> region{};
    detail::inline_text<24> source_region{};
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
