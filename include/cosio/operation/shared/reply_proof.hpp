// SPDX-License-Identifier: MIT
//
// What every genuine reply of success has: a reply without it was written by something else on the
// way, such as a proxy or a sign-in page, and proves nothing.

#ifndef COSIO_OPERATION_SHARED_REPLY_PROOF_HPP
#define COSIO_OPERATION_SHARED_REPLY_PROOF_HPP

#include <cosio/http/response_head.hpp>
#include <cosio/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::operation {

/// Whether a status is one of success, to be decoded by the operation.
[[nodiscard]] constexpr bool is_success(unsigned status) noexcept
{
    return status >= 200 && status < 300;
}

/// What the body of a reply of success is.
enum class reply_body {
    none,     ///< There is none.
    document, ///< An XML document.
    object,   ///< The bytes of an object.
};

/// Facts of one operation's replies of success. Of all of them: a request id, by the name that the
/// dialect has for it.
///
/// Sources: COS XML API documentation and Amazon S3 API Reference, page by page; Ceph's gateway as
/// measured. `Last-Modified` and the like are always there as well, but prove no more.
struct reply_proof
{
    /// Bit n: status 200 + n. None: nothing is a success.
    std::uint8_t statuses = 0;
    /// `ETag` is there, and not empty.
    bool etag = false;
    reply_body body = reply_body::none;
    /// The root element of the document.
    std::string_view root{};
    /// More bytes of a document than this are refused: of one thing, that is names, checksums, and
    /// blanks that keep the connection alive.
    std::uint64_t longest_document = std::uint64_t{1} << 20U;

    [[nodiscard]] constexpr bool has_status(unsigned status) const noexcept
    {
        return is_success(status) && status < 208 && (statuses >> (status - 200) & 1U) != 0;
    }
};

namespace proofs {

inline constexpr std::uint8_t ok = 1U << 0U;              // 200
inline constexpr std::uint8_t accepted = 1U << 2U;        // 202
inline constexpr std::uint8_t no_content = 1U << 4U;      // 204
inline constexpr std::uint8_t partial_content = 1U << 6U; // 206

/// Of 1000 entries with names of 1024 bytes, each encoded as six at most, and what else they have.
inline constexpr std::uint64_t long_document = std::uint64_t{16} << 20U;

[[nodiscard]] constexpr reply_proof with_document(
    std::string_view root, std::uint64_t longest = reply_proof().longest_document) noexcept
{
    return {.statuses = ok, .body = reply_body::document, .root = root,
        .longest_document = longest};
}

// One row an operation.
inline constexpr reply_proof put_object{.statuses = ok, .etag = true};
inline constexpr reply_proof get_object{
    .statuses = ok | partial_content, .etag = true, .body = reply_body::object};
inline constexpr reply_proof head_object{.statuses = ok, .etag = true};
inline constexpr reply_proof get_object_tagging = with_document("Tagging");
inline constexpr reply_proof copy_object = with_document("CopyObjectResult");
inline constexpr reply_proof delete_object{.statuses = no_content};
inline constexpr reply_proof delete_objects = with_document("DeleteResult", long_document);
/// 202: it has begun. 200: a copy was there already, and is kept longer.
inline constexpr reply_proof restore_object{.statuses = ok | accepted};
inline constexpr reply_proof initiate_multipart_upload =
    with_document("InitiateMultipartUploadResult");
inline constexpr reply_proof upload_part{.statuses = ok, .etag = true};
inline constexpr reply_proof upload_part_copy = with_document("CopyPartResult");
inline constexpr reply_proof complete_multipart_upload =
    with_document("CompleteMultipartUploadResult");
inline constexpr reply_proof abort_multipart_upload{.statuses = no_content};
inline constexpr reply_proof list_parts = with_document("ListPartsResult", long_document);
inline constexpr reply_proof list_multipart_uploads =
    with_document("ListMultipartUploadsResult", long_document);
inline constexpr reply_proof list_objects = with_document("ListBucketResult", long_document);
inline constexpr reply_proof head_bucket{.statuses = ok};
inline constexpr reply_proof put_bucket_encryption{.statuses = ok};
inline constexpr reply_proof get_bucket_encryption =
    with_document("ServerSideEncryptionConfiguration");
inline constexpr reply_proof delete_bucket_encryption{.statuses = no_content};

} // namespace proofs

/// The request id of a reply, empty without one. A view into the head.
[[nodiscard]] inline std::string_view request_id_in(const http::response_head& head,
    std::string_view name, std::string_view other_name) noexcept
{
    const auto id = head.get(name);
    return id.empty() && !other_name.empty() ? head.get(other_name) : id;
}

template <class Dialect>
[[nodiscard]] std::string_view request_id_in(const http::response_head& head) noexcept
{
    return request_id_in(head, Dialect::header::request_id, Dialect::header::other_request_id);
}

/// An ETag is opaque, but never empty.
[[nodiscard]] constexpr bool is_etag(std::string_view text) noexcept
{
    return !text.empty() && text != "\"\"";
}

/// Whether a status of failure says something of the object, which callers act upon: that it is
/// not there, has not changed, or is in the way. Only the service knows. (Others, such as a 503 of
/// what stands before the service, say that the request failed, which is true whoever says it.)
[[nodiscard]] constexpr bool states_a_fact(unsigned status) noexcept
{
    return status == 304 || status == 404 || status == 409 || status == 410 || status == 412 ||
        status == 416;
}

/// Why a head is none that the service has written; nothing when it may be. `name`: of the
/// operation. `id_name`: of the field that `request_id` is the value of.
///
/// Errors: `errc::malformed_response`.
[[nodiscard]] inline std::optional<error> missing_proof(const http::response_head& head,
    const reply_proof& proof, std::string_view name, std::string_view request_id,
    std::string_view id_name)
{
    const bool success = is_success(head.status);
    if (request_id.empty() && (success || states_a_fact(head.status)))
        return error(errc::malformed_response,
            std::string("the reply has no ").append(id_name).append(
                ", which the service always sends"));
    if (!success)
        return std::nullopt;
    if (!proof.has_status(head.status))
        return error(errc::malformed_response,
            "status " + std::to_string(head.status) + " is none that the service has for " +
                std::string(name));
    if (proof.etag && !is_etag(head.get("ETag")))
        return error(errc::malformed_response,
            "the reply has no ETag, which the service always sends");
    return std::nullopt;
}

} // namespace cosio::inline v0::operation

#endif
