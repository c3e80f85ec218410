// Log lines, and a canary: secrets are planted everywhere and must turn up nowhere.

#include "support/emulated.hpp"

#include <cosio/crypto/base64.hpp>
#include <cosio/http/percent_encoding.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logging_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::with;

/// Collects the lines of a client.
struct journal
{
    std::vector<std::pair<log_level, std::string>> lines{};

    [[nodiscard]] log_settings settings(log_level level)
    {
        return {level, [this](log_level of, std::string_view line) {
                    lines.emplace_back(of, std::string(line));
                }};
    }
};

TEST_CASE("nothing is logged by default, one line a request at INFO, heads at DEBUG")
{
    emulated here;
    journal seen;
    const auto get_with = [&](log_level level) {
        seen.lines.clear();
        auto config = here.config;
        config.log = seen.settings(level);
        static_cast<void>(
            here.get(here.client(config).get_object({.bucket = bucket, .key = "a b"})));
    };
    get_with(log_level::off);
    CHECK(seen.lines.empty());

    get_with(log_level::info);
    REQUIRE(seen.lines.size() == 1);
    const auto& line = seen.lines[0].second;
    CHECK(seen.lines[0].first == log_level::info);
    CHECK(line.starts_with("GET examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com /a%20b "
                           "status=404 sent=0 received="));
    CHECK(line.find(" duration=") != std::string::npos);
    CHECK(line.find(" request-id=") != std::string::npos);
    CHECK(line.find(" attempt=1") != std::string::npos);
    CHECK(line.find("NoSuchKey") != std::string::npos);

    get_with(log_level::debug);
    REQUIRE(seen.lines.size() == 3);
    CHECK(seen.lines[0].second.starts_with("> GET /a%20b\n  Host: "));
    CHECK(seen.lines[0].second.find("Authorization: ***") != std::string::npos);
    CHECK(seen.lines[1].second.starts_with("< HTTP 404\n"));
    CHECK(seen.lines[2].first == log_level::info);
}

TEST_CASE("a reply that breaks off in a small body is logged with its head, and with what has come")
{
    emulated here;
    journal seen;
    here.config.log = seen.settings(log_level::debug);
    here.config.retry.maximum_attempts = 1;
    const auto cos = here.client(here.config);
    REQUIRE(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = "0123456789"})));
    for (const bool on_used_connection : {true, false}) {
        CAPTURE(on_used_connection);
        seen.lines.clear();
        here.server.inject(
            testing::fault::raw_reply("HTTP/1.1 200 OK\r\nx-cos-request-id: NmQ=\r\nETag: \"e\"\r\n"
                                      "Content-Length: 10\r\n\r\nabc"));
        const auto got = here.get(cos.get_object({.bucket = bucket, .key = "k"}));
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::truncated_body);
        CHECK(cos.counters().reused == 1);
        REQUIRE(seen.lines.size() == 3);
        CHECK(seen.lines[1].second.starts_with("< HTTP 200\n"));
        CHECK(seen.lines[2].second.find(" status=200 sent=0 received=3 ") != std::string::npos);
    }
}

TEST_CASE("a streamed object is logged once its end was read, or it was dropped")
{
    emulated here;
    journal seen;
    here.config.log = seen.settings(log_level::info);
    const auto cos = here.client(here.config);
    const std::string text(100000, 'x');
    REQUIRE(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    seen.lines.clear();
    std::string_view end;
    SUBCASE("read to its end")
    {
        here.run([&]() -> asio::awaitable<void> {
            auto reader = co_await cos.open_object({.bucket = bucket, .key = "k"});
            REQUIRE(reader);
            CHECK(seen.lines.empty());
            std::vector<std::byte> buffer(70000);
            for (;;) {
                const auto got = co_await reader->read_some(buffer);
                REQUIRE(got);
                if (*got == 0)
                    break;
            }
        });
        end = " received=100000 ";
    }
    SUBCASE("dropped")
    {
        here.run([&]() -> asio::awaitable<void> {
            const auto reader = co_await cos.open_object({.bucket = bucket, .key = "k"});
            CHECK(reader);
        });
        end = " problem=the reader was dropped before its end";
    }
    REQUIRE(seen.lines.size() == 1);
    CHECK(seen.lines[0].second.find(" status=200 ") != std::string::npos);
    CHECK_MESSAGE(seen.lines[0].second.find(end) != std::string::npos, seen.lines[0].second);
}

TEST_CASE("canary: no secret in any log line, error text or exception")
{
    const std::string key_text = "CANARYcustomerkeyCANARYcustomerK";
    const std::string token = "CANARY-session-token";
    testing::emulator_options options;
    options.secret_key = "CANARY-secret-key";
    options.session_token = token;
    emulated here(std::move(options));
    const auto key = customer_key::from_text(std::string_view(key_text)).value();
    const auto other = customer_key::generate().value();
    const auto key_base64 = crypto::base64(key.bytes());
    const std::string context = R"({"CANARY":"context"})";

    journal seen;
    auto config = here.config;
    config.log = seen.settings(log_level::debug);
    const auto cos = here.client(config);
    std::vector<std::string> texts;
    const auto keep = [&](const auto& outcome) {
        if (outcome)
            return;
        texts.push_back(outcome.error().describe());
        texts.push_back(fmt::format("{}", outcome.error()));
        texts.push_back(outcome.error().message);
        try {
            static_cast<void>(outcome.value());
        } catch (const cosio::exception& thrown) {
            texts.emplace_back(thrown.what());
        }
    };
    const auto metadata_value = std::string("CANARY-metadata");
    const header metadata[] = {{"note", metadata_value}};
    const put_object_request put{.bucket = bucket,
        .key = "k",
        .body = "CANARY-body",
        .sse = with(key),
        .headers = {.metadata = metadata}};
    keep(here.get(cos.put_object(put)));
    keep(here.get(cos.put_object({.bucket = bucket,
        .key = "kms",
        .body = "x",
        .sse = sse::kms{.context = context}})));
    keep(here.get(cos.get_object({.bucket = bucket, .key = "k", .sse = with(key)})));
    keep(here.get(cos.get_object({.bucket = bucket, .key = "k", .sse = with(other)})));
    keep(here.get(cos.get_object({.bucket = bucket, .key = "k"})));
    keep(here.get(cos.copy_object({.bucket = bucket,
        .key = "copy",
        .copy_source = {.bucket = bucket, .key = "k", .sse = with(key)},
        .sse = with(other)})));
    here.server.inject(testing::fault::silent_encryption());
    keep(here.get(cos.put_object(put)));
    here.server.inject(testing::fault::reset_after_reply_bytes(30));
    keep(here.get(cos.put_object(put)));
    keep(here.get(cos.put_object({.bucket = bucket,
        .key = "k",
        .sse = sse::kms{.context = R"({"CANARY":1})"}})));
    // Signed with another key, the server repeats all that was signed in its refusal.
    auto wrong = config;
    wrong.credentials =
        credentials(here.server.options().secret_id, "CANARY-wrong-secret-key", token);
    keep(here.get(here.client(wrong).put_object(put)));

    CHECK(texts.size() >= 12);
    CHECK(seen.lines.size() >= 20);
    for (const auto& [level, line] : seen.lines)
        texts.push_back(line);
    for (const auto& text : texts) {
        CAPTURE(text);
        CHECK(text.find("CANARY") == std::string::npos);
        CHECK(text.find(key_base64) == std::string::npos);
        CHECK(text.find(key_base64.substr(0, 20)) == std::string::npos);
        CHECK(text.find(http::percent_encoded(key_base64)) == std::string::npos);
        CHECK(text.find(crypto::base64(detail::bytes_of(context))) == std::string::npos);
        CHECK(text.find("q-signature") == std::string::npos);
    }
}

} // namespace logging_test
