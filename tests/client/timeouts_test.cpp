// Limits of time: each step against a peer that never comes to an end.

#include "support/emulated.hpp"

#include <cosio/net/connector.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace timeouts_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::pattern;
using testing::fault;

/// A listener that takes connections, or not even that, and says nothing.
struct silent_server
{
    explicit silent_server(bool accepts) : acceptor(context)
    {
        using asio::ip::tcp;
        const tcp::endpoint any(asio::ip::make_address("127.0.0.1"), 0);
        acceptor.open(any.protocol());
        acceptor.bind(any);
        acceptor.listen(accepts ? 16 : 0);
        if (accepts)
            return;
        // With the queue of the listener full, the next connection is neither made nor refused.
        for (int i = 0; i != 4; ++i) {
            fillers.emplace_back(context);
            fillers.back().async_connect(acceptor.local_endpoint(), [](std::error_code) {});
        }
        context.run_for(50ms);
    }

    [[nodiscard]] std::string address() const
    {
        return "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    }

    asio::io_context context{};
    asio::ip::tcp::acceptor acceptor;
    std::vector<asio::ip::tcp::socket> fillers{};
};

/// Times what `work` needs.
template <class Work>
std::chrono::steady_clock::duration time_of(Work&& work)
{
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::steady_clock::now() - began;
}

TEST_CASE("timeouts: the limits are finite, positive, and endless only by name")
{
    const timeout_settings usual;
    for (const auto each : {usual.credentials, usual.pool_wait, usual.resolve, usual.connect,
             usual.tls_handshake, usual.first_byte, usual.stall, usual.total})
        CHECK(each.is_finite());
    CHECK_FALSE(timeout(no_timeout).is_finite());
    CHECK_FALSE(timeout(std::chrono::hours::max()).is_finite());
    CHECK(timeout(5s).limit() == 5s);

    emulated here;
    auto wrong = here.config;
    wrong.timeouts.stall = 0s;
    const auto refused = client::make(here.context.get_executor(), wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_configuration);
    CHECK(refused.error().field == "timeouts.stall");
    auto limits = here.config.timeouts;
    limits.total = -1s;
    CHECK(here.cos.with_timeouts(limits).error().field == "timeouts.total");
}

TEST_CASE("timeouts: TCP and TLS that never come about")
{
    emulated here;
    auto config = here.config;
    config.timeouts.connect = 100ms;
    config.timeouts.tls_handshake = 100ms;
    for (const bool accepts : {false, true}) {
        const silent_server nobody(accepts);
        config.connect_to = nobody.address();
        const auto cos = here.client(config);
        result<head_bucket_result> got = error(errc::out_of_memory);
        const auto took =
            time_of([&] { got = here.get(cos.head_bucket({.bucket = bucket})); });
        REQUIRE_FALSE(got);
        CHECK(got.error().code == (accepts ? errc::tls_timeout : errc::connect_timeout));
        CHECK(got.error().code == condition::timeout);
        CHECK_FALSE(got.error().may_have_executed());
        CHECK(took >= 100ms);
        CHECK(took < 5s);
        CHECK(cos.counters().in_use == 0);
    }
}

TEST_CASE("timeouts: a connection that would be begun when the total is over already")
{
    const silent_server nobody(false);
    asio::io_context context;
    timeout_settings limits;
    limits.total = 1ms;
    limits.connect = no_timeout;
    net::connector connects(context.get_executor(), std::nullopt);
    const auto control =
        std::make_shared<net::operation_control>(context.get_executor(), limits);
    std::this_thread::sleep_for(5ms);
    net::origin where;
    where.tls = false;
    where.host = "127.0.0.1";
    where.port = nobody.acceptor.local_endpoint().port();
    std::optional<std::error_code> seen;
    const auto open = [&]() -> asio::awaitable<void> {
        const auto opened = co_await connects.open(*control, where);
        seen = opened ? std::error_code() : opened.error().code;
    };
    asio::co_spawn(context, open(), asio::detached);
    context.run_for(1s);
    REQUIRE(seen);
    CHECK(*seen == errc::total_timeout);
}

TEST_CASE("timeouts: a reply that does not begin, and one that does not go on")
{
    emulated here;
    const auto text = pattern(50'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    auto config = here.config;
    config.timeouts.first_byte = 100ms;
    config.timeouts.stall = 100ms;
    const auto cos = here.client(config);

    here.server.inject(fault::delay(1s));
    const auto late = here.get(cos.get_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(late);
    CHECK(late.error().code == errc::first_byte_timeout);
    CHECK(late.error().may_have_executed());

    here.server.inject(fault::drip(20'000, 1s));
    const auto stalled = here.get(cos.get_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(stalled);
    CHECK(stalled.error().code == errc::stalled);

    // Slow is not stalled: every piece comes within the limit, all of them do not.
    here.server.inject(fault::drip(8'000, 40ms));
    const auto slow = here.get(cos.get_object({.bucket = bucket, .key = "k"}));
    REQUIRE(slow);
    CHECK((slow->body == text));
}

TEST_CASE("timeouts: a peer that never stops, and never gets anywhere")
{
    emulated here;
    const auto text = pattern(50'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    for (const auto scheme : {scheme::http, scheme::https}) {
        auto config = here.server.client_config(scheme);
        config.retry.maximum_attempts = 1;
        config.timeouts.total = no_timeout;
        config.timeouts.minimum_rate_window = 200ms;
        config.timeouts.minimum_rate = 10'000; // A byte may be a record of TLS.
        const auto cos = here.client(config);
        const auto is_too_slow = [&](const error& why) {
            CHECK(why.code == errc::stalled);
            CHECK(why.describe().find("fewer than 10000 bytes a second moved in 200 ms") !=
                std::string::npos);
        };
        const get_object_request request{.bucket = bucket, .key = "k"};

        here.server.inject(fault::drip(1, 20ms)); // From the head on.
        const auto whole = here.get(cos.get_object(request));
        REQUIRE_FALSE(whole);
        is_too_slow(whole.error());

        here.server.inject(fault::drip_after(2'000, 1, 20ms));
        const auto body = here.get(cos.get_object(request));
        REQUIRE_FALSE(body);
        is_too_slow(body.error());

        here.server.inject(fault::drip_after(2'000, 1, 20ms));
        result<std::size_t> read = std::size_t{1};
        here.run([&]() -> asio::awaitable<void> {
            auto reader = (co_await cos.open_object(request)).value();
            std::vector<std::byte> buffer(8'000);
            while (read && *read != 0)
                read = co_await reader.read_some(buffer);
        });
        REQUIRE_FALSE(read);
        is_too_slow(read.error());

        here.server.inject(fault::drip(1, 20ms));
        const auto listed = here.get(cos.list_objects({.bucket = bucket}));
        REQUIRE_FALSE(listed);
        is_too_slow(listed.error());

        // The caller's own slowness is not the peer's: the pauses between the reads count for
        // nothing, though few bytes move in each second.
        here.run([&]() -> asio::awaitable<void> {
            auto reader = (co_await cos.open_object(request)).value();
            std::vector<std::byte> buffer(100);
            asio::steady_timer pause(here.context);
            read = co_await reader.read_some(buffer); // What has come with it serves the next.
            for (int i = 0; read && *read != 0 && i != 5; ++i) {
                pause.expires_after(300ms);
                co_await pause.async_wait(asio::use_awaitable);
                read = co_await reader.read_some(buffer);
            }
            buffer.resize(50'000);
            while (read && *read != 0)
                read = co_await reader.read_some(buffer);
        });
        CHECK(read);
    }
}

TEST_CASE("timeouts: a small body that comes behind its head, or does not")
{
    emulated here;
    const auto text = pattern(10'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    for (const auto scheme : {scheme::http, scheme::https}) {
        auto config = here.server.client_config(scheme);
        config.retry.maximum_attempts = 1;
        config.timeouts.stall = 100ms;
        const auto cos = here.client(config);
        const auto get = [&](timeout total, std::chrono::milliseconds pause) {
            REQUIRE(here.get(cos.head_bucket({.bucket = bucket}))); // Connects.
            auto limits = config.timeouts;
            limits.total = total;
            const auto limited = cos.with_timeouts(limits).value();
            const auto reused = cos.counters().reused;
            here.server.inject(fault::drip(1'000, pause)); // The first piece holds the head.
            auto got = here.get(limited.get_object({.bucket = bucket, .key = "k"}));
            CHECK(cos.counters().reused == reused + 1);
            CHECK(cos.counters().in_use == 0);
            return got;
        };
        const auto stalled = get(no_timeout, 1s);
        REQUIRE_FALSE(stalled);
        CHECK(stalled.error().code == errc::stalled);
        const auto late = get(150ms, 40ms);
        REQUIRE_FALSE(late);
        CHECK(late.error().code == errc::total_timeout);
        const auto slow = get(no_timeout, 20ms);
        REQUIRE(slow);
        CHECK((slow->body == text));
    }
}

TEST_CASE("timeouts: a body that comes fast at first and slowly then is not stalled")
{
    emulated here;
    constexpr std::size_t fast = 1024 * 1024;
    const auto text = pattern(fast + 150'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    for (const auto scheme : {scheme::http, scheme::https}) {
        auto config = here.server.client_config(scheme);
        config.timeouts.stall = 120ms;
        config.retry.maximum_attempts = 1;
        // A batch, for which the system waits while bytes come fast, now takes longer than the
        // limit.
        here.server.inject(fault::drip_after(fast, 4'000, 10ms));
        const auto got =
            here.get(here.client(config).get_object({.bucket = bucket, .key = "k"}));
        REQUIRE(got);
        CHECK((got->body == text));
    }
}

/// Stands in for a stream, of which no byte moves.
struct motionless : net::interruptible
{
    void interrupt() noexcept override { interrupted = true; }
    void hurry() noexcept override { ++hurried; }

    bool interrupted = false;
    int hurried = 0;
};

TEST_CASE("timeouts: what is held back to come together is asked for long before it has stalled")
{
    asio::io_context context;
    timeout_settings limits;
    limits.stall = 30s;
    const auto control =
        std::make_shared<net::operation_control>(context.get_executor(), limits);
    motionless peer;
    const net::operation_control::waiting waiting(*control, peer, net::step::transfer);
    context.run_for(400ms);
    CHECK(peer.hurried >= 1);
    CHECK(peer.hurried <= 3);
    CHECK_FALSE(peer.interrupted);
}

TEST_CASE("timeouts: an upload that is not taken stalls")
{
    const silent_server nobody(true);
    emulated here;
    auto config = here.server.client_config(scheme::http);
    config.connect_to = nobody.address();
    config.retry.maximum_attempts = 1;
    config.timeouts.stall = 100ms;
    const auto text = pattern(16 * 1024 * 1024); // More than the system's buffers hold.
    const auto got = here.get(here.client(config).put_object(
        {.bucket = bucket, .key = "k", .body = text}));
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::stalled);
    CHECK(got.error().may_have_executed());
}

TEST_CASE("timeouts: the caller's own source may take its time")
{
    struct slow_source
    {
        asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
        {
            asio::steady_timer timer(co_await asio::this_coro::executor, 250ms);
            co_await timer.async_wait(asio::use_awaitable);
            if (done)
                co_return std::size_t{0};
            done = true;
            buffer[0] = std::byte{'x'};
            co_return std::size_t{1};
        }
        [[nodiscard]] std::optional<std::uint64_t> size() const { return std::nullopt; }
        bool done = false;
    };
    emulated here;
    auto config = here.config;
    config.timeouts.stall = 50ms;
    slow_source source;
    CHECK(here.get(
        here.client(config).put_object({.bucket = bucket, .key = "k", .body = source})));
}

TEST_CASE("timeouts: the total counts over everything, and is for one call if one says so")
{
    emulated here;
    auto limits = here.config.timeouts;
    limits.total = 150ms;
    const auto hurried = here.cos.with_timeouts(limits).value();
    here.server.inject(fault::drip(10, 40ms).times(2));
    const auto failed = here.get(hurried.head_bucket({.bucket = bucket}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::total_timeout);
    CHECK(failed.error().code == condition::timeout);
    CHECK(here.get(here.cos.head_bucket({.bucket = bucket}))); // Slow, and without hurry.
    CHECK(here.cos.counters().in_use == 0);
}

TEST_CASE("timeouts: a stream is read without a total, and stalls all the same")
{
    emulated here;
    const auto text = pattern(50'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    auto config = here.config;
    config.timeouts.total = 300ms;
    config.timeouts.stall = 200ms;
    const auto cos = here.client(config);
    here.run([&]() -> asio::awaitable<void> {
        std::vector<std::byte> buffer(1000);
        auto reader = co_await cos.open_object({.bucket = bucket, .key = "k"});
        REQUIRE(reader);
        asio::steady_timer timer(here.context, 400ms);
        co_await timer.async_wait(asio::use_awaitable);
        std::size_t total = 0;
        while (const auto got = (co_await reader->read_some(buffer)).value())
            total += got;
        CHECK(total == text.size());
    });
    here.server.inject(fault::drip(20'000, 2s));
    here.run([&]() -> asio::awaitable<void> {
        std::vector<std::byte> buffer(50'000);
        auto reader = co_await cos.open_object({.bucket = bucket, .key = "k"});
        REQUIRE(reader);
        for (;;) {
            const auto got = co_await reader->read_some(buffer);
            if (got)
                continue;
            CHECK(got.error().code == errc::stalled);
            break;
        }
    });
}

TEST_CASE("timeouts: without limits an operation just waits")
{
    emulated here;
    auto config = here.config;
    auto& limits = config.timeouts;
    limits.credentials = limits.pool_wait = limits.resolve = limits.connect = no_timeout;
    limits.tls_handshake = limits.first_byte = limits.stall = limits.total = no_timeout;
    here.server.inject(fault::delay(200ms));
    CHECK(here.get(here.client(config).head_bucket({.bucket = bucket})));
}

} // namespace timeouts_test
