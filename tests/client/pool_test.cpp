// The connections of a client: limits, queues, warm-up, resumption, addresses.

#include "support/emulated.hpp"

#include <cosio/net/connector.hpp>

#include <asio/co_spawn.hpp>
#include <asio/use_future.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace pool_test {

constexpr std::string_view name_that_hangs = "name-that-hangs.invalid";
constexpr std::string_view slow_name = "slow.cosio.test"; // Of this machine; used in fork_test.cpp.

} // namespace pool_test

/// Stands in for the system's, which is asked for all names but two.
extern "C" int getaddrinfo(
    const char* name, const char* service, const addrinfo* hints, addrinfo** found)
{
    if (name != nullptr && name == pool_test::name_that_hangs) {
        std::this_thread::sleep_for(std::chrono::seconds(3));
        return EAI_AGAIN;
    }
    if (name != nullptr && name == pool_test::slow_name) {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        name = "127.0.0.1";
    }
    using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto system = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return system(name, service, hints, found);
}

namespace pool_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using testing::fault;

/// Starts `count` operations at once and waits for all of them.
std::vector<result<head_bucket_result>> at_once(
    emulated& here, const client& cos, std::size_t count)
{
    std::vector<std::future<result<head_bucket_result>>> pending;
    for (std::size_t i = 0; i != count; ++i)
        pending.push_back(cos.head_bucket({.bucket = bucket}, asio::use_future));
    here.context.restart();
    here.context.run();
    std::vector<result<head_bucket_result>> out;
    for (auto& each : pending)
        out.push_back(each.get());
    return out;
}

TEST_CASE("pool: no more connections than allowed, whoever comes first is served first")
{
    emulated here;
    auto config = here.config;
    config.pool.maximum_per_host = 2;
    std::vector<std::string> paths;
    config.observer = [&](const event& what) {
        if (what.kind == event_kind::attempt_finished)
            paths.emplace_back(what.path);
    };
    const auto cos = here.client(config);
    std::vector<std::future<result<head_object_result>>> pending;
    for (int i = 10; i != 30; ++i)
        pending.push_back(cos.head_object(
            {.bucket = bucket, .key = std::to_string(i)}, asio::use_future));
    here.context.run();
    for (auto& each : pending)
        CHECK(each.get().error().code == condition::not_found);
    CHECK(here.server.counters().connections == 2);
    CHECK(cos.counters().opened == 2);
    CHECK(cos.counters().in_use == 0);
    CHECK(cos.counters().waiting == 0);
    CHECK(cos.counters().idle == 2);
    REQUIRE(paths.size() == 20);
    for (std::size_t i = 0; i != paths.size(); ++i) // At most one overtakes: two run at a time.
        CHECK(std::abs(std::stoi(paths[i].substr(1)) - 10 - static_cast<int>(i)) <= 1);
}

TEST_CASE("pool: who waits too long, or is cancelled, leaves the queue")
{
    emulated here;
    auto config = here.config;
    config.pool.maximum_per_host = 1;
    config.timeouts.pool_wait = 100ms;
    const auto cos = here.client(config);
    here.server.inject(fault::delay(400ms));
    const auto got = at_once(here, cos, 3);
    CHECK(got[0]);
    for (const auto* const late : {&got[1], &got[2]}) {
        REQUIRE_FALSE(*late);
        CHECK(late->error().code == errc::pool_timeout);
        CHECK_FALSE(late->error().request_was_sent);
    }
    CHECK(cos.counters().waiting == 0);
    CHECK(here.get(cos.head_bucket({.bucket = bucket})));
    CHECK(cos.counters().opened == 1);
}

TEST_CASE("pool: a connection that breaks passes its right on")
{
    emulated here;
    auto config = here.config;
    config.pool.maximum_per_host = 1;
    const auto cos = here.client(config);
    here.server.inject(fault::close_after_reply_bytes(0).times(2));
    const auto got = at_once(here, cos, 5);
    std::size_t succeeded = 0;
    for (const auto& each : got)
        succeeded += each ? 1 : 0;
    CHECK(succeeded == 3);
    CHECK(cos.counters().opened == 3);
    CHECK(cos.counters().in_use == 0);
}

TEST_CASE("pool: connections can be warmed up, and then are there")
{
    emulated here;
    CHECK(here.get(here.cos.warm_up(bucket, 5)).value() == 5);
    CHECK(here.cos.counters().opened == 5);
    CHECK(here.cos.counters().idle == 5);
    CHECK(here.get(here.cos.warm_up(bucket, 4)).value() == 0);
    for (const auto& each : at_once(here, here.cos, 5))
        CHECK(each);
    CHECK(here.server.counters().connections == 5);
    CHECK(here.cos.counters().reused == 5);

    for (const bool per_host : {false, true}) {
        auto narrow = here.config;
        (per_host ? narrow.pool.maximum_per_host : narrow.pool.maximum_idle) = 3;
        const auto cos = here.client(narrow);
        CHECK(here.get(cos.warm_up(bucket, 1000)).value() == 3);
        CHECK(cos.counters().opened == 3);
        CHECK(cos.counters().idle == 3);
    }

    auto nobody = here.config;
    nobody.connect_to = "127.0.0.1:1";
    const auto refused = here.get(here.client(nobody).warm_up(bucket, 3));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == condition::connection);
    CHECK(here.get(here.cos.warm_up("Not a bucket", 1)).error().code == errc::invalid_bucket);
}

TEST_CASE("pool: a new connection resumes the TLS session of an old one")
{
    emulated here;
    REQUIRE(here.get(here.cos.head_bucket({.bucket = bucket})));
    CHECK(here.cos.counters().resumed == 0);
    for (unsigned i = 1; i != 5; ++i) {
        // A used connection that is closed without a word is replaced by a new one.
        here.server.inject(fault::close_after_reply_bytes(0).on_method("GET"));
        CHECK(here.get(here.cos.list_objects({.bucket = bucket})));
        CHECK(here.cos.counters().resumed == i);
        CHECK(here.cos.counters().stale == i);
    }
    CHECK(here.server.counters().resumed_sessions == 4);
}

TEST_CASE("pool: the drained reply of a refusal keeps its connection")
{
    emulated here;
    for (int i = 0; i != 5; ++i)
        CHECK_FALSE(here.get(here.cos.get_object({.bucket = bucket, .key = "absent"})));
    CHECK(here.cos.counters().opened == 1);
    CHECK(here.cos.counters().reused == 4);
}

/// Answers what a test wants it to, or never.
class scripted_resolver final : public net::resolver
{
public:
    explicit scripted_resolver(std::optional<endpoints> answer) : answer_(std::move(answer)) {}
    [[nodiscard]] std::shared_ptr<void> start(
        const asio::any_io_executor& executor, const net::origin&, handler done) override
    {
        if (answer_)
            asio::post(executor, [answer = *answer_, done = std::move(done)] {
                done(std::error_code(), answer);
            });
        return nullptr;
    }

private:
    std::optional<endpoints> answer_;
};

net::origin plain_origin()
{
    net::origin where;
    where.tls = false;
    where.host = where.tls_name = "somewhere";
    return where;
}

TEST_CASE("connector: all addresses are tried, and a bad one is set aside")
{
    emulated here;
    using asio::ip::tcp;
    const auto port = static_cast<std::uint16_t>(
        std::stoi(here.server.http_endpoint().substr(10)));
    const tcp::endpoint bad(asio::ip::make_address("127.0.0.1"), 1);
    const tcp::endpoint bad_v6(asio::ip::make_address("::1"), 1);
    const tcp::endpoint good(asio::ip::make_address("127.0.0.1"), port);
    net::connector connects(here.context.get_executor(), std::nullopt,
        std::make_unique<scripted_resolver>(net::resolver::endpoints{bad_v6, bad, good}));
    const auto open = [&]() -> asio::awaitable<bool> {
        const auto control = std::make_shared<net::operation_control>(
            here.context.get_executor(), timeout_settings());
        const auto opened = co_await connects.open(*control, plain_origin());
        co_return opened.has_value();
    };
    CHECK(here.run(open));
    CHECK(here.run(open));

    net::address_health health;
    const auto now = std::chrono::steady_clock::now();
    const std::vector<tcp::endpoint> all{bad_v6, bad, good};
    CHECK(health.in_order(all, now) == all);
    health.failed(bad, now);
    CHECK(health.in_order(all, now) == std::vector<tcp::endpoint>{bad_v6, good, bad});
    health.failed(bad_v6, now + 1s);
    CHECK(health.in_order(all, now + 2s) == std::vector<tcp::endpoint>{good, bad_v6, bad});
    CHECK(health.in_order(all, now + 30s) == std::vector<tcp::endpoint>{bad, good, bad_v6});
    health.succeeded(bad_v6);
    CHECK(health.in_order(all, now + 2s) == std::vector<tcp::endpoint>{bad_v6, good, bad});
}

TEST_CASE("connector: a resolver that never answers is left alone")
{
    emulated here;
    net::connector connects(here.context.get_executor(), std::nullopt,
        std::make_unique<scripted_resolver>(std::nullopt));
    timeout_settings limits;
    limits.resolve = 50ms;
    const auto problem = here.run([&]() -> asio::awaitable<std::error_code> {
        const auto control =
            std::make_shared<net::operation_control>(here.context.get_executor(), limits);
        const auto opened = co_await connects.open(*control, plain_origin());
        co_return opened.error().code;
    });
    CHECK(problem == errc::resolve_timeout);
}

TEST_CASE("connector: the system's resolver hangs, and nobody waits for it")
{
    emulated here;
    auto config = here.config;
    config.timeouts.resolve = 100ms;
    const auto began = std::chrono::steady_clock::now();
    {
        asio::io_context context;
        const auto ask = [&](std::string connect_to) {
            config.connect_to = std::move(connect_to);
            const client cos(context.get_executor(), config);
            auto pending = cos.head_bucket({.bucket = bucket}, asio::use_future);
            context.restart();
            context.run(); // Ends with the operation: nothing is left to be waited for.
            return pending.get();
        };
        const auto failed = ask(std::string(name_that_hangs));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code == errc::resolve_timeout);
        // Nor do questions for other names.
        CHECK(ask("localhost" + here.config.connect_to.substr(here.config.connect_to.find(':'))));
    }
    CHECK(std::chrono::steady_clock::now() - began < 2s);
}

TEST_CASE("connector: a name that does not exist")
{
    emulated here;
    auto config = here.config;
    config.connect_to = "nowhere.invalid";
    const auto failed = here.get(here.client(config).head_bucket({.bucket = bucket}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::resolve_failed);
}

} // namespace pool_test
