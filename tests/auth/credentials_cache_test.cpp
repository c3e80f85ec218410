#include <cosio/auth/credentials_cache.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using cosio::credentials;
using cosio::expiring_credentials;
using cosio::auth::credentials_cache;
using advice = credentials_cache::advice;

namespace {

const std::chrono::sys_seconds start(1'700'000'000s);

expiring_credentials lasting(std::chrono::seconds time, const char* id = "id")
{
    return {credentials(id, "key"), start + time};
}

} // namespace

TEST_CASE("credentials: nothing there, wait; fresh ones serve; old ones are renewed ahead")
{
    credentials_cache cache;
    CHECK(cache.ask(start) == advice::wait);
    cache.refreshed(lasting(1h), start, 0.5);
    CHECK(cache.ask(start) == advice::use);
    CHECK(cache.current().who->secret_id() == "id");
    CHECK(cache.ask(start + 1h - 301s) == advice::use);
    CHECK(cache.ask(start + 1h - 299s) == advice::use_and_refresh);
    CHECK(cache.ask(start + 1h - 1s) == advice::use_and_refresh);
    CHECK(cache.ask(start + 1h) == advice::wait);
}

TEST_CASE("credentials: the lead is spread, and a third of what lasts not long")
{
    const auto renewed_at = [](std::chrono::seconds lasts, double random) {
        credentials_cache cache;
        cache.refreshed(lasting(lasts), start, random);
        auto now = start;
        while (cache.ask(now) == advice::use)
            now += 1s;
        return now - start;
    };
    CHECK(renewed_at(1h, 0.0) == 1h - 225s);
    CHECK(renewed_at(1h, 0.5) == 1h - 300s);
    CHECK(renewed_at(60s, 0.5) == 40s);
    CHECK(renewed_at(0s, 0.5) == 0s);
}

TEST_CASE("credentials: a refresh that fails leaves the old ones until they expire")
{
    credentials_cache cache;
    cache.refreshed(lasting(1h), start, 0.5);
    const auto due = start + 1h - 300s;
    REQUIRE(cache.ask(due) == advice::use_and_refresh);
    cache.refresh_failed(due, 0.5);
    CHECK(cache.ask(due) == advice::use);
    CHECK(cache.ask(due + 9s) == advice::use);
    CHECK(cache.ask(due + 10s) == advice::use_and_refresh);
    cache.refresh_failed(start + 1h - 1s, 0.5);
    CHECK(cache.ask(start + 1h) == advice::wait);
}

TEST_CASE("credentials: those the service called expired are not used, later ones are")
{
    credentials_cache cache;
    cache.refreshed({credentials("one", "key")}, start, 0.5);
    const auto first = cache.current();
    CHECK(cache.ask(start + 10'000h) == advice::use); // Without expiry.
    CHECK(cache.ask(start, first.generation) == advice::wait);
    cache.refreshed({credentials("two", "key")}, start, 0.5);
    CHECK(cache.ask(start, first.generation) == advice::use);
    CHECK(cache.current().who->secret_id() == "two");
    CHECK(first.who->secret_id() == "one"); // Whoever signs with them still can.
}
