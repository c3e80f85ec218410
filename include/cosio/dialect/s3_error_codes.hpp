// SPDX-License-Identifier: MIT
//
// The error codes of S3 where they are other words than those of COS.

#ifndef COSIO_DIALECT_S3_ERROR_CODES_HPP
#define COSIO_DIALECT_S3_ERROR_CODES_HPP

#include <cosio/detail/service_code_name.hpp>
#include <cosio/service_errc.hpp>

#include <array>
#include <string_view>

namespace cosio::inline v0::dialect {

/// Sorted by name, for a binary search. Source: Amazon S3 API Reference, "Error responses"; AWS KMS
/// API Reference for those that begin with `KMS.`.
inline constexpr std::array s3_error_names{
    detail::service_code_name{
        "AuthorizationQueryParametersError", service_errc::authorization_malformed},
    detail::service_code_name{
        "IllegalLocationConstraintException", service_errc::wrong_region},
    detail::service_code_name{"InvalidStorageClass", service_errc::not_supported_storage_class},
    detail::service_code_name{"KMS.DisabledException", service_errc::kms_key_disabled},
    detail::service_code_name{"KMS.InternalException", service_errc::kms_internal_exception},
    detail::service_code_name{"KMS.KMSInternalException", service_errc::kms_internal_exception},
    detail::service_code_name{"KMS.NotFoundException", service_errc::kms_key_not_exist},
    detail::service_code_name{"KMS.ThrottlingException", service_errc::kms_freq_control},
    detail::service_code_name{"KeyTooLongError", service_errc::key_too_long},
    detail::service_code_name{"MaxMessageLengthExceeded", service_errc::xml_size_limit},
    detail::service_code_name{"NoSuchTagSetError", service_errc::no_such_tag_set},
    detail::service_code_name{"OperationAborted", service_errc::path_conflict},
    detail::service_code_name{"Redirect", service_errc::temporary_redirect},
    detail::service_code_name{"RequestLimitExceeded", service_errc::slow_down},
    detail::service_code_name{"ServerSideEncryptionConfigurationNotFoundError",
        service_errc::no_such_encryption_configuration},
    detail::service_code_name{"Throttling", service_errc::slow_down},
    detail::service_code_name{"ThrottlingException", service_errc::slow_down},
    detail::service_code_name{"XAmzContentSHA256Mismatch", service_errc::bad_digest},
};

static_assert(detail::is_sorted_by_name(s3_error_names));

/// The enumerator of a `<Code>`, or `unknown`.
[[nodiscard]] inline service_errc s3_error_code(std::string_view code) noexcept
{
    if (const auto found = detail::find_service_code(s3_error_names, code))
        return *found;
    return code.starts_with("KMS.") ? service_errc::kms_exception : service_errc_from_code(code);
}

} // namespace cosio::inline v0::dialect

#endif
