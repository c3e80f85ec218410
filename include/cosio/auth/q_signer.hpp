// SPDX-License-Identifier: MIT
//
// Signs the requests of one client, deriving a SignKey once per KeyTime.

#ifndef COSIO_AUTH_Q_SIGNER_HPP
#define COSIO_AUTH_Q_SIGNER_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/auth/q_sign.hpp>
#include <cosio/auth/request_signer.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::auth {

/// Thread safe: a mutex guards the cached SignKey, which is wiped with the signer, and the memory
/// that signing needs.
class q_signer final : public request_signer
{
public:
    static constexpr std::string_view token_header = "x-cos-security-token";
    /// The body is no part of the signature.
    static constexpr std::string_view body_hash_header{};

    /// How long a signature made for a request is valid.
    static constexpr std::chrono::seconds lifetime{900};
    /// How long one KeyTime serves for new requests, so that every signature has most of its
    /// lifetime before it.
    static constexpr std::chrono::seconds renewal{300};
    /// How far a server's clock may be behind ours.
    static constexpr std::chrono::seconds leeway{60};

    /// Adds the token and `Authorization` to `attempt_fields`, signing these and `request_fields`.
    ///
    /// Nothing is added for anonymous credentials. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(http::method method, const http::target& target,
        const http::field_list& request_fields, http::field_list& attempt_fields,
        const credentials& who, std::chrono::sys_seconds now) override
    {
        if (who.is_anonymous())
            return {};
        if (!who.session_token().empty())
            attempt_fields.add(token_header, who.session_token());

        const std::lock_guard lock(mutex_);
        if (auto ready = refresh(who, now); !ready)
            return ready;
        request_.clear();
        add_parameters(request_.parameters, target);
        add_signed_fields(request_.headers, attempt_fields);
        add_signed_fields(request_.headers, request_fields);
        auto signed_now = request_.sign(key_->key, method, target.decoded_path());
        if (signed_now)
            attempt_fields.add_written("Authorization", [&](crypto::secret_buffer& text) {
                text.append(key_->constant_part);
                for_each_request_part(request_, [&](std::string_view name, std::string_view value) {
                    text.append("&", name, "=", value);
                });
            });
        request_.clear(); // Keys may be among what was signed.
        return signed_now;
    }

    /// Appends the signature to `target` as `q-*` parameters, for a URL that anyone may use from
    /// `now` (minus the leeway) for `validity`. The token is signed as a parameter.
    ///
    /// `fields` are those that the user of the URL must send, `Host` among them.
    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<void> presign(http::method method, http::target& target,
        const http::field_list& fields, const credentials& who, std::chrono::sys_seconds now,
        std::chrono::seconds validity)
    {
        if (who.is_anonymous())
            return {};
        if (!who.session_token().empty())
            target.add_parameter(token_header, who.session_token());
        auto key = q_sign_key::derive(who.secret_key(), {now - leeway, now + validity});
        if (!key)
            return std::move(key).error();
        q_signature request;
        add_parameters(request.parameters, target);
        add_signed_fields(request.headers, fields);
        if (auto done = request.sign(*key, method, target.decoded_path()); !done)
            return done;
        const auto put = [&](std::string_view name, std::string_view value) {
            target.add_parameter(name, value);
        };
        for_each_constant_part(who.secret_id(), *key, put);
        for_each_request_part(request, put);
        return {};
    }

    /// How many SignKeys were derived, for tests of the cache.
    [[nodiscard]] std::size_t derived() const
    {
        const std::lock_guard lock(mutex_);
        return derived_;
    }

private:
    struct cached_key
    {
        credentials of;
        q_sign_key key;
        std::string constant_part{}; ///< Of the Authorization values it signs.
    };

    /// A KeyTime serves from its making for `renewal`, unless the clock went back.
    [[nodiscard]] static bool serves(const key_time& validity, std::chrono::sys_seconds now)
    {
        const auto made = validity.start + leeway;
        return now >= made && now < made + renewal;
    }

    result<void> refresh(const credentials& who, std::chrono::sys_seconds now)
    {
        if (key_ && serves(key_->key.validity(), now) && key_->of == who)
            return {};
        auto key = q_sign_key::derive(who.secret_key(), {now - leeway, now + lifetime});
        if (!key)
            return std::move(key).error();
        ++derived_;
        auto& made = key_.emplace(cached_key{who, std::move(*key)});
        for_each_constant_part(
            who.secret_id(), made.key, [&](std::string_view name, std::string_view value) {
                auto& text = made.constant_part;
                text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
            });
        return {};
    }

    mutable std::mutex mutex_{};
    std::optional<cached_key> key_{};
    q_signature request_{}; // Empty in between.
    std::size_t derived_ = 0;
};

} // namespace cosio::inline v0::auth

#endif
