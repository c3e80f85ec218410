#include <cosio/net/operation_memory.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace {

template <std::size_t Size>
struct state
{
    explicit state(int value) : first(value), last(value) {}

    int first;
    std::array<std::byte, Size> between{};
    int last;
};

template <std::size_t Size>
std::shared_ptr<state<Size>> make(int value)
{
    return std::allocate_shared<state<Size>>(
        cosio::net::operation_allocator<state<Size>>(), value);
}

} // namespace

TEST_CASE("operation_memory: more than is kept, in any order, and more than fits into a block")
{
    for (int round = 0; round != 3; ++round) {
        std::vector<std::shared_ptr<state<4'000>>> held;
        for (int i = 0; i != 40; ++i)
            held.push_back(make<4'000>(i));
        const auto large = make<20'000>(1);
        for (int i = 0; i != 40; ++i) {
            CHECK(held[i]->first == i);
            CHECK(held[i]->last == i);
        }
        while (!held.empty()) {
            std::swap(held.back(), held[held.size() / 2]);
            held.pop_back();
        }
        CHECK(large->last == 1);
    }
}

TEST_CASE("operation_memory: ends on another thread than it began on, and after its own thread")
{
    auto here = make<4'000>(1);
    std::shared_ptr<state<4'000>> there;
    std::thread([&] {
        here.reset();
        there = make<4'000>(2);
        make<4'000>(3);
    }).join();
    CHECK(there->last == 2);
    there.reset();
    CHECK(make<4'000>(4)->first == 4);
}

TEST_CASE("operation_memory: operations may end after the objects of their thread")
{
    struct outlives
    {
        std::shared_ptr<state<4'000>> held{};
    };
    std::thread([] {
        static thread_local outlives last; // Made before what the thread keeps, so destroyed after.
        last.held = make<4'000>(1);
        CHECK(last.held->last == 1);
    }).join();
}
