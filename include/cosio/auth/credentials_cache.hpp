// SPDX-License-Identifier: MIT
//
// When a provider is asked for credentials again, as pure state: time and chance are given.

#ifndef COSIO_AUTH_CREDENTIALS_CACHE_HPP
#define COSIO_AUTH_CREDENTIALS_CACHE_HPP

#include <cosio/auth/credentials_provider.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace cosio::inline v0::auth {

/// Credentials as they are handed out; `generation` tells them from those before and after.
struct issued_credentials
{
    std::shared_ptr<const credentials> who{};
    std::uint64_t generation = 0; ///< 0: none.
};

class credentials_cache
{
public:
    using time_point = std::chrono::sys_seconds;

    /// What one who needs credentials does.
    enum class advice {
        use,             ///< What there is.
        use_and_refresh, ///< The same, and begins to ask for others.
        wait,            ///< For others, which are asked for if they are not yet.
    };

    /// Refreshed this long before they expire, or a third of their time when that is less.
    static constexpr std::chrono::seconds longest_lead{300};
    /// After a refresh that failed the next one waits about this long, while the old ones last.
    static constexpr std::chrono::seconds pause_after_failure{10};

    /// `refused`: the generation that the service called expired, 0 when it did not.
    [[nodiscard]] advice ask(time_point now, std::uint64_t refused = 0) const noexcept
    {
        if (current_.generation == 0 || current_.generation <= refused ||
            (expires_ && now >= *expires_))
            return advice::wait;
        return now >= refresh_at_ ? advice::use_and_refresh : advice::use;
    }

    [[nodiscard]] const issued_credentials& current() const noexcept { return current_; }

    /// `random` is within [0, 1): it spreads the refreshes of many clients.
    void refreshed(expiring_credentials fresh, time_point now, double random)
    {
        current_.who = std::make_shared<const credentials>(std::move(fresh.who));
        ++current_.generation;
        expires_ = fresh.expires;
        refresh_at_ = never;
        if (!expires_)
            return;
        const auto lead =
            std::clamp<std::chrono::seconds>((*expires_ - now) / 3, {}, longest_lead);
        constexpr double least = 0.75;
        refresh_at_ = *expires_ - scaled(lead, least + random / 2);
    }

    void refresh_failed(time_point now, double random)
    {
        if (refresh_at_ != never)
            refresh_at_ = now + scaled(pause_after_failure, 0.5 + random);
    }

private:
    static constexpr auto never = time_point::max();

    [[nodiscard]] static std::chrono::seconds scaled(
        std::chrono::seconds time, double factor) noexcept
    {
        return std::chrono::ceil<std::chrono::seconds>(
            std::chrono::duration<double>(time) * factor);
    }

    issued_credentials current_{};
    std::optional<time_point> expires_{};
    time_point refresh_at_ = never;
};

} // namespace cosio::inline v0::auth

#endif
