// SPDX-License-Identifier: MIT
//
// Who signs: secret id, secret key, and the session token of temporary credentials.

#ifndef COSIO_AUTH_CREDENTIALS_HPP
#define COSIO_AUTH_CREDENTIALS_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/detail/separate.hpp>
#include <cosio/result.hpp>

#include <string>
#include <string_view>

namespace cosio::inline v0 {

/// A secret id with its secret key, and a session token when they are temporary. Wiped when it
/// goes; has no text form. Copies are allowed, each wipes itself.
class credentials
{
public:
    /// Requests are not signed: for public buckets.
    [[nodiscard]] COSIO_DECLARED static credentials anonymous();

    /// No credentials at all: every operation fails with `errc::missing_credentials`.
    credentials() = default;

    COSIO_DECLARED credentials(std::string_view secret_id, std::string_view secret_key,
        std::string_view session_token = {});

    /// From `COS_SECRET_ID`, `COS_SECRET_KEY` and, when set, `COS_SESSION_TOKEN`.
    ///
    /// Reads the environment when called and never again; do not call it while another thread
    /// changes the environment. Errors: `errc::missing_credentials` and `errc::invalid_credentials`,
    /// which name the variable.
    [[nodiscard]] COSIO_DECLARED static result<credentials> from_environment();

    [[nodiscard]] bool is_anonymous() const noexcept { return anonymous_; }
    /// Valid as long as this object.
    [[nodiscard]] std::string_view secret_id() const noexcept { return secret_id_; }
    [[nodiscard]] std::string_view secret_key() const noexcept { return secret_key_.view(); }
    [[nodiscard]] std::string_view session_token() const noexcept { return session_token_.view(); }

    /// Whether a request can be signed with them. Errors: `errc::missing_credentials`,
    /// `errc::invalid_credentials`.
    [[nodiscard]] COSIO_DECLARED result<void> check() const;

    /// In constant time where it compares secrets.
    [[nodiscard]] COSIO_DECLARED bool operator==(const credentials& other) const noexcept;

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

#if defined(COSIO_DEFINITIONS)
#include <cosio/auth/credentials_definitions.hpp>
#endif

#endif
