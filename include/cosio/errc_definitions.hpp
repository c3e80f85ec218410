// SPDX-License-Identifier: MIT
//
// What errc.hpp declares.

#ifndef COSIO_ERRC_DEFINITIONS_HPP
#define COSIO_ERRC_DEFINITIONS_HPP

#include <cosio/errc.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace cosio::inline v0 {

namespace detail {

constexpr std::string_view errc_text(errc code) noexcept
{
    switch (code) {
    case errc::invalid_configuration: return "the configuration is not valid";
    case errc::missing_credentials: return "no credentials";
    case errc::invalid_credentials: return "the credentials are not valid";
    case errc::invalid_bucket: return "the bucket name is not valid";
    case errc::invalid_key: return "the object key is not valid";
    case errc::invalid_header: return "a header value cannot be sent";
    case errc::invalid_customer_key: return "the customer key is not valid";
    case errc::customer_key_md5_mismatch: return "the key MD5 is not that of the customer key";
    case errc::invalid_encryption_context: return "the encryption context is not valid";
    case errc::sse_requires_tls: return "a customer key is sent over verified TLS only";
    case errc::token_requires_tls: return "a session token is sent over TLS only";
    case errc::invalid_part_number: return "the part number is not within 1 to 10000";
    case errc::invalid_range: return "the range is not valid";
    case errc::invalid_restore: return "the restore request is not valid";
    case errc::invalid_argument: return "an argument is not valid";
    case errc::invalid_checkpoint: return "the checkpoint cannot be read";
    case errc::checkpoint_mismatch: return "the checkpoint is of another transfer";
    case errc::unsafe_key: return "the key cannot be a path within a directory";
    case errc::body_size_mismatch: return "the body is not of the size it said";
    case errc::body_source_failed: return "the body source failed";
    case errc::destination_too_small: return "the object does not fit its destination";
    case errc::file_changed: return "the file changed while it was uploaded";
    case errc::object_changed: return "the object is not the one that was begun with";
    case errc::encryption_not_applied: return "the reply does not confirm the encryption asked for";
    case errc::checksum_mismatch: return "the CRC64 of the bytes is not that of the reply";
    case errc::connection_closed: return "the connection was closed before the reply was complete";
    case errc::truncated_body: return "the body is not complete";
    case errc::malformed_response: return "the reply is malformed";
    case errc::response_too_large: return "the reply is over its limit";
    case errc::tls_failed: return "TLS failed";
    case errc::tls_certificate_rejected: return "the certificate of the peer was rejected";
    case errc::resolve_failed: return "the host name could not be resolved";
    case errc::credentials_timeout: return "the credentials did not come in time";
    case errc::pool_timeout: return "no connection became free in time";
    case errc::resolve_timeout: return "the host name was not resolved in time";
    case errc::connect_timeout: return "the connection was not made in time";
    case errc::tls_timeout: return "the TLS handshake did not end in time";
    case errc::first_byte_timeout: return "the reply did not begin in time";
    case errc::stalled: return "no byte moved for too long";
    case errc::total_timeout: return "the operation did not end in time";
    case errc::credentials_unavailable: return "the provider has no credentials";
    case errc::cancelled: return "cancelled";
    case errc::out_of_memory: return "out of memory";
    case errc::other_process:
        return "of another process: after fork() the context has to be told by notify_fork()";
    case errc::crypto_unavailable: return "OpenSSL does not offer an algorithm that is needed";
    }
    return "unknown error";
}

constexpr bool is_invalid_request(errc code) noexcept
{
    return code >= errc::invalid_configuration && code <= errc::destination_too_small;
}

constexpr bool is_timeout(errc code) noexcept
{
    return code >= errc::credentials_timeout && code <= errc::total_timeout;
}

constexpr bool is_connection_error(errc code) noexcept
{
    return (code >= errc::resolve_timeout && code <= errc::stalled) ||
        code == errc::connection_closed || code == errc::truncated_body ||
        code == errc::tls_failed || code == errc::tls_certificate_rejected ||
        code == errc::resolve_failed;
}

constexpr bool belongs_to(errc code, condition group) noexcept
{
    switch (group) {
    case condition::invalid_request: return is_invalid_request(code);
    case condition::precondition_failed: return code == errc::object_changed;
    case condition::conflict:
        return code == errc::file_changed || code == errc::object_changed;
    case condition::access_denied:
        return code == errc::missing_credentials || code == errc::invalid_credentials;
    case condition::encryption:
        return code == errc::invalid_customer_key || code == errc::customer_key_md5_mismatch ||
            code == errc::invalid_encryption_context || code == errc::sse_requires_tls ||
            code == errc::encryption_not_applied;
    case condition::integrity:
        return code == errc::encryption_not_applied || code == errc::checksum_mismatch ||
            code == errc::truncated_body || code == errc::malformed_response;
    case condition::connection: return is_connection_error(code);
    case condition::timeout: return is_timeout(code);
    case condition::transient:
        return (is_connection_error(code) && code != errc::tls_certificate_rejected) ||
            code == errc::pool_timeout || code == errc::credentials_timeout ||
            code == errc::credentials_unavailable;
    case condition::cancelled: return code == errc::cancelled;
    default: return false;
    }
}

constexpr bool belongs_to(service_errc code, condition group) noexcept
{
    using enum service_errc;
    switch (group) {
    case condition::not_found:
        return code == no_such_bucket || code == no_such_key || code == no_such_upload ||
            code == no_such_version || code == no_such_copy_source ||
            code == no_such_encryption_configuration || code == no_such_tag_set ||
            code == not_found;
    case condition::precondition_failed: return code == precondition_failed;
    case condition::wrong_region:
        return code == permanent_redirect || code == temporary_redirect || code == wrong_region;
    case condition::not_modified: return code == not_modified;
    case condition::access_denied:
        return code == access_denied || code == access_forbidden || code == forbidden ||
            code == invalid_access_key_id || code == signature_does_not_match ||
            code == request_has_expired || code == request_time_too_skewed ||
            code == expired_token || code == invalid_token || code == authorization_malformed;
    case condition::throttled:
        return code == slow_down || code == kms_freq_control || code == too_many_requests;
    case condition::conflict:
        return code == path_conflict || code == bucket_already_exists ||
            code == bucket_already_owned_by_you || code == bucket_not_empty ||
            code == restore_already_in_progress || code == upload_conflict ||
            code == object_locked;
    case condition::archived:
        return code == invalid_object_state || code == restore_already_in_progress;
    case condition::encryption:
        return code == sse_content_not_supported || code == sse_header_not_allowed ||
            code == invalid_encryption_algorithm ||
            code == ssec_decrypt_header_invalid || code == kms_exception ||
            code == kms_internal_exception || code == kms_key_disabled ||
            code == kms_key_not_exist || code == kms_freq_control;
    case condition::integrity:
        return code == bad_digest || code == incomplete_body || code == entity_size_not_match;
    case condition::timeout: return code == request_timeout;
    case condition::transient:
        return code == internal_error || code == service_unavailable || code == slow_down ||
            code == kms_internal_exception || code == server_error ||
            code == kms_freq_control || code == too_many_requests || code == request_timeout;
    case condition::server_error:
        return code == internal_error || code == service_unavailable || code == slow_down ||
            code == kms_internal_exception || code == server_error || code == kms_freq_control;
    case condition::invalid_request:
        return code == bad_request || code == client_error || code == invalid_argument ||
            code == invalid_request || code == invalid_bucket_name || code == invalid_digest ||
            code == invalid_object_name || code == invalid_part || code == invalid_part_order ||
            code == invalid_range || code == invalid_uri || code == key_too_long ||
            code == malformed_xml || code == missing_content_length ||
            code == not_supported_storage_class || code == entity_too_large ||
            code == entity_too_small || code == invalid_tag || code == invalid_delimiter ||
            code == restore_non_archive_object || code == method_not_allowed;
    default: return false;
    }
}

class client_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio"; }
    std::string message(int value) const override
    {
        return std::string(errc_text(static_cast<errc>(value)));
    }
};

} // namespace detail

COSIO_DECLARED const std::error_category& client_category() noexcept
{
    static const detail::client_category_type instance;
    return instance;
}

namespace detail {

class condition_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio.condition"; }

    std::string message(int value) const override
    {
        switch (static_cast<condition>(value)) {
        case condition::invalid_request: return "invalid request";
        case condition::not_found: return "not found";
        case condition::precondition_failed: return "precondition failed";
        case condition::not_modified: return "not modified";
        case condition::access_denied: return "access denied";
        case condition::throttled: return "throttled";
        case condition::conflict: return "conflict";
        case condition::archived: return "archived";
        case condition::encryption: return "encryption";
        case condition::integrity: return "integrity";
        case condition::connection: return "connection";
        case condition::timeout: return "timeout";
        case condition::transient: return "transient";
        case condition::cancelled: return "cancelled";
        case condition::server_error: return "server error";
        case condition::wrong_region: return "wrong region";
        }
        return "unknown condition";
    }

    /// Codes that are not ours are failures of the connection: the operating system's, in the
    /// system category, and Asio's. Those of files and of body sources are in the generic one.
    bool equivalent(const std::error_code& code, int value) const noexcept override
    {
        const auto group = static_cast<condition>(value);
        if (code.category() == client_category())
            return belongs_to(static_cast<errc>(code.value()), group);
        if (code.category() == service_category())
            return belongs_to(static_cast<service_errc>(code.value()), group);
        return code && code.category() != std::generic_category() &&
            (group == condition::connection || group == condition::transient);
    }
};

} // namespace detail

COSIO_DECLARED const std::error_category& condition_category() noexcept
{
    static const detail::condition_category_type instance;
    return instance;
}

} // namespace cosio::inline v0

#endif
