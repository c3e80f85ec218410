#include <cosio/transfer/part_plan.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace cosio;
using transfer::part_limits;
using transfer::part_plan;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr part_limits limits{mebibyte, 5 * 1024 * mebibyte, 10'000};

} // namespace

TEST_CASE("part_plan: equal parts, the last one has the rest")
{
    const struct
    {
        std::uint64_t size, wanted;
        std::uint32_t count;
        std::uint64_t last;
    } table[] = {
        {0, mebibyte, 1, 0},
        {1, mebibyte, 1, 1},
        {mebibyte, mebibyte, 1, mebibyte},
        {mebibyte + 1, mebibyte, 2, 1},
        {10 * mebibyte, 3 * mebibyte, 4, mebibyte},
        {10'000 * mebibyte, mebibyte, 10'000, mebibyte},
    };
    for (const auto& [size, wanted, count, last] : table) {
        const auto plan = part_plan::make(size, wanted, limits);
        REQUIRE(plan);
        CHECK(plan->count() == count);
        CHECK(plan->part_size() == wanted);
        CHECK(plan->at(count).size == last);
        std::uint64_t offset = 0;
        for (std::uint32_t number = 1; number <= count; ++number) {
            CHECK(plan->at(number).number == number);
            CHECK(plan->at(number).offset == offset);
            offset += plan->at(number).size;
        }
        CHECK(offset == size);
    }
}

TEST_CASE("part_plan: parts grow until ten thousand suffice")
{
    const auto plan = part_plan::make(10'000 * mebibyte + 1, mebibyte, limits);
    REQUIRE(plan);
    CHECK(plan->part_size() == 2 * mebibyte);
    CHECK(plan->count() == 5001);
    const auto largest = part_plan::make(10'000 * limits.maximum_size, 8 * mebibyte, limits);
    REQUIRE(largest);
    CHECK(largest->count() == 10'000);
    CHECK(part_plan::make(10'000 * limits.maximum_size + 1, 8 * mebibyte, limits).error().field ==
        "part_size");
}

TEST_CASE("part_plan: a part size outside of the limits is refused")
{
    CHECK(part_plan::make(1, mebibyte - 1, limits).error().code == errc::invalid_argument);
    CHECK(part_plan::make(1, limits.maximum_size + 1, limits).error().code ==
        errc::invalid_argument);
    CHECK(part_plan::make(1, limits.maximum_size, limits));
}

using transfer::growing_parts;

TEST_CASE("growing_parts: half of the parts are as chosen, then they double, up to the largest")
{
    constexpr growing_parts parts(8 * mebibyte, limits);
    const struct
    {
        std::uint32_t number;
        std::uint64_t size;
    } table[] = {
        {1, 8 * mebibyte},
        {5000, 8 * mebibyte},
        {5001, 16 * mebibyte},
        {5500, 16 * mebibyte},
        {5501, 32 * mebibyte},
        {7500, 256 * mebibyte},
        {9500, 4096 * mebibyte},
        {9501, limits.maximum_size},
        {10'000, limits.maximum_size},
    };
    for (const auto& [number, size] : table) {
        CAPTURE(number);
        CHECK(parts.size_of(number) == size);
    }
}

TEST_CASE("growing_parts: from any size, no part is smaller than one before it, or outside of the limits")
{
    constexpr std::uint64_t tebibyte = mebibyte * mebibyte;
    const struct
    {
        std::uint64_t first, capacity; ///< In whole GiB.
    } table[] = {
        {mebibyte, 1003},
        {5 * mebibyte, 5019},
        {8 * mebibyte, 6531},
        {64 * mebibyte, 14'250},
        {limits.maximum_size - 1, 49'999},
        {limits.maximum_size, 50'000},
    };
    for (const auto& [first, capacity] : table) {
        CAPTURE(first);
        const growing_parts parts(first, limits);
        std::uint64_t sum = 0;
        std::uint64_t last = 0;
        for (std::uint32_t number = 1; number <= parts.maximum_count(); ++number) {
            const auto size = parts.size_of(number);
            REQUIRE(size >= last);
            REQUIRE(size >= first);
            REQUIRE(size <= limits.maximum_size);
            REQUIRE((number <= 5000 ? size == first : size <= 2 * last));
            last = size;
            sum += size;
        }
        CHECK(parts.capacity() == sum);
        CHECK(sum / 1024 / mebibyte == capacity);
    }
    CHECK(growing_parts(8 * mebibyte, limits).capacity() > 5 * tebibyte);
}

TEST_CASE("growing_parts: what is in memory stays within the bound, or is two parts")
{
    for (const std::uint32_t parallelism : {1U, 2U, 3U, 5U, 100U, 4'000'000'000U}) {
        CAPTURE(parallelism);
        const growing_parts parts(8 * mebibyte, limits);
        for (std::uint32_t number = 1; number <= parts.maximum_count(); number += 250) {
            const auto size = parts.size_of(number);
            const std::uint64_t at_once = parts.at_once(number, parallelism);
            REQUIRE(at_once >= 1);
            REQUIRE(at_once <= parallelism);
            CHECK((at_once <= 2 || at_once * size <= 8 * mebibyte * parallelism));
            CHECK((number > 5000 || at_once == parallelism));
        }
    }
}

TEST_CASE("growing_parts: services of other limits")
{
    CHECK(growing_parts(1, {1, 100, 1}).size_of(1) == 1);
    CHECK(growing_parts(3, {1, 100, 2}).size_of(1) == 3);
    CHECK(growing_parts(3, {1, 100, 2}).size_of(2) == 6);
    CHECK(growing_parts(3, {1, 100, 19}).size_of(19) == 100);
    CHECK(growing_parts(1, {1, UINT64_MAX, 1000}).size_of(1000) == 1024);
    CHECK(growing_parts(1, {1, 1, 10'000}).capacity() == 10'000);
}
