#include <cosio/transfer/crew.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>

using namespace std::chrono_literals;
using cosio::transfer::lane;

TEST_CASE("lane: a pause ends when it is interrupted, and does not begin afterwards")
{
    for (const bool before : {false, true}) {
        CAPTURE(before);
        asio::io_context context;
        lane in(context.get_executor());
        bool ended = false;
        if (before)
            in.interrupt();
        asio::co_spawn(
            context, in.pause(1h), [&](const std::exception_ptr&) { ended = true; });
        context.poll();
        CHECK(ended == before);
        in.interrupt();
        context.run_for(10s);
        CHECK(ended);
    }
}
