#include <cosio/net/pool.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

using cosio::net::origin;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

struct fake
{
    origin where{};
    int number = 0;
    [[nodiscard]] const origin& leads_to() const { return where; }
};

using idle = cosio::net::idle_connections<fake>;

origin to(std::string host, bool tls = true)
{
    origin made;
    made.host = host;
    made.tls_name = std::move(host);
    made.tls = tls;
    return made;
}

std::unique_ptr<fake> connection(const origin& where, int number)
{
    auto made = std::make_unique<fake>();
    made->where = where;
    made->number = number;
    return made;
}

const steady_clock::time_point start{};

} // namespace

TEST_CASE("the last connection put back is the first taken")
{
    idle pool(seconds(20), 8);
    pool.put(connection(to("a"), 1), start);
    pool.put(connection(to("a"), 2), start);
    pool.put(connection(to("b"), 3), start);
    CHECK(pool.take(to("a"), start)->number == 2);
    CHECK(pool.take(to("a"), start)->number == 1);
    CHECK(pool.take(to("a"), start) == nullptr);
    CHECK(pool.take(to("b"), start)->number == 3);
}

TEST_CASE("connections to other origins are never mixed up")
{
    auto other_port = to("a");
    other_port.port = 8443;
    auto other_name = to("a");
    other_name.tls_name = "x";
    for (const auto& other : {to("b"), to("a", false), other_port, other_name}) {
        idle pool(seconds(20), 8);
        pool.put(connection(to("a"), 1), start);
        CHECK(pool.take(other, start) == nullptr);
        CHECK(pool.take(to("a"), start) != nullptr);
    }
}

TEST_CASE("connections grow old")
{
    idle pool(seconds(20), 8);
    pool.put(connection(to("a"), 1), start);
    pool.put(connection(to("a"), 2), start + seconds(10));
    CHECK(pool.take(to("a"), start + seconds(25))->number == 2);
    CHECK(pool.size() == 0);
    pool.put(connection(to("a"), 3), start);
    CHECK(pool.take(to("a"), start + seconds(20)) == nullptr);
}

TEST_CASE("the oldest go when there are too many")
{
    idle pool(seconds(20), 2);
    for (int i = 1; i != 4; ++i)
        pool.put(connection(to("a"), i), start + seconds(i));
    CHECK(pool.size() == 2);
    CHECK(pool.take(to("a"), start + seconds(4))->number == 3);
    CHECK(pool.take(to("a"), start + seconds(4))->number == 2);
}
