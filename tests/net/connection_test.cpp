#include <cosio/net/connection.hpp>

#include "support/scripted_stream.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

using cosio::net::connection;
using support::script;

namespace {

connection over(const std::shared_ptr<script>& what)
{
    return connection(std::make_unique<support::scripted_stream>(what));
}

void receive(connection& on, std::string_view text)
{
    const auto room = on.space();
    REQUIRE(room.size() >= text.size());
    std::memcpy(room.data(), text.data(), text.size());
    on.received(text.size());
}

} // namespace

TEST_CASE("connection: an idle one is quiet until the peer says or ends anything")
{
    const auto what = std::make_shared<script>();
    auto on = over(what);
    what->silent = true;
    CHECK(on.is_quiet());
    CHECK(on.is_quiet());

    SUBCASE("a reply to nothing, as a 408 before the server closes")
    {
        what->replies.emplace_back("HTTP/1.1 408 Request Timeout\r\n\r\n");
        CHECK_FALSE(on.is_quiet());
    }
    SUBCASE("the end")
    {
        what->silent = false;
        CHECK_FALSE(on.is_quiet());
    }
    SUBCASE("bytes behind the last reply")
    {
        receive(on, "x");
        CHECK_FALSE(on.is_quiet());
    }
}

TEST_CASE("connection: the system is asked right behind a reply, too")
{
    const auto what = std::make_shared<script>();
    auto on = over(what);
    what->silent = true;
    CHECK(on.is_quiet());
    what->replies.emplace_back("HTTP/1.1 200 OK\r\n\r\n"); // Late, but before its request.
    CHECK_FALSE(on.is_quiet());
}

TEST_CASE("connection: what was not consumed is kept while more is received")
{
    auto on = over(std::make_shared<script>());
    std::string all;
    for (int i = 0; i != 3000; ++i) {
        for (const char each : std::to_string(i) + ' ') {
            receive(on, std::string_view(&each, 1));
            all += each;
        }
        if (i % 7 == 0) {
            on.consume(2);
            all.erase(0, 2);
        }
        REQUIRE((on.unread() == all));
    }
    on.consume(all.size());
    CHECK(on.unread().empty());
}
