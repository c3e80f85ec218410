// SPDX-License-Identifier: MIT
//
// Signs the requests of one client with SigV4, deriving a signing key once a day.

#ifndef COSIO_AUTH_SIG_V4_SIGNER_HPP
#define COSIO_AUTH_SIG_V4_SIGNER_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/auth/request_signer.hpp>
#include <cosio/auth/sig_v4.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::auth {

/// Thread safe: a mutex guards the cached signing key, which is wiped with the signer.
class sig_v4_signer final : public request_signer
{
public:
    static constexpr std::string_view date_header = "x-amz-date";
    static constexpr std::string_view token_header = "x-amz-security-token";
    /// Tells the service what stands for the body in the signature.
    static constexpr std::string_view body_hash_header = "x-amz-content-sha256";
    /// Its value for a body that is not signed.
    static constexpr std::string_view unsigned_body = unsigned_payload;
    /// The service's limit for pre-signed URLs.
    static constexpr std::chrono::seconds longest_validity = std::chrono::hours(24 * 7);

    /// `region` is the one that the service signs for.
    explicit sig_v4_signer(std::string_view region) : region_(region) {}

    /// Adds date, token and `Authorization` to `attempt_fields`, signing these and
    /// `request_fields`. What `body_hash_header` among these says is signed for the body; without
    /// it, the body is declared as unsigned.
    ///
    /// Nothing is added for anonymous credentials. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(http::method method, const http::target& target,
        const http::field_list& request_fields, http::field_list& attempt_fields,
        const credentials& who, std::chrono::sys_seconds now) override
    {
        if (who.is_anonymous())
            return {};
        const sig_v4_scope scope{now, region_};
        attempt_fields.add(date_header, sig_v4_time(now));
        if (!who.session_token().empty())
            attempt_fields.add(token_header, who.session_token());
        const auto payload_hash = request_fields.find(body_hash_header);
        if (!payload_hash)
            attempt_fields.add(body_hash_header, unsigned_payload);

        sig_v4_headers headers;
        headers.add_signed(attempt_fields);
        headers.add_signed(request_fields);
        headers.sort();
        const std::lock_guard lock(mutex_);
        if (auto ready = refresh(who, scope); !ready)
            return ready;
        const auto signature = sig_v4(key_->key, scope, method, target, headers,
            payload_hash.value_or(unsigned_payload));
        if (!signature)
            return signature.error();
        attempt_fields.add_written("Authorization", [&](crypto::secret_buffer& text) {
            text.append(sig_v4_algorithm, " Credential=", who.secret_id(), "/", scope.text(),
                ", SignedHeaders=", headers.names(), ", Signature=", *signature);
        });
        return {};
    }

    /// Appends the signature to `target` as `X-Amz-*` parameters, for a URL that anyone may use
    /// from `now` on for `validity`. The token is signed as a parameter; the body is not signed.
    ///
    /// `fields` are those that the user of the URL must send, `Host` among them.
    /// Errors: `errc::invalid_argument` for a validity of more than a week,
    /// `errc::crypto_unavailable`.
    [[nodiscard]] result<void> presign(http::method method, http::target& target,
        const http::field_list& fields, const credentials& who, std::chrono::sys_seconds now,
        std::chrono::seconds validity) const
    {
        if (who.is_anonymous())
            return {};
        if (validity > longest_validity)
            return error(errc::invalid_argument, "must be at most 7 days", "validity");
        const sig_v4_scope scope{now, region_};
        sig_v4_headers headers;
        headers.add_signed(fields);
        headers.sort();
        target.add_parameter("X-Amz-Algorithm", sig_v4_algorithm);
        target.add_parameter(
            "X-Amz-Credential", std::string(who.secret_id()) + "/" + scope.text());
        target.add_parameter("X-Amz-Date", sig_v4_time(now));
        target.add_parameter("X-Amz-Expires", std::to_string(validity.count()));
        target.add_parameter("X-Amz-SignedHeaders", headers.names());
        if (!who.session_token().empty())
            target.add_parameter("X-Amz-Security-Token", who.session_token());
        auto key = sig_v4_key::derive(who.secret_key(), scope);
        if (!key)
            return std::move(key).error();
        const auto signature = sig_v4(*key, scope, method, target, headers, unsigned_payload);
        if (!signature)
            return signature.error();
        target.add_parameter("X-Amz-Signature", *signature);
        return {};
    }

    /// How many signing keys were derived, for tests of the cache.
    [[nodiscard]] std::size_t derived() const
    {
        const std::lock_guard lock(mutex_);
        return derived_;
    }

private:
    struct cached_key
    {
        credentials of;
        std::string date;
        sig_v4_key key;
    };

    result<void> refresh(const credentials& who, const sig_v4_scope& scope)
    {
        auto date = scope.date();
        if (key_ && key_->date == date && key_->of == who)
            return {};
        auto key = sig_v4_key::derive(who.secret_key(), scope);
        if (!key)
            return std::move(key).error();
        ++derived_;
        key_.emplace(cached_key{who, std::move(date), std::move(*key)});
        return {};
    }

    const std::string region_;
    mutable std::mutex mutex_{};
    std::optional<cached_key> key_{};
    std::size_t derived_ = 0;
};

} // namespace cosio::inline v0::auth

#endif
