#include <cosio/net/operation_memory.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <set>
#include <thread>
#include <utility>
#include <vector>

using cosio::net::kept_blocks;
using cosio::net::kept_by_this_thread;

namespace {

template <std::size_t Size>
struct state
{
    explicit state(std::size_t value) : first(value), last(value) {}

    std::size_t first;
    std::array<std::byte, Size> between{};
    std::size_t last;
};

template <std::size_t Size>
std::shared_ptr<state<Size>> make(std::size_t value)
{
    return std::allocate_shared<state<Size>>(
        cosio::net::operation_allocator<state<Size>>(), value);
}

} // namespace

TEST_CASE("operation_memory: what was given back is taken again")
{
    kept_blocks kept;
    std::set<void*> blocks;
    for (int i = 0; i != 16; ++i)
        blocks.insert(kept.take());
    CHECK(blocks.size() == 16);
    for (void* const each : blocks)
        kept.give_back(each);
    std::set<void*> again;
    for (int i = 0; i != 16; ++i)
        again.insert(kept.take());
    CHECK(again == blocks);
    for (void* const each : again)
        kept.give_back(each);
    kept.give_back(::operator new(kept_blocks::block_size)); // More than are kept: freed.
}

TEST_CASE("operation_memory: an operation begins where the last one ended")
{
    if (kept_by_this_thread() == nullptr)
        return; // A sanitizer is to see what becomes of it.
    const void* const first = make<4'000>(1).get();
    CHECK(make<4'000>(2).get() == first);
    CHECK(make<2'000>(3).get() != nullptr);
}

TEST_CASE("operation_memory: more than is kept, in any order, and more than fits into a block")
{
    for (int round = 0; round != 3; ++round) {
        std::vector<std::shared_ptr<state<4'000>>> held;
        for (std::size_t i = 0; i != 40; ++i)
            held.push_back(make<4'000>(i));
        const auto large = make<20'000>(1);
        for (std::size_t i = 0; i != 40; ++i) {
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
        ~outlives()
        {
            held.reset();
            *still_kept = kept_by_this_thread() != nullptr;
        }

        std::shared_ptr<state<4'000>> held{};
        bool* still_kept = nullptr;
    };
    bool still_kept = true;
    std::thread([&] {
        static thread_local outlives last; // Made before what the thread keeps, so destroyed after.
        last.still_kept = &still_kept;
        last.held = make<4'000>(1);
        CHECK(last.held->last == 1);
    }).join();
    CHECK_FALSE(still_kept);
}
