// SPDX-License-Identifier: MIT
//
// What credentials.hpp declares.

#ifndef COSIO_AUTH_CREDENTIALS_DEFINITIONS_HPP
#define COSIO_AUTH_CREDENTIALS_DEFINITIONS_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/detail/bytes.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

COSIO_DECLARED credentials credentials::anonymous()
{
    credentials none;
    none.anonymous_ = true;
    return none;
}

COSIO_DECLARED credentials::credentials(
    std::string_view secret_id, std::string_view secret_key, std::string_view session_token)
    : secret_id_(secret_id), secret_key_(secret_key), session_token_(session_token)
{}

COSIO_DECLARED result<credentials> credentials::from_environment()
{
    const auto value_of = [](const char* name) {
        const char* const value = std::getenv(name);
        return value == nullptr ? std::string_view{} : std::string_view(value);
    };
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY"})
        if (value_of(name).empty())
            return error(errc::missing_credentials,
                "is not set in the environment, or is empty", name);
    credentials out(value_of("COS_SECRET_ID"), value_of("COS_SECRET_KEY"),
        value_of("COS_SESSION_TOKEN"));
    if (auto sound = out.check(); !sound) {
        auto why = std::move(sound).error();
        why.field = why.field == "secret_id" ? "COS_SECRET_ID"
            : why.field == "secret_key"      ? "COS_SECRET_KEY"
                                             : "COS_SESSION_TOKEN";
        return why;
    }
    return out;
}

COSIO_DECLARED result<void> credentials::check() const
{
    if (anonymous_)
        return {};
    if (secret_id_.empty())
        return error(errc::missing_credentials, "must not be empty", "secret_id");
    if (secret_key_.empty())
        return error(errc::missing_credentials, "must not be empty", "secret_key");
    const auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
    // The id stands unencoded between the delimiters of the Authorization header.
    if (!std::ranges::all_of(secret_id_, visible) ||
        secret_id_.find_first_of("&,/;=") != std::string::npos)
        return error(errc::invalid_credentials,
            "must be visible ASCII without blanks, line ends and & , / ; =", "secret_id");
    if (!std::ranges::all_of(secret_key_.view(), visible))
        return error(errc::invalid_credentials,
            "must be visible ASCII without blanks or line ends", "secret_key");
    if (!std::ranges::all_of(session_token_.view(), visible))
        return error(errc::invalid_credentials,
            "must be visible ASCII without blanks or line ends", "session_token");
    return {};
}

COSIO_DECLARED bool credentials::operator==(const credentials& other) const noexcept
{
    const auto same = [](std::string_view a, std::string_view b) {
        return crypto::equal_in_constant_time(detail::bytes_of(a), detail::bytes_of(b));
    };
    return anonymous_ == other.anonymous_ && secret_id_ == other.secret_id_ &&
        same(secret_key(), other.secret_key()) && same(session_token(), other.session_token());
}

} // namespace cosio::inline v0

#endif
