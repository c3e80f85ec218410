#include <cosio/transfer/progress.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <vector>

using namespace cosio;
using namespace std::chrono_literals;

TEST_CASE("progress: committed bytes add up, and the rate follows the time")
{
    std::vector<transfer_progress> seen;
    auto listener = [&](const transfer_progress& now) { seen.push_back(now); };
    const transfer::progress_meter::time_point start{};
    transfer::progress_meter meter(listener, 1000, start);
    meter.commit(100, start + 100ms);
    CHECK(seen.back().rate == 0); // Too early to say.
    meter.commit(100, start + 1s);
    CHECK(seen.back().rate == doctest::Approx(200));
    meter.commit(400, start + 2s);
    CHECK(seen.back().rate == doctest::Approx(300)); // Between the old rate and 400.
    CHECK(seen.back().committed == 600);
    CHECK(seen.back().total == 1000);
    CHECK(seen.size() == 3);
}

TEST_CASE("progress: what an earlier run did counts, but not for the rate")
{
    transfer_progress last;
    const auto listener = [&](const transfer_progress& now) { last = now; };
    const transfer::progress_meter::time_point start{};
    transfer::progress_meter meter(listener, std::nullopt, start);
    meter.resume_from(1'000'000);
    CHECK(last.committed == 1'000'000);
    meter.commit(50, start + 1s);
    CHECK(last.rate == doctest::Approx(50));
    CHECK_FALSE(last.total);
}

TEST_CASE("progress: nobody need listen")
{
    transfer::progress_meter meter({}, 1, {});
    meter.commit(1, {});
    CHECK(meter.current().committed == 1);
}
