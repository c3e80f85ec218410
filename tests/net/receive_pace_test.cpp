#include <cosio/net/receive_pace.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

using cosio::net::receive_pace;
using std::chrono::milliseconds;

namespace {

/// A pace with a peer that sends so much at a time.
struct flow
{
    /// Yields what is waited for next.
    std::size_t comes(std::uint64_t bytes, milliseconds after)
    {
        moved += bytes;
        now += after;
        return pace.worth_waiting_for(moved, now);
    }

    receive_pace pace{};
    std::uint64_t moved = 0;
    receive_pace::clock::time_point now{std::chrono::hours(1)};
};

} // namespace

TEST_CASE("receive_pace: a batch is worth waiting for while bytes come fast")
{
    flow here;
    CHECK(here.comes(0, milliseconds(0)) == 1);
    CHECK(here.comes(receive_pace::batch, milliseconds(0)) == 1); // When it began is not known.
    CHECK(here.comes(receive_pace::batch - 1, milliseconds(1)) == 1);
    CHECK(here.comes(1, milliseconds(1)) == receive_pace::batch);
    CHECK(here.comes(10 * receive_pace::batch, 10 * receive_pace::longest_batch) ==
        receive_pace::batch);
    CHECK(here.comes(receive_pace::batch, receive_pace::longest_batch + milliseconds(1)) == 1);
    CHECK(here.comes(receive_pace::batch, milliseconds(1)) == receive_pace::batch);
}

TEST_CASE("receive_pace: what is less than a batch says nothing of the pace")
{
    flow here;
    here.comes(receive_pace::batch, milliseconds(0));
    here.comes(receive_pace::batch, milliseconds(1));
    for (int i = 0; i != 100; ++i)
        CHECK(here.comes(10, milliseconds(0)) == receive_pace::batch);
    CHECK(here.comes(receive_pace::batch, std::chrono::hours(1)) == 1);
}

TEST_CASE("receive_pace: once bytes stay away, nothing is waited for until they come fast again")
{
    flow here;
    here.comes(receive_pace::batch, milliseconds(0));
    REQUIRE(here.comes(receive_pace::batch, milliseconds(1)) == receive_pace::batch);
    here.pace.slowed_down(here.moved, here.now);
    CHECK(here.comes(0, milliseconds(0)) == 1);
    CHECK(here.comes(receive_pace::batch - 1, milliseconds(1)) == 1);
    CHECK(here.comes(1, milliseconds(1)) == receive_pace::batch);
}
