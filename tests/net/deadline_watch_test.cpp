#include <cosio/net/deadline_watch.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace {

using cosio::net::deadline_watch;
using namespace std::chrono_literals;
using clock = deadline_watch::clock;

/// Notes when it was told.
class noting final : public deadline_watch::watched
{
public:
    explicit noting(deadline_watch& by) : watched(&note), by_(by) {}
    ~noting() { by_.remove(*this); }

    void set(clock::time_point due) { by_.set(*this, due); }
    void remove() { by_.remove(*this); }

    std::vector<clock::time_point> told{};
    int fails = 0; ///< So many times first, for want of memory.

private:
    static void note(watched& who)
    {
        auto& self = static_cast<noting&>(who);
        if (self.fails-- > 0)
            throw std::bad_alloc();
        self.told.push_back(clock::now());
    }

    deadline_watch& by_;
};

struct watching
{
    asio::io_context context{1};
    std::shared_ptr<deadline_watch> watch =
        std::make_shared<deadline_watch>(context.get_executor());
};

} // namespace

TEST_CASE("deadlines: each is told once, not before its time, whatever the order they were set in")
{
    watching here;
    const auto begin = clock::now();
    std::array<noting, 3> each{noting(*here.watch), noting(*here.watch), noting(*here.watch)};
    const std::array due{begin + 20ms, begin + 1ms, begin + 10ms};
    for (std::size_t i = 0; i != due.size(); ++i)
        each[i].set(due[i]);
    here.context.run_for(10s);
    for (std::size_t i = 0; i != due.size(); ++i) {
        REQUIRE(each[i].told.size() == 1);
        CHECK(each[i].told.front() >= due[i]);
    }
}

TEST_CASE("deadlines: one that is far off keeps none back")
{
    watching here;
    noting far(*here.watch);
    noting near(*here.watch);
    const auto begin = clock::now();
    far.set(begin + 1h);
    near.set(begin + 1ms);
    while (near.told.empty() && clock::now() < begin + 10s)
        here.context.run_one_for(100ms);
    CHECK(near.told.size() == 1);
    CHECK(far.told.empty());
}

TEST_CASE("deadlines: one that was put off is told at its new time, one that was put forward at that")
{
    watching here;
    const auto begin = clock::now();
    noting later(*here.watch);
    noting sooner(*here.watch);
    later.set(begin + 1ms);
    later.set(begin + 15ms);
    sooner.set(begin + 1h);
    sooner.set(begin + 1ms);
    here.context.run_for(10s);
    REQUIRE(later.told.size() == 1);
    CHECK(later.told.front() >= begin + 15ms);
    REQUIRE(sooner.told.size() == 1);
    CHECK(sooner.told.front() < begin + 1h);
}

TEST_CASE("deadlines: a watch of nobody keeps no context running")
{
    watching here;
    {
        noting one(*here.watch);
        noting other(*here.watch);
        one.set(clock::now() + 1h);
        other.set(clock::now() + 2h);
        one.remove();
        here.context.poll();
        CHECK_FALSE(here.context.stopped()); // The other one's time is still to come.
    }
    here.context.run();
    CHECK(here.context.stopped());
}

TEST_CASE("deadlines: those that follow each other have one wait")
{
    watching here;
    noting one(*here.watch);
    for (int i = 0; i != 100; ++i) {
        one.set(clock::now() + 1h);
        one.remove();
    }
    one.set(clock::now() + 1h);
    CHECK(here.context.poll() == 1); // Which would cancel the wait, were it not needed again.
    one.remove();
    CHECK(here.context.run_for(10s) == 2);
    CHECK(here.context.stopped());
}

TEST_CASE("deadlines: a watch that is gone before it cancels its wait leaves nothing behind")
{
    watching here;
    {
        noting one(*here.watch);
        one.set(clock::now() + 1h);
    }
    here.watch.reset();
    here.context.run_for(10s);
    CHECK(here.context.stopped());
}

TEST_CASE("deadlines: one that is no longer watched is not told, and its neighbours are")
{
    watching here;
    std::array<noting, 3> each{noting(*here.watch), noting(*here.watch), noting(*here.watch)};
    for (auto& who : each)
        who.set(clock::now() + 1ms);
    each[1].remove();
    each[1].remove(); // Does nothing.
    here.context.run_for(10s);
    CHECK(each[0].told.size() == 1);
    CHECK(each[1].told.empty());
    CHECK(each[2].told.size() == 1);
}

TEST_CASE("deadlines: one whose time was told keeps no context running for another")
{
    watching here;
    noting told(*here.watch);
    told.set(clock::now());
    here.context.run();
    REQUIRE(told.told.size() == 1);
    {
        noting other(*here.watch);
        other.set(clock::now() + 1h);
    }
    here.context.restart();
    CHECK(here.context.run_for(10s) == 2); // What cancels the wait, and the wait.
    CHECK(here.context.stopped());
}

TEST_CASE("deadlines: one that cannot be told is told later, and the others in time")
{
    watching here;
    const auto begin = clock::now();
    std::array<noting, 3> each{noting(*here.watch), noting(*here.watch), noting(*here.watch)};
    each[1].fails = 2;
    for (auto& who : each)
        who.set(begin);
    here.context.run_for(10s);
    for (auto& who : each)
        REQUIRE(who.told.size() == 1);
    CHECK(each[1].told.front() >= begin + 10ms);
    CHECK(each[0].told.front() < each[1].told.front());
    CHECK(each[2].told.front() < each[1].told.front());
}

TEST_CASE("deadlines: can be set by what is told, through the executor")
{
    watching here;
    noting one(*here.watch);
    for (int times = 1; times != 4; ++times) {
        one.set(clock::now() + 1ms);
        here.context.restart();
        here.context.run_for(10s);
        CHECK(one.told.size() == static_cast<std::size_t>(times));
    }
}

TEST_CASE("deadlines: from many threads")
{
    watching here;
    noting keeps_it_running(*here.watch);
    keeps_it_running.set(clock::now() + 1h);
    std::thread runs([&] { here.context.run(); });
    const auto work = [&] {
        for (int i = 0; i != 500; ++i) {
            noting mine(*here.watch);
            mine.set(clock::now() + std::chrono::microseconds(i % 7));
            mine.set(clock::now() + 1h);
        }
    };
    std::thread one(work);
    std::thread other(work);
    one.join();
    other.join();
    keeps_it_running.remove();
    runs.join(); // Nobody is watched: the timer is gone.
}
