#include <cosio/net/exchange_driver.hpp>

#include "support/scripted_stream.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using cosio::errc;
using cosio::http::method;
using cosio::net::connection;
using cosio::net::exchange;
using cosio::net::exchange_driver;
using cosio::net::operation_control;
using cosio::net::outgoing_body;
using support::script;

namespace {

struct outcome
{
    exchange::phase state = exchange::phase::failed;
    unsigned status = 0;
    std::string body{};
    std::uint64_t crc64 = 0;
    std::uint64_t received = 0; // Of the body.
    std::error_code problem{};
    bool reusable = false;
    bool taken_whole = false; // By `take_received_body`.
};

asio::awaitable<outcome> exchange_once(
    std::shared_ptr<script> what, method how, std::string_view body, std::size_t buffer_size,
    cosio::timeout_settings limits = {}, bool as_small_reply = false)
{
    const auto owned = std::make_shared<operation_control>(
        co_await asio::this_coro::executor, limits);
    auto& control = *owned;
    cosio::net::lease<connection> on;
    on.set(std::make_unique<connection>(std::make_unique<support::scripted_stream>(what)));
    exchange_driver driver(std::move(on), how, body.size());
    outgoing_body outgoing(body, body.size());
    cosio::crypto::secret_buffer head("PUT /k HTTP/1.1\r\nHost: h\r\n\r\n");
    if (as_small_reply) {
        if (!driver.send_at_once(control, head, outgoing))
            co_await driver.send_rest(control, outgoing);
        while (driver.awaits_reply(control, [] { return true; })) {
            auto got = co_await driver.more_of_reply();
            driver.received_of_reply(std::move(got));
        }
    } else {
        co_await driver.run_to_head(control, head, outgoing);
    }

    outcome seen;
    seen.taken_whole = as_small_reply && driver.take_received_body(seen.body);
    std::vector<std::byte> buffer(buffer_size);
    while (driver.progress().state() != exchange::phase::failed) {
        auto got = co_await driver.read_body(control, buffer);
        if (!got || *got == 0)
            break;
        seen.body.append(cosio::detail::text_of(std::span(buffer).first(*got)));
    }
    seen.state = driver.progress().state();
    seen.status = driver.progress().head().status;
    seen.crc64 = driver.body_crc64();
    seen.received = driver.body_size();
    seen.problem = driver.progress().failure().code;
    seen.reusable = driver.give_back(control);
    co_return seen;
}

outcome run_script(const std::shared_ptr<script>& what, std::string_view body = {},
    method how = method::put, std::size_t buffer_size = 100)
{
    return support::run(exchange_once(what, how, body, buffer_size));
}

outcome run_as_small_reply(const std::shared_ptr<script>& what)
{
    return support::run(exchange_once(what, method::get, "", 5000, {}, true));
}

std::shared_ptr<script> reply_of(std::string_view text, std::size_t piece)
{
    auto made = std::make_shared<script>();
    for (std::size_t at = 0; at < text.size(); at += piece)
        made->replies.emplace_back(text.substr(at, piece));
    return made;
}

const std::string with_length = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";

} // namespace

TEST_CASE("replies in pieces of any size, into buffers of any size")
{
    for (const auto& reply : {with_length, chunked})
        for (std::size_t piece = 1; piece <= reply.size(); ++piece)
            for (const std::size_t buffer : {1U, 3U, 11U, 5000U}) {
                const auto seen = run_script(reply_of(reply, piece), "body", method::put, buffer);
                REQUIRE(seen.state == exchange::phase::complete);
                REQUIRE(seen.body == "hello world");
                REQUIRE(seen.crc64 ==
                    cosio::crypto::crc64_of(cosio::detail::bytes_of("hello world")));
                REQUIRE(seen.reusable);
            }
}

TEST_CASE("head and small body leave in one write")
{
    const auto what = reply_of(with_length, 1000);
    run_script(what, "body");
    CHECK(what->writes == 1);
    CHECK(what->written == "PUT /k HTTP/1.1\r\nHost: h\r\n\r\nbody");
}

TEST_CASE("what does not leave without waiting leaves all the same")
{
    const std::string body(100, 'b');
    const std::string whole = "PUT /k HTTP/1.1\r\nHost: h\r\n\r\n" + body;
    for (std::size_t count = 0; count != whole.size() + 2; ++count) {
        CAPTURE(count);
        const auto what = reply_of("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1000);
        what->leave_at_once = count;
        const auto seen = run_script(what, body);
        CHECK(seen.state == exchange::phase::complete);
        CHECK(seen.reusable);
        CHECK(what->written == whole);
        CHECK(what->writes == (count < whole.size() ? 1 : 0));
    }
}

TEST_CASE("a long body leaves in pieces, whole")
{
    const std::string body(500'000, 'x');
    const auto what = reply_of(with_length, 1000);
    CHECK(run_script(what, body).reusable);
    CHECK(what->written.size() == body.size() + 28);
    CHECK(what->writes == 4);
}

TEST_CASE("a reply that is cut off anywhere is an error, and the connection is closed")
{
    for (const auto& reply : {with_length, chunked})
        for (std::size_t size = 0; size != reply.size(); ++size) {
            const auto what = reply_of(std::string_view(reply).substr(0, size), 7);
            const auto seen = run_script(what);
            REQUIRE(seen.state == exchange::phase::failed);
            REQUIRE_FALSE(seen.reusable);
            REQUIRE(what->destroyed);
            REQUIRE(seen.problem ==
                (size < reply.find("\r\n\r\n") + 4 ? errc::connection_closed
                                                   : errc::truncated_body));
        }
}

TEST_CASE("any failure of any read or write is an error, until there is none left to fail")
{
    const std::string body(300'000, 'x');
    for (const auto& failure : {cosio::error(errc::connection_closed),
             cosio::error(errc::cancelled), cosio::error(errc::tls_failed),
             cosio::error(errc::out_of_memory),
             cosio::error(std::make_error_code(std::errc::timed_out))})
        for (std::size_t operation = 0;; ++operation) {
            const auto what = reply_of(with_length, 10);
            what->fails_at = operation;
            what->failure = failure;
            const auto seen = run_script(what, body);
            if (what->reads + what->writes <= operation) {
                CHECK(seen.state == exchange::phase::complete);
                CHECK(operation == 8); // Three writes, five reads.
                break;
            }
            CAPTURE(failure.describe());
            CAPTURE(operation);
            CHECK(seen.state == exchange::phase::failed);
            CHECK_FALSE(seen.reusable);
            CHECK(what->destroyed);
            // A failed write is followed by reading the reply, here a success that cannot be.
            if (operation < 3)
                CHECK(seen.problem == errc::malformed_response);
            else if (operation > 6 && failure.code == errc::connection_closed)
                CHECK(seen.problem == errc::truncated_body);
            else
                CHECK(seen.problem == failure.code);
        }
}

TEST_CASE("a refusal that comes while the body is sent ends the sending")
{
    const std::string body(500'000, 'x');
    const auto what =
        reply_of("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied", 1000);
    what->writes_block_after = 1000; // The peer reads no further than the first piece.
    const auto seen = run_script(what, body);
    CHECK(seen.status == 403);
    CHECK(seen.body == "denied");
    CHECK_FALSE(seen.reusable);
    CHECK(what->written.size() < body.size());
}

TEST_CASE("bytes that belong to no reply close the connection")
{
    const auto seen = run_script(reply_of(with_length + "HTTP/1.1 200 OK\r\n", 1000));
    CHECK(seen.state == exchange::phase::complete);
    CHECK(seen.body == "hello world");
    CHECK_FALSE(seen.reusable);
}

TEST_CASE("large bodies go straight to the buffer")
{
    const std::string payload(100'000, 'p');
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + payload;
    const auto what = reply_of(reply, reply.size());
    const auto seen = run_script(what, {}, method::get, 200'000);
    CHECK(seen.body == payload);
    CHECK(what->reads <= 3);
}

TEST_CASE("a small body is waited for in the connection's buffer, and taken whole")
{
    const std::string longest(12 * 1024, 'x');
    for (const auto& text : {std::string("hello world"), longest}) {
        const auto reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) +
            "\r\n\r\n" + text;
        for (std::size_t piece = 1; piece <= reply.size(); piece += 1 + piece * piece / 50) {
            CAPTURE(piece);
            const auto seen = run_as_small_reply(reply_of(reply, piece));
            REQUIRE(seen.taken_whole);
            REQUIRE(seen.body == text);
            REQUIRE(seen.crc64 == cosio::crypto::crc64_of(cosio::detail::bytes_of(text)));
            REQUIRE(seen.reusable);
        }
    }
    const auto empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    CHECK(run_as_small_reply(reply_of(empty, 1000)).taken_whole);
}

TEST_CASE("a body that is long, or of no length, is not waited for in the connection's buffer")
{
    const std::string text(12 * 1024 + 1, 'x');
    for (const auto& reply : {"HTTP/1.1 200 OK\r\nContent-Length: 12289\r\n\r\n" + text,
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3001\r\n" + text +
                 "\r\n0\r\n\r\n"}) {
        const auto seen = run_as_small_reply(reply_of(reply, 1000));
        CHECK_FALSE(seen.taken_whole);
        CHECK(seen.body == text);
        CHECK(seen.reusable);
    }
}

TEST_CASE("a small body that is cut off anywhere is an error, and the connection is closed")
{
    const auto head = with_length.find("\r\n\r\n") + 4;
    for (std::size_t size = head; size != with_length.size(); ++size) {
        const auto what = reply_of(with_length.substr(0, size), 3);
        const auto seen = run_as_small_reply(what);
        CHECK_FALSE(seen.taken_whole);
        CHECK(seen.received == size - head);
        CHECK(seen.problem == errc::truncated_body);
        CHECK_FALSE(seen.reusable);
        CHECK(what->destroyed);

        const auto broken = reply_of(with_length, size);
        broken->fails_at = 2; // After the request and the head.
        broken->failure = cosio::error(errc::tls_failed);
        const auto failed = run_as_small_reply(broken);
        CHECK_FALSE(failed.taken_whole);
        CHECK(failed.problem == errc::tls_failed);
        CHECK_FALSE(failed.reusable);
    }
}

TEST_CASE("the stream is told how much is certain to come, and of the end")
{
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n";
    const auto what = std::make_shared<script>();
    what->replies = {head, std::string(8'000, 'x'), std::string(12'000, 'x')};
    CHECK(run_script(what, "", method::get, 100'000).reusable);
    CHECK(what->expected == std::vector<std::uint64_t>{20'000, 12'000, 0});

    const auto through_buffer = std::make_shared<script>();
    through_buffer->replies = {head, std::string(20'000, 'x')};
    CHECK(run_script(through_buffer, "", method::get, 1'000).reusable);
    CHECK(through_buffer->expected == std::vector<std::uint64_t>{20'000, 3'616, 0});

    // Without a limit for stalls nobody asks for what is held back, so nothing may be.
    const auto endless = std::make_shared<script>();
    endless->replies = {head, std::string(20'000, 'x')};
    cosio::timeout_settings limits;
    limits.stall = cosio::no_timeout;
    CHECK(support::run(exchange_once(endless, method::get, "", 100'000, limits)).reusable);
    CHECK(endless->expected == std::vector<std::uint64_t>{0, 0});

    // Where the end is not known, nothing is certain.
    const auto in_chunks = reply_of(chunked, 60);
    CHECK(run_script(in_chunks).reusable);
    for (const auto each : in_chunks->expected)
        CHECK(each == 0);
    CHECK(in_chunks->expected.size() >= 2);
}
