// SPDX-License-Identifier: MIT
//
// The error codes of S3 where they are other words than those of COS.

#ifndef COSIO_DIALECT_S3_ERROR_CODES_HPP
#define COSIO_DIALECT_S3_ERROR_CODES_HPP

#include <cosio/service_errc.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace cosio::inline v0::dialect {

struct s3_error_name
{
    std::string_view name;
    service_errc code;
};

/// Sorted by name, for a binary search. Source: Amazon S3 API Reference, "Error responses"; AWS KMS
/// API Reference for those that begin with `KMS.`.
inline constexpr std::array s3_error_names{
    s3_error_name{
        "AuthorizationQueryParametersError", service_errc::authorization_malformed},
    s3_error_name{"InvalidStorageClass", service_errc::not_supported_storage_class},
    s3_error_name{"KMS.DisabledException", service_errc::kms_key_disabled},
    s3_error_name{"KMS.InternalException", service_errc::kms_internal_exception},
    s3_error_name{"KMS.KMSInternalException", service_errc::kms_internal_exception},
    s3_error_name{"KMS.NotFoundException", service_errc::kms_key_not_exist},
    s3_error_name{"KMS.ThrottlingException", service_errc::kms_freq_control},
    s3_error_name{"KeyTooLongError", service_errc::key_too_long},
    s3_error_name{"MaxMessageLengthExceeded", service_errc::xml_size_limit},
    s3_error_name{"NoSuchTagSetError", service_errc::no_such_tag_set},
    s3_error_name{"OperationAborted", service_errc::path_conflict},
    s3_error_name{"RequestLimitExceeded", service_errc::slow_down},
    s3_error_name{"ServerSideEncryptionConfigurationNotFoundError",
        service_errc::no_such_encryption_configuration},
    s3_error_name{"Throttling", service_errc::slow_down},
    s3_error_name{"ThrottlingException", service_errc::slow_down},
    s3_error_name{"XAmzContentSHA256Mismatch", service_errc::bad_digest},
};

static_assert(std::ranges::is_sorted(s3_error_names, {}, &s3_error_name::name));

/// The enumerator of a `<Code>`, or `unknown`.
[[nodiscard]] inline service_errc s3_error_code(std::string_view code) noexcept
{
    const auto* const found = std::ranges::lower_bound(
        s3_error_names, code, {}, &s3_error_name::name);
    if (found != s3_error_names.end() && found->name == code)
        return found->code;
    return code.starts_with("KMS.") ? service_errc::kms_exception : service_errc_from_code(code);
}

} // namespace cosio::inline v0::dialect

#endif
