// SPDX-License-Identifier: MIT
//
// What the client itself finds wrong, and the groups that callers branch on.

#ifndef COSIO_ERRC_HPP
#define COSIO_ERRC_HPP

#include <cosio/detail/separate.hpp>
#include <cosio/service_errc.hpp>

#include <system_error>
#include <type_traits>

namespace cosio::inline v0 {

/// Errors found by the client.
enum class errc {
    // Refused before anything is sent; `error::field` names the field, `error::message` the rule.
    invalid_configuration = 1, ///< Region, endpoint, CA file or another member of `config`.
    missing_credentials,       ///< No secret id or no secret key.
    invalid_credentials,       ///< Credentials with bytes that cannot be sent.
    invalid_bucket,            ///< Not `<name>-<appid>` of lower-case letters, digits, hyphens.
    invalid_key,               ///< Empty, over 850 bytes, control bytes, foldable dot segments.
    invalid_header,            ///< A header, metadata or parameter value that cannot be sent.
    invalid_customer_key,      ///< Not 32 bytes, or not what its form allows.
    customer_key_md5_mismatch, ///< The MD5 given is not that of the key given.
    invalid_encryption_context, ///< Not a JSON object of string pairs.
    sse_requires_tls,          ///< A customer key over http, or over TLS that is not verified.
    token_requires_tls,        ///< A session token over http.
    invalid_part_number,       ///< Outside 1 to 10000.
    invalid_range,             ///< Empty or reversed.
    invalid_restore,           ///< Days or tier out of range.
    invalid_argument,          ///< Any other member of a request.
    invalid_checkpoint,        ///< Not a checkpoint, damaged, or of another version.
    checkpoint_mismatch,       ///< The checkpoint is of another transfer; the message says why.
    unsafe_key,                ///< As a path, the key would not stay in its directory.
    body_size_mismatch,        ///< A body source gave fewer or more bytes than it said.
    body_source_failed,        ///< A body source reported an error of its own.
    destination_too_small,     ///< The object is longer than the buffer or limit given for it.

    // Something changed under a transfer.
    file_changed,              ///< The file was written to while it was uploaded.
    object_changed,            ///< Another object has the name than the one that was begun with.

    // The reply does not prove what was asked for.
    encryption_not_applied,    ///< The reply does not confirm the encryption asked for.
    checksum_mismatch,         ///< CRC64 of the bytes and of the reply differ.

    // The connection.
    connection_closed,         ///< Closed before the reply was complete.
    truncated_body,            ///< The body ended before its length, or its end cannot be proved.
    malformed_response,        ///< The reply breaks HTTP or is not the document it should be.
    response_too_large,        ///< Head or document over its limit.
    tls_failed,                ///< The TLS handshake or session failed.
    tls_certificate_rejected,  ///< The peer's certificate or name was not accepted.
    resolve_failed,            ///< The host name has no usable address.

    // A limit of time, see `timeout_settings`.
    credentials_timeout,       ///< A provider of credentials took too long.
    pool_timeout,              ///< All connections allowed were in use for too long.
    resolve_timeout,           ///< The resolver took too long.
    connect_timeout,           ///< TCP took too long.
    tls_timeout,               ///< The TLS handshake took too long.
    first_byte_timeout,        ///< The service took too long to begin its reply.
    stalled,                   ///< No byte moved for too long.
    total_timeout,             ///< The operation as a whole took too long.

    credentials_unavailable,   ///< A provider of credentials failed, and there are no older ones.
    cancelled,                 ///< By the caller. See `error::may_have_executed()`.
    out_of_memory,
    other_process,             ///< Of a process before `fork()`; see "Processes" at `basic_client`.
    crypto_unavailable,        ///< OpenSSL does not offer an algorithm that COS needs.
};

/// Groups of errors, whoever found them: `if (reply.error().code == cosio::condition::not_found)`.
enum class condition {
    invalid_request = 1, ///< Refused here or there; sending it again cannot help.
    not_found,           ///< Bucket, key, version, upload or configuration absent.
    precondition_failed, ///< 412.
    not_modified,        ///< 304.
    access_denied,       ///< Identity, signature or permission.
    throttled,           ///< Asked to slow down.
    conflict,            ///< 409.
    archived,            ///< Restore the object first.
    encryption,          ///< Key, mode or KMS.
    integrity,           ///< The bytes, or the proof of them, are not right.
    connection,          ///< Resolve, connect, TLS, reset, closed, or too slow.
    timeout,             ///< A limit of time.
    transient,           ///< May succeed later as it is; what retries are made for.
    cancelled,
    server_error,        ///< 5xx.
    wrong_region,        ///< The bucket is reached elsewhere, see `error::region` and the message.
};

/// The category of `errc`.
[[nodiscard]] COSIO_DECLARED const std::error_category& client_category() noexcept;

[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), client_category()};
}

/// The category of `condition`.
[[nodiscard]] COSIO_DECLARED const std::error_category& condition_category() noexcept;

[[nodiscard]] inline std::error_condition make_error_condition(condition group) noexcept
{
    return {static_cast<int>(group), condition_category()};
}

} // namespace cosio::inline v0

template <>
struct std::is_error_code_enum<cosio::errc> : std::true_type
{};

template <>
struct std::is_error_condition_enum<cosio::condition> : std::true_type
{};

#if defined(COSIO_DEFINITIONS)
#include <cosio/errc_definitions.hpp>
#endif

#endif
