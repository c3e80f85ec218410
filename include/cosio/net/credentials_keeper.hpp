// SPDX-License-Identifier: MIT
//
// The credentials of one client: fixed ones, or a provider that is asked once for all who wait.

#ifndef COSIO_NET_CREDENTIALS_KEEPER_HPP
#define COSIO_NET_CREDENTIALS_KEEPER_HPP

#include <cosio/auth/credentials_cache.hpp>
#include <cosio/net/jitter.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/parking.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Thread safe. Owned by a `shared_ptr`, as a question to the provider may outlive who asked it.
class credentials_keeper : public std::enable_shared_from_this<credentials_keeper>
{
public:
    using time_point = std::chrono::sys_seconds;

    explicit credentials_keeper(credentials fixed)
    {
        fixed_.who = std::make_shared<const credentials>(std::move(fixed));
        fixed_.generation = 1;
    }

    explicit credentials_keeper(std::shared_ptr<credentials_provider> provider)
        : provider_(std::move(provider))
    {}

    /// Whether others can be had when the service calls these expired.
    [[nodiscard]] bool can_refresh() const noexcept { return provider_ != nullptr; }

    /// What there is without asking: null when nothing was asked for yet.
    [[nodiscard]] std::shared_ptr<const credentials> known() const
    {
        const std::lock_guard lock(mutex_);
        return provider_ == nullptr ? fixed_.who : cache_.current().who;
    }

    /// Those that never change, null when there is a provider: for asking without a coroutine.
    [[nodiscard]] const auth::issued_credentials* fixed() const noexcept
    {
        return provider_ == nullptr ? &fixed_ : nullptr;
    }

    /// Credentials that are valid at `now`; waits for the provider only when there are none.
    /// `refused` is the generation the service called expired.
    ///
    /// Errors: `errc::credentials_unavailable`, `errc::credentials_timeout`,
    /// `errc::total_timeout`, `errc::cancelled`.
    [[nodiscard]] asio::awaitable<result<auth::issued_credentials>> get(
        operation_control& control, time_point now, std::uint64_t refused)
    {
        if (provider_ == nullptr)
            co_return fixed_;
        using advice = auth::credentials_cache::advice;
        std::unique_lock lock(mutex_);
        const auto what = cache_.ask(now, refused);
        const bool asks =
            what != advice::use && (!asking_ || took_too_long(control.limits().credentials));
        if (what != advice::wait) {
            auto known = cache_.current();
            const auto question = asks ? begin_question() : 0;
            lock.unlock();
            if (asks)
                ask(control.executor(), question);
            co_return known;
        }
        const auto place = std::make_shared<waiter>(control.executor());
        waiting_.push_back(place);
        const auto question = asks ? begin_question() : 0;
        lock.unlock();
        if (asks)
            ask(control.executor(), question);
        {
            const operation_control::waiting waiting(
                control, *place->parked, step::credentials);
            co_await place->parked->wait(control);
        }
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        lock.lock();
        if (place->failure)
            co_return std::move(*place->failure);
        co_return place->got;
    }

private:
    struct waiter
    {
        explicit waiter(const asio::any_io_executor& executor)
            : parked(std::make_shared<parking>(executor))
        {}
        std::shared_ptr<parking> parked;
        auth::issued_credentials got{};
        std::optional<error> failure{};
    };

    /// An answer that does not come is not waited for by those who come later, however long those
    /// who asked had the time to wait. Under the lock, as is the next.
    [[nodiscard]] bool took_too_long(timeout limit) const
    {
        return limit.is_finite() &&
            operation_control::clock::now() - asked_at_ >= limit.limit();
    }

    [[nodiscard]] std::uint64_t begin_question()
    {
        std::erase_if(waiting_, [](const auto& place) { return place.expired(); });
        asking_ = true;
        asked_at_ = operation_control::clock::now();
        return ++last_question_;
    }

    void ask(const asio::any_io_executor& executor, std::uint64_t question)
    {
        asio::co_spawn(executor, run(shared_from_this(), question), ignore_outcome());
    }

    /// Handles what cannot be: `run` lets no exception out.
    struct ignore_outcome
    {
        void operator()(const std::exception_ptr&) const noexcept {}
    };

    static asio::awaitable<void> run(
        std::shared_ptr<credentials_keeper> self, std::uint64_t question)
    {
        result<expiring_credentials> got = error(errc::credentials_unavailable);
        try {
            got = co_await self->provider_->fetch();
            if (got)
                if (auto usable = got->who.check(); !usable)
                    got = std::move(usable).error();
        } catch (const std::exception& thrown) {
            got = error(errc::credentials_unavailable, thrown.what());
        } catch (...) {
            got = error(errc::credentials_unavailable, "an exception of unknown type");
        }
        self->answered(std::move(got), question);
    }

    void answered(result<expiring_credentials> got, std::uint64_t question)
    {
        const auto now = std::chrono::floor<std::chrono::seconds>(
            std::chrono::system_clock::now());
        const double random = random_();
        const std::lock_guard lock(mutex_);
        const bool current = question == last_question_;
        if (current)
            asking_ = false;
        else if (!got)
            return; // Abandoned: another was asked since.
        if (got)
            cache_.refreshed(std::move(*got), now, random);
        else
            cache_.refresh_failed(now, random);
        for (const auto& weak : waiting_) {
            const auto place = weak.lock();
            if (place == nullptr)
                continue;
            if (got)
                place->got = cache_.current();
            else
                place->failure = error(errc::credentials_unavailable,
                    "the provider failed: " + got.error().describe());
            place->parked->wake();
        }
        waiting_.clear();
    }

    std::shared_ptr<credentials_provider> provider_{};
    auth::issued_credentials fixed_{};
    mutable std::mutex mutex_{};
    auth::credentials_cache cache_{};
    std::vector<std::weak_ptr<waiter>> waiting_{};
    std::uint64_t last_question_ = 0;
    operation_control::clock::time_point asked_at_{};
    bool asking_ = false;
    jitter random_{};
};

} // namespace cosio::inline v0::net

#endif
