// SPDX-License-Identifier: MIT
//
// What the service answers when it refuses: the `<Code>` of an error document, as an enumeration.

#ifndef COSIO_SERVICE_ERRC_HPP
#define COSIO_SERVICE_ERRC_HPP

#include <algorithm>
#include <array>
#include <string>
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

    not_modified,     ///< 304.
    bad_request,      ///< 400 without a document, as HEAD answers.
    forbidden,        ///< 403 without a document.
    not_found,        ///< 404 without a document.
    too_many_requests, ///< 429.
    client_error,     ///< Any other 4xx without a document.
    server_error,     ///< Any 5xx without a document.
    unexpected_status ///< A status no reply to this operation should have, such as a redirect.
};

namespace detail {

struct service_code_name
{
    std::string_view name;
    service_errc code;
};

/// Sorted by name, for a binary search.
inline constexpr std::array service_code_names{
    service_code_name{"AccessDenied", service_errc::access_denied},
    service_code_name{"AccessForbidden", service_errc::access_forbidden},
    service_code_name{"AppendPositionErr", service_errc::append_position_err},
    service_code_name{"AuthorizationHeaderMalformed", service_errc::authorization_malformed},
    service_code_name{"BadDigest", service_errc::bad_digest},
    service_code_name{"BucketAlreadyExists", service_errc::bucket_already_exists},
    service_code_name{"BucketAlreadyOwnedByYou", service_errc::bucket_already_owned_by_you},
    service_code_name{"BucketLocked", service_errc::bucket_locked},
    service_code_name{"BucketNameTooLong", service_errc::bucket_name_too_long},
    service_code_name{"BucketNotEmpty", service_errc::bucket_not_empty},
    service_code_name{"BucketVersionNotOpen", service_errc::bucket_version_not_open},
    service_code_name{"DomainAuditFailed", service_errc::domain_audit_failed},
    service_code_name{"EntitySizeNotMatch", service_errc::entity_size_not_match},
    service_code_name{"EntityTooLarge", service_errc::entity_too_large},
    service_code_name{"EntityTooSmall", service_errc::entity_too_small},
    service_code_name{"ExpiredToken", service_errc::expired_token},
    service_code_name{"IncompleteBody", service_errc::incomplete_body},
    service_code_name{"InternalError", service_errc::internal_error},
    service_code_name{"InvalidAccessKeyId", service_errc::invalid_access_key_id},
    service_code_name{"InvalidArgument", service_errc::invalid_argument},
    service_code_name{"InvalidBucketName", service_errc::invalid_bucket_name},
    service_code_name{"InvalidBucketState", service_errc::invalid_bucket_state},
    service_code_name{"InvalidCopySource", service_errc::invalid_copy_source},
    service_code_name{"InvalidDelimiter", service_errc::invalid_delimiter},
    service_code_name{"InvalidDigest", service_errc::invalid_digest},
    service_code_name{
        "InvalidEncryptionAlgorithmError", service_errc::invalid_encryption_algorithm},
    service_code_name{"InvalidObjectName", service_errc::invalid_object_name},
    service_code_name{"InvalidObjectState", service_errc::invalid_object_state},
    service_code_name{"InvalidPart", service_errc::invalid_part},
    service_code_name{"InvalidPartOrder", service_errc::invalid_part_order},
    service_code_name{"InvalidRange", service_errc::invalid_range},
    service_code_name{"InvalidRegionName", service_errc::invalid_region_name},
    service_code_name{"InvalidRequest", service_errc::invalid_request},
    service_code_name{"InvalidTag", service_errc::invalid_tag},
    service_code_name{"InvalidToken", service_errc::invalid_token},
    service_code_name{"InvalidURI", service_errc::invalid_uri},
    service_code_name{"InvalidUploadStatus", service_errc::invalid_upload_status},
    service_code_name{"KeyTooLong", service_errc::key_too_long},
    service_code_name{"KmsException", service_errc::kms_exception},
    service_code_name{"KmsFreqControl", service_errc::kms_freq_control},
    service_code_name{"KmsInternalException", service_errc::kms_internal_exception},
    service_code_name{"KmsKeyDisabled", service_errc::kms_key_disabled},
    service_code_name{"KmsKeyNotExist", service_errc::kms_key_not_exist},
    service_code_name{"MalformedXML", service_errc::malformed_xml},
    service_code_name{"MethodNotAllowed", service_errc::method_not_allowed},
    service_code_name{"MissingContentLength", service_errc::missing_content_length},
    service_code_name{"MissingRequestBodyError", service_errc::missing_request_body_error},
    service_code_name{"NoSuchBucket", service_errc::no_such_bucket},
    service_code_name{"NoSuchCopySource", service_errc::no_such_copy_source},
    service_code_name{"NoSuchEncryptionConfiguration",
        service_errc::no_such_encryption_configuration},
    service_code_name{"NoSuchKey", service_errc::no_such_key},
    service_code_name{"NoSuchTagSet", service_errc::no_such_tag_set},
    service_code_name{"NoSuchUpload", service_errc::no_such_upload},
    service_code_name{"NoSuchVersion", service_errc::no_such_version},
    service_code_name{"NotImplemented", service_errc::not_implemented},
    service_code_name{"NotSupportedStorageClass", service_errc::not_supported_storage_class},
    service_code_name{"ObjectLocked", service_errc::object_locked},
    service_code_name{"PathConflict", service_errc::path_conflict},
    service_code_name{"PaymentRequired", service_errc::payment_required},
    service_code_name{"PermanentRedirect", service_errc::permanent_redirect},
    service_code_name{"PreconditionFailed", service_errc::precondition_failed},
    service_code_name{"QuotaExceeded", service_errc::quota_exceeded},
    service_code_name{"Request has expired", service_errc::request_has_expired},
    service_code_name{"RequestTimeTooSkewed", service_errc::request_time_too_skewed},
    service_code_name{"RequestTimeout", service_errc::request_timeout},
    service_code_name{"RestoreAlreadyInProgress", service_errc::restore_already_in_progress},
    service_code_name{"RestoreNonArchiveObject", service_errc::restore_non_archive_object},
    service_code_name{"SSEContentNotSupported", service_errc::sse_content_not_supported},
    service_code_name{"SSEHeaderNotAllowed", service_errc::sse_header_not_allowed},
    service_code_name{"ServiceUnavailable", service_errc::service_unavailable},
    service_code_name{"SignatureDoesNotMatch", service_errc::signature_does_not_match},
    service_code_name{"SlowDown", service_errc::slow_down},
    service_code_name{"SsecDecryptHeaderInvalid", service_errc::ssec_decrypt_header_invalid},
    service_code_name{"TemporaryRedirect", service_errc::temporary_redirect},
    service_code_name{"TooManyBuckets", service_errc::too_many_buckets},
    service_code_name{"UnavailableForLegalReasons", service_errc::unavailable_for_legal_reasons},
    service_code_name{"UnexpectedContent", service_errc::unexpected_content},
    service_code_name{"UploadConflict", service_errc::upload_conflict},
    service_code_name{"UserNetworkTooSlow", service_errc::user_network_too_slow},
    service_code_name{"XMLSizeLimit", service_errc::xml_size_limit},
};

static_assert(std::ranges::is_sorted(service_code_names, {}, &service_code_name::name));

} // namespace detail

/// The enumerator of a `<Code>`, or `unknown`.
[[nodiscard]] constexpr service_errc service_errc_from_code(std::string_view code) noexcept
{
    const auto* const found = std::ranges::lower_bound(
        detail::service_code_names, code, {}, &detail::service_code_name::name);
    const bool hit = found != detail::service_code_names.end() && found->name == code;
    return hit ? found->code : service_errc::unknown;
}

/// The enumerator for a reply that has a status and no error document.
[[nodiscard]] constexpr service_errc service_errc_from_status(unsigned status) noexcept
{
    switch (status) {
    case 304: return service_errc::not_modified;
    case 400: return service_errc::bad_request;
    case 403: return service_errc::forbidden;
    case 404: return service_errc::not_found;
    case 412: return service_errc::precondition_failed;
    case 416: return service_errc::invalid_range;
    case 429: return service_errc::too_many_requests;
    case 503: return service_errc::service_unavailable;
    default: break;
    }
    if (status >= 500 && status <= 599)
        return service_errc::server_error;
    if (status >= 400 && status <= 499)
        return service_errc::client_error;
    return service_errc::unexpected_status;
}

namespace detail {

constexpr std::string_view service_errc_text(service_errc code) noexcept
{
    switch (code) {
    case service_errc::not_modified: return "not modified (304)";
    case service_errc::bad_request: return "bad request (400, no code)";
    case service_errc::forbidden: return "forbidden (403, no code)";
    case service_errc::not_found: return "not found (404, no code)";
    case service_errc::too_many_requests: return "too many requests (429)";
    case service_errc::client_error: return "refused by the service (4xx, no code)";
    case service_errc::server_error: return "failed in the service (5xx, no code)";
    case service_errc::unexpected_status: return "unexpected status";
    default: break;
    }
    for (const auto& entry : service_code_names)
        if (entry.code == code)
            return entry.name;
    return "a code this version does not know";
}

class service_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio.service"; }
    std::string message(int value) const override
    {
        return std::string(service_errc_text(static_cast<service_errc>(value)));
    }
};

} // namespace detail

/// The category of `service_errc`.
[[nodiscard]] inline const std::error_category& service_category() noexcept
{
    static const detail::service_category_type instance;
    return instance;
}

/// Found by argument-dependent lookup, so that `std::error_code code = service_errc::no_such_key;`.
[[nodiscard]] inline std::error_code make_error_code(service_errc code) noexcept
{
    return {static_cast<int>(code), service_category()};
}

} // namespace cosio::inline v0

template <>
struct std::is_error_code_enum<cosio::service_errc> : std::true_type
{};

#endif
