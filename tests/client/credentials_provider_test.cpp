// Credentials that come from a provider while a client lives.

#include "support/emulated.hpp"

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace credentials_provider_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using testing::fault;

/// A client whose credentials a callback gives, which counts its calls.
struct provided : emulated
{
    template <class Answer>
    explicit provided(Answer answer)
    {
        config.credentials = credentials();
        config.retry = retry_settings();
        config.retry.base_delay = 1ms;
        config.provider = credentials_from(
            [this, answer]() -> asio::awaitable<result<expiring_credentials>> {
                ++asked;
                asio::steady_timer timer(co_await asio::this_coro::executor, 20ms);
                co_await timer.async_wait(asio::use_awaitable);
                co_return answer(*this);
            });
        cos = client(config);
    }

    [[nodiscard]] expiring_credentials right(
        std::optional<std::chrono::seconds> lasting = std::nullopt) const
    {
        const auto& who = server.options();
        expiring_credentials out(credentials(who.secret_id, who.secret_key));
        if (lasting)
            out.expires = std::chrono::floor<std::chrono::seconds>(
                              std::chrono::system_clock::now()) +
                *lasting;
        return out;
    }

    std::vector<result<list_objects_result>> at_once(std::size_t count)
    {
        std::vector<std::future<result<list_objects_result>>> pending;
        for (std::size_t i = 0; i != count; ++i)
            pending.push_back(cos.list_objects({.bucket = bucket}, asio::use_future));
        context.restart();
        context.run();
        std::vector<result<list_objects_result>> out;
        for (auto& each : pending)
            out.push_back(each.get());
        return out;
    }

    /// Uses the client until its provider has been asked for the `count`th time.
    void ask_until(int count)
    {
        for (int i = 0; i != 200 && asked < count; ++i) {
            CHECK(at_once(1)[0]);
            std::this_thread::sleep_for(50ms);
        }
        CHECK(asked == count);
    }

    int asked = 0;
};

TEST_CASE("provider: asked once for all who wait, and not again while it lasts")
{
    provided here([](provided& self) { return self.right(1h); });
    for (const auto& each : here.at_once(10))
        CHECK(each);
    CHECK(here.asked == 1);
    for (const auto& each : here.at_once(10))
        CHECK(each);
    CHECK(here.asked == 1);
    CHECK(here.cos.presign(get_object_request{.bucket = bucket, .key = "k"}, 60s));
}

TEST_CASE("provider: what is about to expire serves while others are asked for")
{
    provided here([](provided& self) { return self.right(self.asked == 1 ? 3s : 1h); });
    here.ask_until(2);
    CHECK(here.at_once(1)[0]);
    CHECK(here.asked == 2);
}

TEST_CASE("provider: one that fails fails those who wait, and is asked anew by the next")
{
    provided here([](provided& self) -> result<expiring_credentials> {
        if (self.asked == 1)
            return error(errc::connection_closed, "no metadata today");
        if (self.asked == 2)
            throw std::runtime_error("nor tomorrow");
        if (self.asked == 3)
            return expiring_credentials();
        return self.right();
    });
    for (const char* const why : {"no metadata today", "nor tomorrow", "secret_id"})
        for (const auto& each : here.at_once(3)) {
            REQUIRE_FALSE(each);
            CHECK(each.error().code == errc::credentials_unavailable);
            CHECK(each.error().message.find(why) != std::string::npos);
        }
    CHECK(here.at_once(1)[0]);
    CHECK(here.asked == 4);
}

TEST_CASE("provider: the old ones serve when a refresh fails")
{
    provided here([](provided& self) -> result<expiring_credentials> {
        if (self.asked == 1)
            return self.right(4s);
        return error(errc::connection_closed);
    });
    here.ask_until(2);
    CHECK(here.at_once(1)[0]);
}

TEST_CASE("provider: a token the service calls expired is renewed once, at once")
{
    provided here([](provided& self) { return self.right(1h); });
    REQUIRE(here.at_once(1)[0]);
    here.server.inject(fault::reply_with(400, "ExpiredToken"));
    CHECK(here.at_once(1)[0]);
    CHECK(here.asked == 2);
    here.server.inject(fault::reply_with(400, "ExpiredToken").times(2));
    const auto failed = here.at_once(1);
    REQUIRE_FALSE(failed[0]);
    CHECK(failed[0].error().code == service_errc::expired_token);
    CHECK(failed[0].error().attempts == 2);
    CHECK(here.asked == 3);
}

/// A client whose provider does not answer the first time it is asked.
struct hanging_once : emulated
{
    [[nodiscard]] cosio::client with(timeout credentials, timeout total)
    {
        auto hurried = config;
        hurried.timeouts.credentials = credentials;
        hurried.timeouts.total = total;
        hurried.provider =
            credentials_from([this]() -> asio::awaitable<result<expiring_credentials>> {
                if (++asked == 1) {
                    std::error_code ignored;
                    co_await never.async_wait(
                        asio::redirect_error(asio::use_awaitable, ignored));
                }
                co_return expiring_credentials(config.credentials);
            });
        return client(hurried);
    }

    int asked = 0;
    asio::steady_timer never{context, std::chrono::steady_clock::time_point::max()};
};

TEST_CASE("provider: one that hangs is waited for until the limit, and then asked again")
{
    hanging_once here;
    const auto cos = here.with(100ms, no_timeout);
    here.run([&]() -> asio::awaitable<void> {
        const auto late = co_await cos.list_objects({.bucket = bucket});
        REQUIRE_FALSE(late);
        CHECK(late.error().code == errc::credentials_timeout);
        CHECK(co_await cos.list_objects({.bucket = bucket}));
        here.never.cancel();
    });
    CHECK(here.asked == 2);
}

TEST_CASE("provider: one that hangs is asked again although nobody had the time to wait so long")
{
    hanging_once here;
    const auto cos = here.with(500ms, 300ms);
    here.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i != 2; ++i) {
            const auto late = co_await cos.list_objects({.bucket = bucket});
            REQUIRE_FALSE(late);
            CHECK(late.error().code == errc::total_timeout);
            CHECK(here.asked == 1);
        }
        CHECK(co_await cos.list_objects({.bucket = bucket}));
        CHECK(here.asked == 2);
        here.never.cancel();
    });
}

} // namespace credentials_provider_test
