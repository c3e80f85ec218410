// SPDX-License-Identifier: MIT
//
// Who signs: secret id, secret key, and the session token of temporary credentials.

#ifndef COSIO_AUTH_CREDENTIALS_HPP
#define COSIO_AUTH_CREDENTIALS_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/http/field_rules.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

/// A secret id with its secret key, and a session token when they are temporary. Wiped when it
/// goes; has no text form. Copies are allowed, each wipes itself.
class credentials
{
public:
    /// Requests are not signed: for public buckets.
    [[nodiscard]] static credentials anonymous()
    {
        credentials none;
        none.anonymous_ = true;
        return none;
    }

    /// No credentials at all: every operation fails with `errc::missing_credentials`.
    credentials() = default;

    credentials(std::string_view secret_id, std::string_view secret_key,
        std::string_view session_token = {})
        : secret_id_(secret_id), secret_key_(secret_key), session_token_(session_token)
    {}

    /// From `COS_SECRET_ID`, `COS_SECRET_KEY` and, when set, `COS_SESSION_TOKEN`.
    ///
    /// Reads the environment when called and never again; do not call it while another thread
    /// changes the environment. Errors: `errc::missing_credentials` names the variable.
    [[nodiscard]] static result<credentials> from_environment()
    {
        const auto value_of = [](const char* name) {
            const char* const value = std::getenv(name);
            return value == nullptr ? std::string_view{} : std::string_view(value);
        };
        for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY"})
            if (value_of(name).empty())
                return error(errc::missing_credentials,
                    "is not set in the environment, or is empty", name);
        return credentials(value_of("COS_SECRET_ID"), value_of("COS_SECRET_KEY"),
            value_of("COS_SESSION_TOKEN"));
    }

    [[nodiscard]] bool is_anonymous() const noexcept { return anonymous_; }
    /// Valid as long as this object.
    [[nodiscard]] std::string_view secret_id() const noexcept { return secret_id_; }
    [[nodiscard]] std::string_view secret_key() const noexcept { return secret_key_.view(); }
    [[nodiscard]] std::string_view session_token() const noexcept { return session_token_.view(); }

    /// Whether a request can be signed with them. Errors: `errc::missing_credentials`,
    /// `errc::invalid_credentials`.
    [[nodiscard]] result<void> check() const
    {
        if (anonymous_)
            return {};
        if (secret_id_.empty())
            return error(errc::missing_credentials, "must not be empty", "secret_id");
        if (secret_key_.empty())
            return error(errc::missing_credentials, "must not be empty", "secret_key");
        // The id stands unencoded between the delimiters of the Authorization header.
        const auto allowed = [](char c) {
            return detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~';
        };
        if (!std::ranges::all_of(secret_id_, allowed))
            return error(errc::invalid_credentials,
                "must be letters, digits and - _ . ~", "secret_id");
        if (!http::is_sendable_value(session_token_.view()))
            return error(errc::invalid_credentials,
                "must be visible ASCII without blanks around it", "session_token");
        return {};
    }

    friend bool operator==(const credentials& left, const credentials& right) noexcept
    {
        const auto same = [](std::string_view a, std::string_view b) {
            return crypto::equal_in_constant_time(detail::bytes_of(a), detail::bytes_of(b));
        };
        return left.anonymous_ == right.anonymous_ && left.secret_id_ == right.secret_id_ &&
            same(left.secret_key(), right.secret_key()) &&
            same(left.session_token(), right.session_token());
    }

    /// Credentials are never printed.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, const credentials& credentials_are_never_printed)
        = delete;

private:
    std::string secret_id_{};
    crypto::secret_buffer secret_key_{};
    crypto::secret_buffer session_token_{};
    bool anonymous_ = false;
};

} // namespace cosio::inline v0

#endif
