// Peers that never come to an end. The total is not limited here: something else has to end each
// operation, soon and by name, with little in memory and no connection that is used again.

#include "support/emulated.hpp"
#include "support/scripted_peer.hpp"
#include "support/temporary_directory.hpp"

#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace endless_peers_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::pattern;
using support::peer_connection;
using support::scripted_peer;

/// Of a reply that is genuine so far.
const std::string head_start = "HTTP/1.1 200 OK\r\nx-cos-request-id: NjQ\r\nETag: \"e\"\r\n"
                               "Date: Sat, 28 Nov 2026 07:00:00 GMT\r\n";

std::string repeated(std::string_view text, std::size_t count)
{
    std::string out;
    while (out.size() < count)
        out += text;
    return out;
}

/// The same piece again and again, as fast as it is taken.
void flood(peer_connection& to, std::string_view first, std::string_view again)
{
    const auto many = repeated(again, 16'000);
    if (!to.send(first))
        return;
    while (to.send(many)) {
    }
}

void drip(peer_connection& to, std::string_view first, std::string_view again)
{
    static_cast<void>(to.send(first) && to.drip(again, 20ms));
}

/// Once a request has come. Its body is left where it is, which an end of it does not matter for.
scripted_peer::script after_request(std::function<void(peer_connection&)> then)
{
    return [then = std::move(then)](peer_connection& to) {
        if (to.handshake() && !to.receive_head().empty())
            then(to);
    };
}

/// One of OpenSSL's own messages after another.
void send_tls_messages(peer_connection& to, std::string_view first, int (*ask)(SSL*))
{
    if (!first.empty() && !to.send(first))
        return;
    while (ask(to.tls()) == 1 && SSL_do_handshake(to.tls()) == 1 && to.wait(0ms)) {
    }
}

int update_key(SSL* ssl)
{
    return SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
}

int update_both_keys(SSL* ssl)
{
    return SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
}

/// What an operation came to.
template <class T>
std::optional<error> error_of(const result<T>& done)
{
    return done ? std::nullopt : std::optional<error>(done.error());
}

struct operation_case
{
    std::string_view name;
    std::function<std::optional<error>(emulated&, const client&)> run;
};

std::optional<error> read_all(emulated& here, const client& cos)
{
    return here.run([&]() -> asio::awaitable<std::optional<error>> {
        auto reader = co_await cos.open_object({.bucket = bucket, .key = "k"});
        if (!reader)
            co_return reader.error();
        std::vector<std::byte> buffer(8'000);
        for (;;) {
            const auto got = co_await reader->read_some(buffer);
            if (!got)
                co_return got.error();
            if (*got == 0)
                co_return std::nullopt;
        }
    });
}

const operation_case get_object{"get_object", [](emulated& here, const client& cos) {
    return error_of(here.get(
        cos.get_object({.bucket = bucket, .key = "k", .maximum_size = 1024 * 1024})));
}};
const operation_case open_object{"open_object", &read_all};
const operation_case get_encryption{"get_bucket_encryption", [](emulated& here, const client& cos) {
    return error_of(here.get(cos.get_bucket_encryption({.bucket = bucket})));
}};
const operation_case head_object{"head_object", [](emulated& here, const client& cos) {
    return error_of(here.get(cos.head_object({.bucket = bucket, .key = "k"})));
}};
const operation_case put_object{"put_object", [](emulated& here, const client& cos) {
    return error_of(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = "text"})));
}};
const operation_case copy_object{"copy_object", [](emulated& here, const client& cos) {
    return error_of(here.get(cos.copy_object(
        {.bucket = bucket, .key = "k", .copy_source = {.bucket = bucket, .key = "from"}})));
}};
const operation_case delete_object{"delete_object", [](emulated& here, const client& cos) {
    return error_of(here.get(cos.delete_object({.bucket = bucket, .key = "k"})));
}};
const operation_case put_large{"put_object of 32 MiB", [](emulated& here, const client& cos) {
    static const auto text = pattern(32 * 1024 * 1024);
    return error_of(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = text})));
}};
const operation_case upload_file{"upload_file of 32 MiB", [](emulated& here, const client& cos) {
    const support::temporary_directory files;
    const auto path = files.write("source", repeated("some text ", 32 * 1024 * 1024));
    upload_file_request request{.bucket = bucket, .key = "k", .path = path};
    request.options.threshold = 64 * 1024 * 1024;
    return error_of(here.get(cos.upload_file(request)));
}};

config impatient(emulated& here, const scripted_peer& peer, scheme how)
{
    auto config = here.server.client_config(how);
    config.connect_to = peer.address();
    config.tls.ca_pem = peer.ca_pem();
    config.retry.maximum_attempts = 1;
    auto& limits = config.timeouts;
    limits.total = no_timeout;
    limits.tls_handshake = limits.first_byte = limits.stall = 300ms;
    limits.minimum_rate_window = 400ms;
    limits.minimum_rate = 10'000; // A byte in 20 ms is less, as a record of TLS too.
    return config;
}

struct peer_case
{
    std::string_view name;
    scripted_peer::script serve;
    std::vector<std::error_code> ends; ///< One of them.
    std::vector<operation_case> operations;
};

void check(const peer_case& each, scheme how)
{
    for (const auto& operation : each.operations) {
        CAPTURE(each.name);
        CAPTURE(operation.name);
        CAPTURE(how);
        emulated here;
        const scripted_peer peer(how == scheme::https ? scripted_peer::layer::tls
                                                      : scripted_peer::layer::tcp,
            each.serve);
        const auto cos = here.client(impatient(here, peer, how));
        const auto begun = std::chrono::steady_clock::now();
        const auto ended = operation.run(here, cos);
        const auto took = std::chrono::steady_clock::now() - begun;
        REQUIRE(ended);
        CAPTURE(ended->describe());
        CHECK(std::ranges::find(each.ends, ended->code) != each.ends.end());
        CHECK(took < 6s);
        CHECK(peer.sent() < 24 * 1024 * 1024); // Most of it waits in the system's buffers.
        CHECK(cos.counters().in_use == 0);
        CHECK(cos.counters().idle == 0);
        CHECK(peer.connections() == 1);
    }
}

TEST_CASE("endless peers: replies that do not end")
{
    const std::string chunked = head_start + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string long_body = head_start + "Content-Length: 1000000\r\n\r\n";
    const auto fields = "X-A: " + std::string(60, 'a') + "\r\n";
    const auto extension = "1;" + std::string(4000, 'x') + "\r\ny\r\n";
    const std::initializer_list<operation_case> any{
        get_object, open_object, get_encryption, head_object, put_object, copy_object, delete_object};
    const std::initializer_list<operation_case> with_body{get_object, open_object, get_encryption};
    const std::initializer_list<operation_case> in_memory{get_object, get_encryption};
    const std::vector<peer_case> all{
        {"interim replies for ever",
            after_request([](auto& to) { flood(to, "", "HTTP/1.1 102 Processing\r\n\r\n"); }),
            {errc::malformed_response}, any},
        {"interim replies, one now and then",
            after_request([](auto& to) {
                while (to.send("HTTP/1.1 100 Continue\r\n\r\n") && to.wait(100ms)) {
                }
            }),
            {errc::stalled, errc::malformed_response}, any},
        {"a head of a byte now and then",
            after_request([&](auto& to) { drip(to, "", head_start + fields + fields); }),
            {errc::stalled}, any},
        {"header fields for ever",
            after_request([&](auto& to) { flood(to, head_start, fields); }),
            {errc::response_too_large, errc::malformed_response}, any},
        {"one header field for ever",
            after_request([&](auto& to) { flood(to, head_start + "X-A: ", "aaaaaaaa"); }),
            {errc::response_too_large, errc::malformed_response}, any},
        {"a status line for ever",
            after_request([&](auto& to) { flood(to, "HTTP/1.1 200 ", "OKOKOKOK"); }),
            {errc::response_too_large, errc::malformed_response}, any},
        {"header fields, a byte now and then",
            after_request([&](auto& to) { drip(to, head_start, fields); }), {errc::stalled}, any},
        {"a chunk extension for ever",
            after_request([&](auto& to) { flood(to, chunked + "1;", "xxxxxxxx"); }),
            {errc::response_too_large}, with_body},
        {"chunk extensions for ever",
            after_request([&](auto& to) { flood(to, chunked, extension); }),
            {errc::response_too_large}, with_body},
        {"sizes of chunks with zeros for ever",
            after_request([&](auto& to) {
                flood(to, chunked, std::string(4000, '0') + "1\r\ny\r\n");
            }),
            {errc::response_too_large}, with_body},
        {"trailers for ever",
            after_request([&](auto& to) { flood(to, chunked + "0\r\n", fields); }),
            {errc::response_too_large}, with_body},
        {"trailers, a byte now and then",
            after_request([&](auto& to) { drip(to, chunked + "0\r\n", fields); }),
            {errc::stalled}, with_body},
        {"a chunked body of a byte now and then",
            after_request([&](auto& to) { drip(to, chunked, "1\r\nx\r\n"); }),
            {errc::stalled}, with_body},
        {"a body of a byte now and then",
            after_request([&](auto& to) { drip(to, long_body, "x"); }),
            {errc::stalled}, with_body},
        {"a body until the end, of a byte now and then",
            after_request([&](auto& to) { drip(to, head_start + "\r\n", "x"); }),
            {errc::stalled}, with_body},
        {"chunks for ever",
            after_request([&](auto& to) { flood(to, chunked, "4\r\n<x/>\r\n"); }),
            {errc::destination_too_small}, in_memory},
        {"a body without an end",
            after_request([&](auto& to) { flood(to, head_start + "\r\n", "<x/>"); }),
            {errc::destination_too_small}, in_memory},
        {"a body of a billion bytes",
            after_request([&](auto& to) {
                flood(to, head_start + "Content-Length: 1000000000\r\n\r\n", "<x/>");
            }),
            {errc::destination_too_small}, in_memory},
        {"the description of an error, a byte now and then",
            after_request([&](auto& to) {
                drip(to, "HTTP/1.1 403 Forbidden\r\nx-cos-request-id: NjQ\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n",
                    "1\r\nx\r\n");
            }),
            {errc::stalled}, {get_object, open_object, get_encryption, delete_object}},
        {"nothing, for ever",
            after_request([](auto& to) { to.wait_for_end(); }), {errc::first_byte_timeout}, any},
    };
    for (const auto& each : all) {
        check(each, scheme::http);
        check(each, scheme::https);
    }
}

TEST_CASE("endless peers: TLS that goes on for ever")
{
    const std::string long_body = head_start + "Content-Length: 1000000\r\n\r\n";
    const std::initializer_list<operation_case> any{get_object, open_object, put_object};
    const std::initializer_list<operation_case> with_body{get_object, open_object};
    const auto messages = [](const std::string& first, int (*ask)(SSL*)) {
        return after_request(
            [first, ask](peer_connection& to) { send_tls_messages(to, first, ask); });
    };
    const std::vector<peer_case> all{
        {"no handshake", [](peer_connection& to) { to.wait_for_end(); }, {errc::tls_timeout}, any},
        {"a handshake of a byte now and then",
            [](peer_connection& to) {
                const std::string_view record("\x16\x03\x03\x10\x00\x02\x00\x0f\xfc", 9);
                for (const char one : record)
                    if (!to.send_raw({&one, 1}) || !to.wait(20ms))
                        return;
                while (to.send_raw("\x01") && to.wait(20ms)) {
                }
            },
            {errc::tls_timeout, errc::tls_failed}, any},
        {"a handshake of records without content",
            [](peer_connection& to) {
                const auto records = repeated(std::string_view("\x16\x03\x03\x00\x00", 5), 5000);
                while (to.send_raw(records)) {
                }
            },
            {errc::tls_timeout, errc::tls_failed}, any},
        {"tickets instead of a reply", messages("", &SSL_new_session_ticket),
            {errc::first_byte_timeout, errc::tls_failed}, any},
        {"updates of keys instead of a reply", messages("", &update_key),
            {errc::first_byte_timeout, errc::tls_failed}, any},
        {"updates of both keys instead of a reply", messages("", &update_both_keys),
            {errc::first_byte_timeout, errc::tls_failed, errc::stalled}, any},
        {"tickets within a head", messages(head_start, &SSL_new_session_ticket),
            {errc::tls_failed, errc::stalled}, any},
        {"tickets within a body", messages(long_body, &SSL_new_session_ticket),
            {errc::tls_failed, errc::truncated_body, errc::stalled}, with_body},
        {"updates of keys within a body", messages(long_body, &update_key),
            {errc::tls_failed, errc::truncated_body, errc::stalled}, with_body},
        {"updates of both keys within a body", messages(long_body, &update_both_keys),
            {errc::tls_failed, errc::truncated_body, errc::stalled}, with_body},
    };
    for (const auto& each : all)
        check(each, scheme::https);
}

TEST_CASE("endless peers: requests that are not taken")
{
    const std::vector<peer_case> all{
        {"nothing is read",
            [](peer_connection& to) {
                if (to.handshake())
                    to.wait_for_end();
            },
            {errc::stalled}, {put_large, upload_file}},
        {"a byte is read now and then",
            [](peer_connection& to) {
                if (to.handshake())
                    while (!to.receive_some(1).empty() && to.wait(20ms)) {
                    }
            },
            {errc::stalled}, {put_large, upload_file}},
        {"nothing is read, and interim replies come",
            [](peer_connection& to) {
                if (to.handshake())
                    flood(to, "", "HTTP/1.1 100 Continue\r\n\r\n");
            },
            {errc::stalled, errc::malformed_response, errc::connection_closed},
            {put_large, upload_file}},
    };
    for (const auto& each : all) {
        check(each, scheme::http);
        check(each, scheme::https);
    }
}

TEST_CASE("endless peers: a service that draws out its reply to PUT or POST may, up to the total")
{
    const std::string head = "HTTP/1.1 200 OK\r\nx-cos-request-id: NjQ\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";
    const std::string document = "<CopyObjectResult><ETag>\"e\"</ETag>"
                                 "<LastModified>2026-11-28T07:00:00.000Z</LastModified>"
                                 "</CopyObjectResult>";
    for (const bool ends : {true, false}) {
        CAPTURE(ends);
        emulated here;
        const scripted_peer peer(
            scripted_peer::layer::tcp, after_request([&](peer_connection& to) {
                if (!to.send(head))
                    return;
                for (int i = 0; !ends || i != 60; ++i) // Three windows, of 50 bytes a second.
                    if (!to.send("1\r\n \r\n") || !to.wait(20ms))
                        return;
                const auto chunk = std::string("a6\r\n").replace(0, 2, [&] {
                    constexpr std::string_view digits = "0123456789abcdef";
                    return std::string{digits[document.size() / 16], digits[document.size() % 16]};
                }());
                if (to.send(chunk + document + "\r\n0\r\n\r\n"))
                    to.wait_for_end();
            }));
        auto config = impatient(here, peer, scheme::http);
        config.timeouts.total = 3s;
        const auto cos = here.client(config);
        const auto begun = std::chrono::steady_clock::now();
        const auto ended = copy_object.run(here, cos);
        const auto took = std::chrono::steady_clock::now() - begun;
        CHECK(took > 1s);
        CHECK(took < 6s);
        if (ends) {
            CHECK_MESSAGE(!ended, (ended ? ended->describe() : ""));
        } else {
            REQUIRE(ended);
            CHECK(ended->code == errc::total_timeout);
            CHECK(cos.counters().idle == 0);
        }
        CHECK(cos.counters().in_use == 0);
    }
}

TEST_CASE("endless peers: transfers hand the limits of with_timeouts to each of their requests")
{
    emulated here;
    const support::temporary_directory files;
    const scripted_peer peer(
        scripted_peer::layer::tcp, after_request([](auto& to) { to.wait_for_end(); }));
    auto config = impatient(here, peer, scheme::http);
    const auto short_ones = config.timeouts;
    config.timeouts = timeout_settings();
    const auto hurried = here.client(config).with_timeouts(short_ones).value();
    const auto path = files.write("source", "text");
    std::vector<std::byte> room(10);
    const auto check = [&](std::string_view name, const auto& begin) {
        CAPTURE(name);
        const auto begun = std::chrono::steady_clock::now();
        const std::optional<error> ended = error_of(here.get(begin()));
        REQUIRE(ended);
        CHECK(ended->code == errc::first_byte_timeout);
        CHECK(std::chrono::steady_clock::now() - begun < 5s);
        CHECK(hurried.counters().in_use == 0);
    };
    check("copy", [&] {
        return hurried.copy(
            {.bucket = bucket, .key = "k", .copy_source = {.bucket = bucket, .key = "from"}});
    });
    check("copy from another region", [&] {
        return hurried.copy({.bucket = bucket, .key = "k",
            .copy_source = {.bucket = bucket, .key = "from", .region = "ap-beijing"}});
    });
    check("download_directory", [&] {
        return hurried.download_directory({.bucket = bucket, .path = files.path.native()});
    });
    check("download_file", [&] {
        return hurried.download_file(
            {.bucket = bucket, .key = "k", .path = files / "target"});
    });
    check("download_into", [&] {
        return hurried.download_into({.bucket = bucket, .key = "k"}, room);
    });
    check("upload", [&] { return hurried.upload({.bucket = bucket, .key = "k", .body = "text"}); });
    check("upload_file", [&] {
        return hurried.upload_file({.bucket = bucket, .key = "k", .path = path});
    });
}

} // namespace endless_peers_test
