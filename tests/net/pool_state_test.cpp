#include <cosio/net/pool_state.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

using cosio::pool_settings;
using cosio::net::origin;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

struct fake
{
    int number = 0;
};

using state = cosio::net::pool_state<fake>;

origin to(std::string host, bool tls = true)
{
    origin made;
    made.host = host;
    made.tls_name = std::move(host);
    made.tls = tls;
    return made;
}

std::unique_ptr<fake> connection(int number)
{
    return std::make_unique<fake>(fake{number});
}

pool_settings settings(std::size_t per_host, std::size_t idle = 8)
{
    pool_settings made;
    made.maximum_per_host = per_host;
    made.maximum_idle = idle;
    return made;
}

const steady_clock::time_point start{};

/// Admits one for each connection, then puts them back in this order.
void fill(state& pool, const origin& where, std::vector<int> numbers,
    steady_clock::time_point now = start)
{
    for (std::size_t i = 0; i != numbers.size(); ++i)
        REQUIRE(pool.acquire(where, now).connection == nullptr);
    for (const int number : numbers)
        REQUIRE_FALSE(pool.release(where, connection(number), now));
}

} // namespace

TEST_CASE("pool: the last connection put back is the first taken")
{
    state pool(settings(8));
    fill(pool, to("a"), {1, 2});
    fill(pool, to("b"), {3});
    CHECK(pool.acquire(to("a"), start).connection->number == 2);
    CHECK(pool.acquire(to("a"), start).connection->number == 1);
    const auto none = pool.acquire(to("a"), start);
    CHECK(none.admitted);
    CHECK(none.connection == nullptr);
    CHECK(pool.acquire(to("b"), start).connection->number == 3);
}

TEST_CASE("pool: connections to other origins are never mixed up")
{
    auto other_port = to("a");
    other_port.port = 8443;
    auto other_name = to("a");
    other_name.tls_name = "another";
    for (const auto& other : {to("b"), to("a", false), other_port, other_name}) {
        state pool(settings(8));
        fill(pool, to("a"), {1});
        CHECK(pool.acquire(other, start).connection == nullptr);
        CHECK(pool.acquire(to("a"), start).connection != nullptr);
    }
}

TEST_CASE("pool: connections grow old")
{
    state pool(settings(8));
    fill(pool, to("a"), {1}, start);
    fill(pool, to("b"), {2}, start + seconds(10));
    CHECK(pool.acquire(to("b"), start + seconds(25)).connection->number == 2);
    CHECK(pool.idle() == 0);
    CHECK(pool.acquire(to("a"), start + seconds(25)).connection == nullptr);
    state exact(settings(8));
    fill(exact, to("a"), {3});
    CHECK(exact.acquire(to("a"), start + seconds(20)).connection == nullptr);
}

TEST_CASE("pool: the oldest go when there are too many")
{
    state pool(settings(8, 2));
    fill(pool, to("a"), {1, 2, 3});
    CHECK(pool.idle() == 2);
    CHECK(pool.acquire(to("a"), start).connection->number == 3);
    CHECK(pool.acquire(to("a"), start).connection->number == 2);
    CHECK(pool.acquire(to("a"), start).connection == nullptr);
}

TEST_CASE("pool: one over the limit waits, and the first to come is the first to get")
{
    state pool(settings(2));
    const auto where = to("a");
    REQUIRE(pool.acquire(where, start).admitted);
    REQUIRE(pool.acquire(where, start).admitted);
    REQUIRE(pool.acquire(to("b"), start).admitted);
    const auto first = pool.acquire(where, start);
    const auto second = pool.acquire(where, start);
    const auto third = pool.acquire(where, start);
    CHECK_FALSE(first.admitted);
    CHECK(pool.waiting() == 3);
    CHECK(pool.in_use() == 3);

    CHECK(pool.leave(where, second.waits_as));
    CHECK_FALSE(pool.leave(where, second.waits_as));

    const auto reused = pool.release(where, connection(7), start);
    REQUIRE(reused);
    CHECK(reused->to == first.waits_as);
    CHECK(reused->connection->number == 7);
    const auto bare = pool.release(where, nullptr, start);
    REQUIRE(bare);
    CHECK(bare->to == third.waits_as);
    CHECK(bare->connection == nullptr);
    CHECK_FALSE(pool.leave(where, first.waits_as));
    CHECK(pool.waiting() == 0);
    CHECK_FALSE(pool.release(where, connection(8), start));
    CHECK_FALSE(pool.release(where, nullptr, start));
    CHECK(pool.in_use() == 1);
    CHECK(pool.idle() == 1);
}

TEST_CASE("pool: under any sequence, the limit holds, nobody is forgotten, nothing is lost")
{
    std::minstd_rand random(7);
    constexpr std::size_t limit = 3;
    state pool(settings(limit, 2));
    const std::vector<origin> hosts{to("a"), to("b")};
    std::map<state::ticket, std::size_t> waiting; // The host each ticket waits for.
    std::vector<std::vector<std::unique_ptr<fake>>> held(hosts.size());
    int made = 0;
    auto now = start;
    const auto hold = [&](std::size_t host, std::unique_ptr<fake> one) {
        held[host].push_back(one != nullptr ? std::move(one) : connection(++made));
        REQUIRE(held[host].size() <= limit);
    };
    for (int step = 0; step != 20'000; ++step) {
        now += std::chrono::milliseconds(random() % 2000);
        const std::size_t host = random() % hosts.size();
        const auto what = random() % 8;
        if (what < 4) {
            auto got = pool.acquire(hosts[host], now);
            if (got.admitted)
                hold(host, std::move(got.connection));
            else
                waiting.emplace(got.waits_as, host);
        } else if (what < 7 && !held[host].empty()) {
            auto one = std::move(held[host].back());
            held[host].pop_back();
            if (random() % 3 == 0)
                one.reset();
            if (auto granted = pool.release(hosts[host], std::move(one), now)) {
                REQUIRE(waiting.at(granted->to) == host);
                for (const auto& [ticket, of] : waiting)
                    REQUIRE((of != host || ticket >= granted->to));
                waiting.erase(granted->to);
                hold(host, std::move(granted->connection));
            }
        } else if (!waiting.empty()) {
            const auto [ticket, of] = *waiting.begin();
            REQUIRE(pool.leave(hosts[of], ticket));
            waiting.erase(ticket);
        }
        REQUIRE(pool.waiting() == waiting.size());
        REQUIRE(pool.in_use() == held[0].size() + held[1].size());
        REQUIRE(pool.idle() <= 2);
        for (const auto& [ticket, of] : waiting)
            REQUIRE(held[of].size() == limit); // Nobody waits while there is room.
    }
}
