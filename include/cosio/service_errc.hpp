// SPDX-License-Identifier: MIT
//
// What the service answers when it refuses: the `<Code>` of an error document, as an enumeration.

#ifndef COSIO_SERVICE_ERRC_HPP
#define COSIO_SERVICE_ERRC_HPP

#include <cosio/detail/separate.hpp>

#include <string_view>
#include <system_error>
#include <type_traits>

namespace cosio::inline v0 {

/// Error codes of the COS XML API (source: "Error Codes" in the COS documentation) and of S3, where
/// it has words of its own for the same thing or things of its own.
///
/// `error::service_code` always keeps the text itself; a code that is not listed here is `unknown`.
/// The last group stands for replies that have a status and no document: HEAD, 304, proxies.
enum class service_errc {
    unknown = 1,

    access_denied,
    access_forbidden,
    append_position_err,
    authorization_malformed,
    bad_digest,
    bucket_already_exists,
    bucket_already_owned_by_you,
    bucket_locked,
    bucket_name_too_long,
    bucket_not_empty,
    bucket_version_not_open,
    domain_audit_failed,
    entity_size_not_match,
    entity_too_large,
    entity_too_small,
    expired_token,
    incomplete_body,
    internal_error,
    invalid_access_key_id,
    invalid_argument,
    invalid_bucket_name,
    invalid_bucket_state,
    invalid_copy_source,
    invalid_delimiter,
    invalid_digest,
    invalid_encryption_algorithm,
    invalid_object_name,
    invalid_object_state,
    invalid_part,
    invalid_part_order,
    invalid_range,
    invalid_region_name,
    invalid_request,
    invalid_tag,
    invalid_token,
    invalid_upload_status,
    invalid_uri,
    key_too_long,
    kms_exception,
    kms_freq_control,
    kms_internal_exception,
    kms_key_disabled,
    kms_key_not_exist,
    malformed_xml,
    method_not_allowed,
    missing_content_length,
    missing_request_body_error,
    no_such_bucket,
    no_such_copy_source,
    no_such_encryption_configuration,
    no_such_key,
    no_such_tag_set,
    no_such_upload,
    no_such_version,
    not_implemented,
    not_supported_storage_class,
    object_locked,
    path_conflict,
    payment_required,
    permanent_redirect,
    precondition_failed,
    quota_exceeded,
    request_has_expired,
    request_time_too_skewed,
    request_timeout,
    restore_already_in_progress,
    restore_non_archive_object,
    service_unavailable,
    signature_does_not_match,
    slow_down,
    sse_content_not_supported,
    sse_header_not_allowed,
    ssec_decrypt_header_invalid,
    temporary_redirect,
    too_many_buckets,
    unavailable_for_legal_reasons,
    unexpected_content,
    upload_conflict,
    user_network_too_slow,
    xml_size_limit,

    /// The reply names the region of the bucket, which is another than the request went to, and no
    /// code, or that of a signature for the wrong region: see `error::region`.
    wrong_region,

    not_modified,     ///< 304.
    bad_request,      ///< 400 without a document, as HEAD answers.
    forbidden,        ///< 403 without a document.
    not_found,        ///< 404 without a document.
    too_many_requests, ///< 429.
    client_error,     ///< Any other 4xx without a document.
    server_error,     ///< Any 5xx without a document.
    unexpected_status ///< A status no reply to this operation should have, such as a redirect.
};

/// The enumerator of a `<Code>`, or `unknown`.
[[nodiscard]] COSIO_DECLARED service_errc service_errc_from_code(std::string_view code) noexcept;

/// The enumerator for a reply that has a status and no error document.
[[nodiscard]] COSIO_DECLARED service_errc service_errc_from_status(unsigned status) noexcept;

/// The category of `service_errc`.
[[nodiscard]] COSIO_DECLARED const std::error_category& service_category() noexcept;

/// Found by argument-dependent lookup, so that `std::error_code code = service_errc::no_such_key;`.
[[nodiscard]] inline std::error_code make_error_code(service_errc code) noexcept
{
    return {static_cast<int>(code), service_category()};
}

} // namespace cosio::inline v0

template <>
struct std::is_error_code_enum<cosio::service_errc> : std::true_type
{};

#if defined(COSIO_DEFINITIONS)
#include <cosio/service_errc_definitions.hpp>
#endif

#endif
