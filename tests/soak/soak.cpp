// Many operations at once, for as long as one likes, while the server misbehaves at random:
// no object may be lost or wrong, and memory has to stay flat. Not part of the tests.
//
//     soak [SECONDS] [SEED]

#include <cosio.hpp>
#include <cosio/testing/emulator.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>

namespace {

using namespace std::chrono_literals;
using cosio::testing::fault;
using steady = std::chrono::steady_clock;

constexpr std::string_view bucket = "examplebucket-1250000000";
constexpr int workers = 64;

struct score
{
    std::uint64_t operations = 0;
    std::uint64_t failed = 0;
    std::uint64_t wrong = 0;
    std::uint64_t lost = 0;
};

std::string contents(std::uint64_t number, std::size_t size)
{
    std::minstd_rand bytes(static_cast<std::uint32_t>(number + 1));
    std::string text(size, '\0');
    for (char& c : text)
        c = static_cast<char>(bytes());
    return text;
}

/// Puts, gets and deletes objects of its own. `versions` are those that the service may hold: more
/// than one while a put that failed may have been carried out all the same.
asio::awaitable<void> work(
    const cosio::client& cos, int number, std::uint32_t seed, steady::time_point end, score& seen)
{
    std::minstd_rand random(seed + static_cast<std::uint32_t>(number));
    const auto key = cosio::customer_key::generate().value();
    const auto name = "soak/" + std::to_string(number);
    const cosio::sse::customer sealed{key, key.md5()};
    std::map<std::uint64_t, std::size_t> versions; // Number of contents, and their size.
    bool may_be_absent = true;
    std::uint64_t last = static_cast<std::uint64_t>(number) << 32U;
    while (steady::now() < end) {
        ++seen.operations;
        const auto what = random() % 10;
        if (what < 4) {
            const auto size = random() % 3 == 0 ? random() % 300'000 : random() % 2'000;
            const auto text = contents(++last, size);
            const auto put = co_await cos.put_object(
                {.bucket = bucket, .key = name, .body = text, .sse = sealed});
            if (put) {
                versions.clear();
                may_be_absent = false;
            } else {
                ++seen.failed;
            }
            if (put || put.error().may_have_executed())
                versions[last] = size;
        } else if (what < 9) {
            const auto got =
                co_await cos.get_object({.bucket = bucket, .key = name, .sse = sealed});
            if (got) {
                bool right = false;
                for (const auto& [version, size] : versions)
                    right = right ||
                        (got->body.size() == size && got->body == contents(version, size));
                if (!right)
                    ++seen.wrong;
            } else if (got.error().code == cosio::condition::not_found) {
                if (!may_be_absent)
                    ++seen.lost;
            } else {
                ++seen.failed;
            }
        } else {
            const auto gone = co_await cos.delete_object({.bucket = bucket, .key = name});
            may_be_absent = may_be_absent || gone || gone.error().may_have_executed();
            if (gone)
                versions.clear();
            else
                ++seen.failed;
        }
    }
}

fault random_fault(std::minstd_rand& random)
{
    switch (random() % 9) {
    case 0: return fault::reply_with(503, "SlowDown");
    case 1: return fault::reply_with(500, "", false);
    case 2: return fault::reset_after_reply_bytes(random() % 2000);
    case 3: return fault::close_after_reply_bytes(random() % 2000);
    case 4: return fault::reset_after_request_bytes(random() % 100'000);
    case 5: return fault::delay(std::chrono::milliseconds(random() % 50));
    case 6: return fault::flip_reply_bit(random() % 10'000);
    case 7: return fault::refuse_early(503, "ServiceUnavailable");
    default: return fault::drip(1000 + random() % 5000, 1ms);
    }
}

std::uint64_t resident_kilobytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:"))
            return std::strtoull(line.c_str() + 6, nullptr, 10);
    return 0;
}

} // namespace

int main(int count, char** arguments)
{
    const std::chrono::seconds time(count > 1 ? std::atoi(arguments[1]) : 60);
    const auto seed = static_cast<std::uint32_t>(
        count > 2 ? std::atoi(arguments[2]) : static_cast<int>(std::random_device()() >> 1U));
    fmt::print("{} operations at once for {} s, seed {}\n", workers, time.count(), seed);

    cosio::testing::emulator server;
    auto config = server.client_config();
    config.retry.base_delay = 5ms;
    config.retry.budget = 1000;
    config.timeouts.stall = config.timeouts.first_byte = 10s;
    config.pool.maximum_per_host = workers / 2;
    asio::io_context context;
    const cosio::client cos(context.get_executor(), config);

    score seen;
    const auto end = steady::now() + time;
    int left = workers;
    for (int number = 0; number != workers; ++number)
        asio::co_spawn(context, work(cos, number, seed, end, seen),
            [&](const std::exception_ptr& failure) {
                --left;
                if (failure)
                    std::rethrow_exception(failure);
            });
    std::minstd_rand random(seed);
    std::uint64_t early = 0;
    auto report_at = steady::now() + time / 10;
    while (left != 0) {
        server.inject(random_fault(random));
        context.run_for(20ms);
        if (steady::now() < report_at)
            continue;
        report_at += time / 10;
        server.clear_faults(); // Those that have struck.
        const auto now = resident_kilobytes();
        if (early == 0)
            early = now;
        const auto counted = cos.counters();
        fmt::print("{} operations, {} failed, {} wrong, {} lost; {} connections, {} resumed; "
                   "{} KiB resident\n",
            seen.operations, seen.failed, seen.wrong, seen.lost, counted.opened,
            counted.resumed, now);
    }
    const auto late = resident_kilobytes();
    const bool flat = late < early + early / 2 + 64 * 1024;
    fmt::print("{}: {} operations, {} failed, {} wrong, {} lost, memory {} -> {} KiB\n",
        seen.wrong + seen.lost == 0 && flat ? "good" : "BAD", seen.operations, seen.failed,
        seen.wrong, seen.lost, early, late);
    return seen.wrong + seen.lost == 0 && flat ? EXIT_SUCCESS : EXIT_FAILURE;
}
