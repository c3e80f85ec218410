// The observer: what it is told, in which order, and that it is told no secret.

#include "support/emulated.hpp"

#include <cosio/crypto/base64.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace observation_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::with;
using testing::fault;

TEST_CASE("observer: each step of an operation, in order")
{
    emulated here;
    std::vector<std::string> seen;
    here.config.retry = retry_settings();
    here.config.retry.base_delay = 1ms;
    here.config.observer = [&](const event& what) {
        const char* const kinds[] = {"started", "connected", "reused", "finished", "retry"};
        CHECK(what.operation == "PutObject");
        CHECK(what.method == "PUT");
        CHECK(what.host == "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com");
        CHECK(what.path == "/a%20b");
        auto line = fmt::format("{} {}", kinds[static_cast<int>(what.kind)], what.attempt);
        if (what.kind == event_kind::attempt_finished) {
            line += fmt::format(" {} {}", what.status, what.bytes_sent);
            CHECK(what.took > 0ns);
            CHECK(what.request_id.empty() == (what.status == 0));
            CHECK(static_cast<bool>(what.problem) == (what.status != 200));
        }
        if (what.kind == event_kind::retry_scheduled) {
            line += fmt::format(" {}", name_of(what.reason));
            CHECK(what.delay <= 2ms);
            CHECK(what.problem);
        }
        if (what.kind == event_kind::connected)
            line += what.resumed ? " resumed" : " new";
        seen.push_back(line);
    };
    const auto cos = here.client(here.config);
    const auto key = key_of(1);
    here.server.inject(fault::reply_with(503, "SlowDown"));
    here.server.inject(fault::close_after_reply_bytes(20).skip(1));
    REQUIRE(here.get(cos.put_object(
        {.bucket = bucket, .key = "a b", .body = "00000", .sse = with(key)})));
    REQUIRE(here.get(cos.put_object({.bucket = bucket, .key = "a b", .body = "0"})));
    CHECK(seen ==
        std::vector<std::string>{"started 1", "connected 1 new", "finished 1 503 5",
            "retry 1 throttled", "started 2", "reused 2", "finished 2 0 5",
            "retry 2 connection", "started 3", "connected 3 resumed", "finished 3 200 5",
            "started 1", "reused 1", "finished 1 200 1"});
}

TEST_CASE("observer: no secret, whatever happens")
{
    const std::string key_text = "CANARYcustomerkeyCANARYcustomerK";
    testing::emulator_options options;
    options.secret_key = "CANARY-secret-key";
    options.session_token = "CANARY-token";
    emulated here(std::move(options));
    const auto key = customer_key::from_text(std::string_view(key_text)).value();
    std::string all;
    here.config.observer = [&](const event& what) {
        all += fmt::format("{} {} {} {} {} {}\n", what.operation, what.method, what.host,
            what.path, what.request_id, what.problem.message());
    };
    const auto cos = here.client(here.config);
    static_cast<void>(here.get(cos.put_object(
        {.bucket = bucket, .key = "k", .body = "CANARY-body", .sse = with(key)})));
    static_cast<void>(here.get(cos.get_object({.bucket = bucket, .key = "k"})));
    static_cast<void>(here.get(
        cos.get_object({.bucket = bucket, .key = "k", .sse = with(key),
            .overrides = {.content_type = "CANARY/type"}})));
    CHECK(all.size() > 100);
    CHECK(all.find("CANARY") == std::string::npos);
    CHECK(all.find(crypto::base64(key.bytes())) == std::string::npos);
}

} // namespace observation_test
