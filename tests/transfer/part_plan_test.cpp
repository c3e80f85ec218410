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
