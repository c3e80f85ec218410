// SPDX-License-Identifier: MIT
//
// Credentials that are asked for while a client lives, such as those of a role.

#ifndef COSIO_AUTH_CREDENTIALS_PROVIDER_HPP
#define COSIO_AUTH_CREDENTIALS_PROVIDER_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/detail/asio.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace cosio::inline v0 {

/// Credentials, and when they stop being valid.
class expiring_credentials
{
public:
    expiring_credentials() = default;
    expiring_credentials(
        credentials identity, std::optional<std::chrono::sys_seconds> until = std::nullopt)
        : who(std::move(identity)), expires(until)
    {}

    credentials who{};
    /// Nothing: valid until the service says otherwise.
    std::optional<std::chrono::sys_seconds> expires{};
};

/// Where a client gets its credentials from: `config.provider`.
///
/// Asked when the first operation begins, ahead of the expiry of what it gave last, and when the
/// service says that a token has expired. One question at a time for all operations of a client;
/// when it fails, what it gave before is used until it expires.
class credentials_provider
{
public:
    credentials_provider() = default;
    credentials_provider(const credentials_provider&) = delete;
    credentials_provider& operator=(const credentials_provider&) = delete;
    virtual ~credentials_provider() = default;

    /// Runs on the client's executor. An error, or an exception, is `errc::credentials_unavailable`
    /// for operations that have nothing else to sign with.
    [[nodiscard]] virtual asio::awaitable<result<expiring_credentials>> fetch() = 0;
};

/// A provider from a callable that returns `asio::awaitable<cosio::result<expiring_credentials>>`.
/// It lives as long as the clients that use it, so a coroutine lambda may capture.
template <class Callback>
    requires requires(Callback& callback) {
        { callback() } -> std::same_as<asio::awaitable<result<expiring_credentials>>>;
    }
[[nodiscard]] std::shared_ptr<credentials_provider> credentials_from(Callback callback)
{
    class calling final : public credentials_provider
    {
    public:
        explicit calling(Callback what) : callback_(std::move(what)) {}
        [[nodiscard]] asio::awaitable<result<expiring_credentials>> fetch() override
        {
            return callback_();
        }

    private:
        Callback callback_;
    };
    return std::make_shared<calling>(std::move(callback));
}

} // namespace cosio::inline v0

#endif
