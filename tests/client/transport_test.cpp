// What can go wrong between client and server, and what the client does about it.

#include "support/emulated.hpp"

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace transport_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;
using testing::fault;

result<put_object_result> put(emulated& here, std::string_view body = "00000")
{
    return here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = body}));
}

result<get_object_result> get(emulated& here)
{
    return here.get(here.cos.get_object({.bucket = bucket, .key = "k"}));
}

TEST_CASE("connections are reused")
{
    emulated here;
    for (int i = 0; i != 5; ++i) {
        REQUIRE(put(here));
        REQUIRE(get(here));
        REQUIRE_FALSE(here.get(here.cos.get_object({.bucket = bucket, .key = "absent"})));
        REQUIRE_FALSE(here.get(here.cos.head_object({.bucket = bucket, .key = "absent"})));
        REQUIRE(here.get(here.cos.delete_object({.bucket = bucket, .key = "other"})));
    }
    CHECK(here.server.counters().connections == 1);
    CHECK(here.server.counters().requests == 25);
}

TEST_CASE("every request says who sends it, to which host")
{
    emulated here;
    asio::ip::tcp::acceptor acceptor(here.context, {asio::ip::make_address("127.0.0.1"), 0});
    std::string request;
    asio::co_spawn(
        here.context,
        [&]() -> asio::awaitable<void> {
            auto socket = co_await acceptor.async_accept(asio::use_awaitable);
            co_await asio::async_read_until(
                socket, asio::dynamic_buffer(request), "\r\n\r\n", asio::use_awaitable);
            const std::string reply = "HTTP/1.1 204 No Content\r\nx-cos-request-id: NmQ=\r\n\r\n";
            co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
        },
        asio::detached);
    auto config = here.server.client_config(scheme::http);
    config.endpoint.clear();
    config.connect_to = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    REQUIRE(here.get(here.client(config).delete_object({.bucket = bucket, .key = "k"})));
    CHECK(request.starts_with("DELETE /k HTTP/1.1\r\nHost: " + std::string(bucket) + ".cos."));
    CHECK(request.find("\r\nUser-Agent: cosio/" COSIO_VERSION_STRING "\r\n") != std::string::npos);
}

TEST_CASE("a connection that the server closed while it was idle is replaced")
{
    emulated here;
    REQUIRE(put(here));
    // The reply is whole, then the connection is closed without a word about it.
    here.server.inject(fault::close_after_reply_bytes(100'000));
    REQUIRE(get(here));
    std::this_thread::sleep_for(20ms);
    const auto got = get(here);
    REQUIRE(got);
    CHECK(here.server.counters().connections == 2);
}

TEST_CASE("a reply that is cut off at any byte is an error, and the next request succeeds")
{
    emulated here;
    const auto key = key_of(1);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = "0123456789", .sse = with(key)})));
    const get_object_request request{.bucket = bucket, .key = "k", .sse = with(key)};
    std::size_t cuts = 0;
    for (const bool resets : {false, true})
        for (std::size_t size = 0;; ++size) {
            here.server.inject(resets ? fault::reset_after_reply_bytes(size)
                                      : fault::close_after_reply_bytes(size));
            // A client of its own, as nothing received on a reused connection means a stale one.
            const auto got = here.get(here.client(here.config).get_object(request));
            if (got) {
                CHECK(got->body == "0123456789");
                break;
            }
            ++cuts;
            CAPTURE(size);
            CHECK(got.error().code == condition::connection);
            CHECK(got.error().attempts == 1);
            const auto again = here.get(here.cos.get_object(request));
            REQUIRE(again);
            REQUIRE(again->body == "0123456789");
        }
    CHECK(cuts > 600);
}

TEST_CASE("any reply may be cut off at every single byte")
{
    emulated here;
    const auto config = emulated::single_attempts(here.server.client_config(scheme::http));
    const auto cos = here.client(config);
    REQUIRE(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = "0123456789"})));
    const auto ending = [&](const auto& made) {
        return made ? std::optional<error>() : std::optional<error>(made.error());
    };
    using operation = std::function<std::optional<error>(const client&)>;
    const operation operations[] = {
        [&](const client& once) {
            return ending(here.get(once.get_object({.bucket = bucket, .key = "k"})));
        },
        [&](const client& once) {
            return ending(here.get(once.head_object({.bucket = bucket, .key = "k"})));
        },
        [&](const client& once) {
            return ending(here.get(once.put_object({.bucket = bucket, .key = "new",
                .body = "0123456789", .sse = sse::cos_managed()})));
        },
        [&](const client& once) {
            return ending(here.get(once.copy_object({.bucket = bucket, .key = "copy",
                .copy_source = {.bucket = bucket, .key = "k"}, .sse = sse::kms()})));
        },
        [&](const client& once) {
            return ending(here.get(once.list_objects({.bucket = bucket})));
        },
    };
    for (const auto& run : operations)
        for (const bool resets : {false, true}) {
            std::size_t size = 0;
            for (;; ++size) {
                here.server.inject(resets ? fault::reset_after_reply_bytes(size)
                                          : fault::close_after_reply_bytes(size));
                const auto failure = run(here.client(config));
                if (!failure)
                    break;
                CAPTURE(size);
                REQUIRE(failure->code == condition::connection);
                REQUIRE(failure->may_have_executed());
                REQUIRE_FALSE(run(cos));
            }
            CHECK(size > 150);
        }
}

TEST_CASE("a reply may come in any pieces")
{
    emulated here;
    const auto body = pattern(500);
    REQUIRE(put(here, body));
    for (const std::size_t piece : {1U, 2U, 3U, 100U}) {
        here.server.inject(fault::drip(piece, 0ms));
        const auto got = get(here);
        REQUIRE(got);
        CHECK(got->body == body);
    }
    here.server.inject(fault::drip(1, 0ms));
    CHECK(here.get(here.cos.copy_object({.bucket = bucket,
        .key = "copy",
        .copy_source = {.bucket = bucket, .key = "k"}})));
}

TEST_CASE("a request that is cut off is an error")
{
    emulated here;
    const auto body = pattern(3'000'000);
    for (const std::size_t size : {1U, 100'000U, 1'000'000U}) {
        here.server.inject(fault::reset_after_request_bytes(size));
        const auto failed = here.get(here.client(here.config).put_object(
            {.bucket = bucket, .key = "k", .body = body}));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code == condition::connection);
        CHECK(failed.error().may_have_executed());
        CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
        REQUIRE(here.get(here.cos.head_bucket({.bucket = bucket})));
    }
    REQUIRE(put(here, body));
}

TEST_CASE("a refusal in the middle of a long body is heard")
{
    emulated here;
    const auto body = pattern(20'000'000);
    here.server.inject(fault::refuse_early(403, "AccessDenied"));
    const auto refused = put(here, body);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == service_errc::access_denied);
    CHECK_FALSE(refused.error().may_have_executed());
    REQUIRE(put(here, "next"));
}

TEST_CASE("bits that flip on the way are noticed, in either direction")
{
    emulated here;
    const auto body = pattern(10'000);
    REQUIRE(put(here, body));
    for (const std::size_t bit : {0U, 7U, 40'001U, 79'999U}) {
        here.server.inject(fault::flip_reply_bit(bit));
        CHECK(get(here).error().code == errc::checksum_mismatch);
        here.server.inject(fault::flip_request_bit(bit));
        CHECK(put(here, body).error().code == errc::checksum_mismatch);
        REQUIRE(put(here, body));
        std::vector<std::byte> buffer(body.size());
        here.server.inject(fault::flip_reply_bit(bit));
        CHECK(here.get(here.cos.get_object_into({.bucket = bucket, .key = "k"}, buffer))
                  .error()
                  .code == errc::checksum_mismatch);
    }
}

TEST_CASE("a stream that ends wrong says so at its end, and for good")
{
    emulated here;
    const auto body = pattern(100'000);
    REQUIRE(put(here, body));
    const auto read_all = [&]() -> asio::awaitable<error> {
        auto reader = co_await here.cos.open_object({.bucket = bucket, .key = "k"});
        REQUIRE(reader);
        std::vector<std::byte> piece(30'000);
        for (;;) {
            const auto got = co_await reader->read_some(piece);
            if (!got) {
                const auto again = co_await reader->read_some(piece);
                CHECK(again.error().code == got.error().code);
                co_return got.error();
            }
            if (*got == 0)
                co_return error();
        }
    };
    CHECK_FALSE(here.run(read_all).code);
    here.server.inject(fault::flip_reply_bit(5));
    CHECK(here.run(read_all).code == errc::checksum_mismatch);
    here.server.inject(fault::wrong_crc64());
    CHECK(here.run(read_all).code == errc::checksum_mismatch);
    here.server.inject(fault::reset_after_reply_bytes(50'000));
    CHECK(here.run(read_all).code == errc::truncated_body);
    here.server.inject(fault::reply_with(404, "NoSuchKey"));
    const auto refused = here.get(here.cos.open_object({.bucket = bucket, .key = "k"}));
    CHECK(refused.error().code == service_errc::no_such_key);
}

TEST_CASE("a read that fills its buffer yields what came before an error, then the error")
{
    emulated here;
    const auto body = pattern(100'000);
    REQUIRE(put(here, body));
    std::string streamed;
    std::vector<std::size_t> counts;
    const auto read_all = [&]() -> asio::awaitable<error> {
        streamed.clear();
        counts.clear();
        auto reader = co_await here.cos.open_object({.bucket = bucket, .key = "k"});
        REQUIRE(reader);
        std::vector<std::byte> piece(30'000);
        for (;;) {
            const auto got = co_await reader->read(piece);
            if (!got)
                co_return got.error();
            counts.push_back(*got);
            if (*got == 0)
                co_return error();
            streamed.append(detail::text_of(std::span(piece).first(*got)));
        }
    };
    CHECK_FALSE(here.run(read_all).code);
    CHECK(streamed == body);
    CHECK(counts == std::vector<std::size_t>{30'000, 30'000, 30'000, 10'000, 0});
    here.server.inject(fault::reset_after_reply_bytes(50'000));
    CHECK(here.run(read_all).code == errc::truncated_body);
    CHECK(streamed.size() > 40'000); // The head of the reply is among the 50,000.
    CHECK(body.starts_with(streamed));
    CHECK(counts.size() == 2);
    here.server.inject(fault::flip_reply_bit(5));
    CHECK(here.run(read_all).code == errc::checksum_mismatch);
}

TEST_CASE("a stream that is dropped half-way closes its connection and nothing else")
{
    emulated here;
    REQUIRE(put(here, pattern(2'000'000)));
    here.run([&]() -> asio::awaitable<void> {
        auto reader = co_await here.cos.open_object({.bucket = bucket, .key = "k"});
        std::vector<std::byte> piece(1000);
        const auto some = co_await reader->read_some(piece);
        CHECK(some.value() > 0);
    });
    REQUIRE(get(here));
    CHECK(here.server.counters().connections == 2);
}

TEST_CASE("malformed replies are errors that close the connection")
{
    emulated here;
    REQUIRE(put(here));
    const std::string ok =
        "HTTP/1.1 200 OK\r\nx-cos-request-id: NmQ=\r\nETag: \"e\"\r\n";
    for (const std::string& raw : {std::string("\r\n\r\n"), std::string("SSH-2.0-OpenSSH\r\n"),
             ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n00000",
             ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n00000",
             ok + "Content-Length: -5\r\n\r\n", ok + "Content-Length : 5\r\n\r\n00000",
             ok + "A: b\r\n c\r\nContent-Length: 5\r\n\r\n00000", ok + "\n",
             ok + "Transfer-Encoding: chunked\r\n\r\nx\r\n", ok + "Transfer-Encoding: gzip\r\n\r\n"}) {
        CAPTURE(raw);
        here.server.inject(fault::raw_reply(raw));
        const auto got = get(here);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::malformed_response);
        REQUIRE(get(here));
    }
    here.server.inject(fault::raw_reply("HTTP/1.1 403 No\r\nA b\r\n\r\n"));
    const auto refused = get(here);
    CHECK(refused.error().code == errc::malformed_response);
    CHECK(refused.error().http_status == 403); // There was a reply.
    here.server.inject(fault::raw_reply(ok + "A: " + std::string(100'000, 'x') + "\r\n\r\n"));
    CHECK(get(here).error().code == errc::response_too_large);
    here.server.inject(fault::raw_reply(ok + "Content-Length: 5\r\n\r\n00000HTTP/1.1 200 OK\r\n"));
    CHECK(get(here).value().body == "00000");
    here.server.inject(fault::raw_reply(ok + "\r\n00000"));
    CHECK(get(here).error().code == errc::truncated_body); // Unframed, and without a CRC64.
    here.server.inject(fault::raw_reply("HTTP/1.1 301 Moved\r\nLocation: http://evil/\r\n"
                                        "Content-Length: 0\r\n\r\n"));
    const auto redirected = get(here);
    CHECK(redirected.error().code == service_errc::unexpected_status);
    CHECK(redirected.error().http_status == 301);
}

TEST_CASE("servers that fail, with and without a request id")
{
    emulated here;
    here.server.inject(fault::reply_with(503, "SlowDown"));
    auto got = get(here);
    CHECK(got.error().code == condition::throttled);
    CHECK_FALSE(got.error().request_id.empty());
    here.server.inject(fault::reply_with(502, "", false));
    got = get(here);
    CHECK(got.error().code == condition::server_error);
    CHECK(got.error().http_status == 502);
    CHECK(got.error().request_id.empty());
}

TEST_CASE("TLS: another authority, another name, no TLS at all")
{
    emulated here;
    auto untrusting = here.config;
    untrusting.tls = {};
    auto got = here.get(here.client(untrusting).get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.error().code == errc::tls_certificate_rejected);
    CHECK_FALSE(got.error().may_have_executed());

    auto elsewhere = here.config;
    elsewhere.region = "ap-beijing"; // The certificate is for Guangzhou.
    got = here.get(here.client(elsewhere).get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.error().code == errc::tls_certificate_rejected);

    auto plain_port = here.config;
    plain_port.connect_to = here.server.http_endpoint();
    got = here.get(here.client(plain_port).get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.error().code == condition::connection);

    auto careless = untrusting;
    careless.tls.dangerously_accept_any_certificate = true;
    got = here.get(here.client(careless).get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.error().code == service_errc::no_such_key);
    const auto key = key_of(1);
    got = here.get(here.client(careless).get_object(
        {.bucket = bucket, .key = "k", .sse = with(key)}));
    CHECK(got.error().code == errc::sse_requires_tls);
}

TEST_CASE("TLS: an endpoint that is an address, of either kind")
{
    emulated here;
    const auto port = here.server.https_endpoint().substr(here.server.https_endpoint().rfind(':'));
    const auto key = key_of(1);
    for (const std::string address : {"127.0.0.1", "[::1]"}) {
        CAPTURE(address);
        auto config = here.config;
        config.connect_to.clear();
        config.endpoint = address + port;
        config.path_style = true;
        const auto cos = here.client(config);
        const auto put = here.get(
            cos.put_object({.bucket = bucket, .key = "k", .body = "text", .sse = with(key)}));
        REQUIRE_MESSAGE(put, (put ? std::string() : put.error().describe()));
        CHECK(here.get(cos.get_object({.bucket = bucket, .key = "k", .sse = with(key)})).value().body ==
            "text");
    }
    // The certificate names ::1, and no other address.
    auto other = here.config;
    other.connect_to = "[::1]" + port;
    other.endpoint = "[::2]" + port;
    other.path_style = true;
    CHECK(here.get(here.client(other).get_object({.bucket = bucket, .key = "k"})).error().code ==
        errc::tls_certificate_rejected);
}

TEST_CASE("plain http works for what is no secret")
{
    emulated here;
    const auto cos = here.client(here.server.client_config(scheme::http));
    CHECK(here.get(cos.put_object(
        {.bucket = bucket, .key = "k", .body = "x", .sse = sse::cos_managed{}})));
    CHECK(here.get(cos.get_object({.bucket = bucket, .key = "k"})).value().body == "x");
    const auto key = key_of(1);
    const auto before = here.server.counters().requests.load();
    CHECK(here.get(cos.put_object({.bucket = bucket, .key = "k", .sse = with(key)})).error().code ==
        errc::sse_requires_tls);
    CHECK(here.server.counters().requests == before);
}

TEST_CASE("nobody listens, nobody is known")
{
    emulated here;
    auto config = here.config;
    config.connect_to = "127.0.0.1:1";
    auto got = here.get(here.client(config).get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.error().code == std::errc::connection_refused);
    CHECK(got.error().code == condition::connection);
    CHECK_FALSE(got.error().may_have_executed());
    config.connect_to = "name-that-does-not-exist.invalid";
    got = here.get(here.client(config).get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.error().code == errc::resolve_failed);
}

} // namespace transport_test
