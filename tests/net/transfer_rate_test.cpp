#include <cosio/net/transfer_rate.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace transfer_rate_test {

using cosio::net::transfer_rate;
using namespace std::chrono_literals;

struct wait
{
    std::chrono::milliseconds time;
    std::uint64_t bytes;
};

/// How many waits are let pass before one is too slow; all of them when none is.
std::size_t passes(
    const std::vector<wait>& waits, std::uint64_t least, transfer_rate::duration window)
{
    transfer_rate rate;
    std::uint64_t moved = 5'000; // Of a request before.
    rate.restart(moved);
    std::size_t count = 0;
    for (const auto& each : waits) {
        moved += each.bytes;
        if (!rate.waited(each.time, moved, least, window))
            break;
        ++count;
    }
    return count;
}

TEST_CASE("transfer_rate: only a whole window of waiting is judged")
{
    const std::vector<wait> a_byte_a_second(100, {1000ms, 1});
    const std::vector<wait> many_short_ones(1000, {100ms, 1});
    struct
    {
        std::vector<wait> waits;
        std::uint64_t least;
        transfer_rate::duration window;
        std::size_t passes;
    } const table[] = {
        {a_byte_a_second, 1024, 60s, 59},
        {many_short_ones, 1024, 60s, 599},
        {a_byte_a_second, 1, 60s, 100}, // Just enough.
        {a_byte_a_second, 2, 60s, 59},
        {a_byte_a_second, 0, 60s, 100}, // Any number will do.
        {a_byte_a_second, 1024, transfer_rate::duration::max(), 100},
        {{{29'000ms, 0}, {29'000ms, 0}, {1'000ms, 61'440}, {1'500ms, 61'440}}, 1024, 60s, 4},
        {{{59'000ms, 0}, {2'000ms, 0}}, 1024, 60s, 1},
        {{{60'000ms, 61'440}, {60'000ms, 61'440}, {60'000ms, 61'439}}, 1024, 60s, 2},
        // What was more than enough in one window does not serve for the next.
        {{{60'000ms, 10'000'000}, {60'000ms, 100}}, 1024, 60s, 1},
        // Bytes for which nobody waited count.
        {{{0ms, 10'000'000}, {60'000ms, 1}}, 1024, 60s, 2},
    };
    for (const auto& row : table) {
        CAPTURE(row.least);
        CHECK(passes(row.waits, row.least, row.window) == row.passes);
    }
}

} // namespace transfer_rate_test
