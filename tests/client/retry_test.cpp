// Attempts against a server that fails: what is tried again, how, and what that leaves behind.

#include "support/emulated.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/http/date.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace retry_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;
using testing::fault;

/// A client that tries again, almost at once.
struct retrying : emulated
{
    retrying()
    {
        config.retry = retry_settings();
        config.retry.base_delay = 1ms;
        cos = client(config);
    }

    [[nodiscard]] std::vector<testing::recorded_request> requests(std::string_view method)
    {
        auto all = server.requests();
        std::erase_if(all, [&](const auto& each) { return each.method != method; });
        return all;
    }
};

/// A body source over a text, which counts what is done with it.
struct text_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto left = std::as_bytes(std::span(text)).subspan(at);
        const auto count = std::min({left.size(), buffer.size(), std::size_t{5}});
        std::ranges::copy(left.first(count), buffer.begin());
        at += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return text.size(); }
    bool rewind()
    {
        ++rewound;
        if (rewindable)
            at = 0;
        return rewindable;
    }

    std::string text;
    bool rewindable = true; ///< Or so it says; then it finds that it is not.
    std::size_t at = 0;
    int rewound = 0;
};

/// The same, without a way back.
struct one_shot_source
{
    auto read(std::span<std::byte> buffer) { return all.read(buffer); }
    [[nodiscard]] auto size() const { return all.size(); }

    text_source all;
};

TEST_CASE("retry: a put that meets failures is stored once it gets through, and marked")
{
    retrying here;
    const auto key = key_of(1);
    here.server.inject(fault::reply_with(503, "SlowDown"));
    here.server.inject(fault::reset_after_request_bytes(10).skip(1));
    here.server.inject(fault::reply_with(500, "", false).skip(2));
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = "00000", .sse = with(key)})));
    const auto seen = here.requests("PUT"); // Those it served.
    REQUIRE(seen.size() == 1);
    const auto& last = seen.back();
    CHECK(last.status == 200);
    CHECK(last.get("x-cos-sdk-retry") == "true");
    CHECK(last.get("Authorization").find("x-cos-sdk-retry") != std::string_view::npos);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = with(key)}))
              .value()
              .body == "00000");
    CHECK(here.requests("GET").back().get("x-cos-sdk-retry").empty());
}

TEST_CASE("retry: attempts are counted, and the error is that of the last")
{
    retrying here;
    here.server.inject(fault::reply_with(503, "SlowDown").times(3));
    here.server.inject(fault::reply_with(500, "InternalError").skip(3));
    const auto failed = here.get(here.cos.head_bucket({.bucket = bucket}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().attempts == 4);
    CHECK(failed.error().http_status == 500);
    CHECK(failed.error().may_have_executed());
    CHECK(here.get(here.cos.head_bucket({.bucket = bucket})));
}

TEST_CASE("retry: what is final is final at once")
{
    retrying here;
    for (const auto& [status, code] :
        {std::pair{403U, "AccessDenied"}, {404U, "NoSuchBucket"}, {412U, "PreconditionFailed"},
            {409U, "PathConflict"}, {501U, "NotImplemented"}, {301U, "PermanentRedirect"}}) {
        here.server.inject(fault::reply_with(status, code));
        const auto failed = here.get(here.cos.list_objects({.bucket = bucket}));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().attempts == 1);
        CHECK(failed.error().http_status == status);
    }
}

TEST_CASE("retry: a 200 that carries a failure of the moment")
{
    retrying here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "a", .body = "x"})));
    here.server.inject(fault::error_inside_200("InternalError"));
    here.server.inject(fault::error_inside_200("SlowDown").skip(1));
    REQUIRE(here.get(here.cos.copy_object(
        {.bucket = bucket, .key = "b", .copy_source = {.bucket = bucket, .key = "a"}})));
    here.server.inject(fault::error_inside_200("AccessDenied"));
    const auto refused = here.get(here.cos.copy_object(
        {.bucket = bucket, .key = "c", .copy_source = {.bucket = bucket, .key = "a"}}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().attempts == 1);
}

TEST_CASE("retry: a get whose body breaks off begins anew, wherever it goes")
{
    retrying here;
    const auto text = pattern(100'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    for (const std::size_t cut : {0U, 300U, 5'000U, 99'000U}) {
        here.server.inject(fault::close_after_reply_bytes(cut).on_method("GET"));
        here.server.inject(fault::reset_after_reply_bytes(cut / 2).on_method("GET").skip(1));
        const auto got = here.get(here.cos.get_object({.bucket = bucket, .key = "k"}));
        REQUIRE(got);
        CHECK((got->body == text));

        here.server.inject(fault::close_after_reply_bytes(cut).on_method("GET"));
        std::vector<std::byte> buffer(text.size());
        const auto into =
            here.get(here.cos.get_object_into({.bucket = bucket, .key = "k"}, buffer));
        REQUIRE(into);
        CHECK((detail::text_of(buffer) == text));
    }
}

TEST_CASE("retry: a stream is opened again, and not read again")
{
    retrying here;
    const auto text = pattern(200'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    const auto before = here.server.counters().requests.load();
    here.server.inject(fault::reply_with(503, "ServiceUnavailable").on_method("GET"));
    here.server.inject(fault::reset_after_reply_bytes(100'000).on_method("GET").skip(1));
    here.run([&]() -> asio::awaitable<void> {
        auto reader = co_await here.cos.open_object({.bucket = bucket, .key = "k"});
        REQUIRE(reader);
        std::vector<std::byte> buffer(64 * 1024);
        std::size_t total = 0;
        for (;;) {
            const auto got = co_await reader->read_some(buffer);
            if (!got) {
                CHECK(got.error().code == condition::connection);
                break;
            }
            REQUIRE(*got != 0);
            total += *got;
        }
        CHECK(total < text.size());
    });
    CHECK(here.server.counters().requests == before + 2);
}

TEST_CASE("retry: a source that rewinds is sent again, one that cannot is not")
{
    retrying here;
    text_source rewinds{.text = pattern(1000)};
    here.server.inject(fault::reply_with(503, "SlowDown").times(2));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "a", .body = rewinds})));
    CHECK(rewinds.rewound == 2);
    CHECK((here.get(here.cos.get_object({.bucket = bucket, .key = "a"})).value().body ==
        rewinds.text));

    text_source once{.text = pattern(1000), .rewindable = false};
    here.server.inject(fault::reply_with(503, "SlowDown"));
    const auto failed =
        here.get(here.cos.put_object({.bucket = bucket, .key = "b", .body = once}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == service_errc::slow_down);
    CHECK(failed.error().attempts == 1);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "b"})).error().code ==
        service_errc::no_such_key);
}

TEST_CASE("retry: a source whose type does not rewind is sent once")
{
    static_assert(replayable_body_source<text_source>);
    static_assert(body_source<one_shot_source> && !replayable_body_source<one_shot_source>);
    retrying here;
    one_shot_source once{{.text = pattern(1000)}};
    CHECK_FALSE(body_view(once).replayable());
    here.server.inject(fault::reply_with(503, "SlowDown"));
    const auto failed =
        here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = once}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().attempts == 1);

    // What was never begun may be tried again.
    one_shot_source unsent{{.text = pattern(1000)}};
    auto nobody = here.config;
    nobody.connect_to = "127.0.0.1:1";
    const auto unreached = here.get(
        here.client(nobody).put_object({.bucket = bucket, .key = "k", .body = unsent}));
    REQUIRE_FALSE(unreached);
    CHECK(unreached.error().attempts == 4);
    CHECK(unsent.all.at == 0);
}

TEST_CASE("retry: a source that throws ends its attempt, of which all is told")
{
    struct throwing_source
    {
        asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
        {
            if (std::exchange(begun, true))
                throw std::runtime_error("the disk is gone");
            buffer[0] = std::byte{'x'};
            co_return std::size_t{1};
        }
        [[nodiscard]] std::optional<std::uint64_t> size() const { return std::nullopt; }
        bool begun = false;
    };
    retrying here;
    std::vector<event_kind> seen;
    here.config.observer = [&](const event& what) { seen.push_back(what.kind); };
    throwing_source source;
    const auto failed = here.get(
        here.client(here.config).put_object({.bucket = bucket, .key = "k", .body = source}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::body_source_failed);
    CHECK(failed.error().message == "the disk is gone");
    CHECK(failed.error().attempts == 1);
    CHECK(failed.error().request_was_sent);
    CHECK(seen == std::vector<event_kind>{event_kind::attempt_started, event_kind::connected,
                      event_kind::attempt_finished});
}

TEST_CASE("retry: aborting an upload that an earlier attempt has aborted is a success")
{
    retrying here;
    const auto upload =
        here.get(here.cos.initiate_multipart_upload({.bucket = bucket, .key = "k"})).value();
    here.server.inject(fault::reset_after_reply_bytes(0));
    CHECK(here.get(here.cos.abort_multipart_upload(
        {.bucket = bucket, .key = "k", .upload_id = upload.upload_id})));
    const auto again = here.get(here.cos.abort_multipart_upload(
        {.bucket = bucket, .key = "k", .upload_id = upload.upload_id}));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == service_errc::no_such_upload);
}

TEST_CASE("retry: a page of something on the way is no success, and may be gone the next time")
{
    retrying here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "stored"})));
    const std::string page = "<html>please log in</html>";
    const auto portal = [&](const std::string& fields = {}) {
        return fault::raw_reply("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + fields +
            "Content-Length: " + std::to_string(page.size()) + "\r\n\r\n" + page);
    };
    here.server.inject(portal().times(4));
    const auto failed = here.get(here.cos.get_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::malformed_response);
    CHECK(failed.error().http_status == 200);
    CHECK(failed.error().attempts == 4);
    CHECK(failed.error().message.find("x-cos-request-id") != std::string::npos);

    here.server.inject(portal().times(2));
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).value().body == "stored");

    // Nothing of the page comes to where the object goes.
    here.server.inject(portal().times(4));
    std::string into(100, '.');
    CHECK_FALSE(here.get(here.cos.get_object_into(
        {.bucket = bucket, .key = "k"}, std::as_writable_bytes(std::span(into)))));
    CHECK(into == std::string(100, '.'));
    here.server.inject(portal().times(4));
    const auto opened = here.get(here.cos.open_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::malformed_response);

    // With a request id it is what the service says, and stands.
    here.server.inject(portal("x-cos-request-id: NmQ=\r\n"));
    const auto without_etag = here.get(here.cos.get_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(without_etag);
    CHECK(without_etag.error().code == errc::malformed_response);
    CHECK(without_etag.error().attempts == 1);
    CHECK(without_etag.error().request_id == "NmQ=");

    // What is not to be done twice is not, though nothing may have been done.
    here.server.inject(portal());
    const auto initiated =
        here.get(here.cos.initiate_multipart_upload({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(initiated);
    CHECK(initiated.error().code == errc::malformed_response);
    CHECK(initiated.error().attempts == 1);

    here.server.inject(fault::reply_with(404, "NoSuchKey", false).times(4));
    const auto missing = here.get(here.cos.head_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == errc::malformed_response);
    CHECK(missing.error().http_status == 404);
}

TEST_CASE("retry: an upload is initiated once, unless nothing of it was sent")
{
    retrying here;
    here.server.inject(fault::reply_with(503, "SlowDown"));
    const auto failed =
        here.get(here.cos.initiate_multipart_upload({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().attempts == 1);
    auto nobody = here.config;
    nobody.connect_to = "127.0.0.1:1";
    const auto unreached = here.get(
        here.client(nobody).initiate_multipart_upload({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(unreached);
    CHECK(unreached.error().attempts == 4);
    CHECK_FALSE(unreached.error().request_was_sent);
    CHECK_FALSE(unreached.error().may_have_executed());
}

TEST_CASE("retry: that an earlier attempt may have been carried out is not forgotten")
{
    retrying here;
    here.config.retry.maximum_attempts = 2;
    const auto cos = here.client(here.config);
    // The reply of the first never comes, and the second is refused for good.
    here.server.inject(fault::close_after_reply_bytes(0).on_method("DELETE"));
    here.server.inject(fault::reply_with(403, "AccessDenied").on_method("DELETE").skip(1));
    const auto failed = here.get(cos.delete_object({.bucket = bucket, .key = "k"}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().http_status == 403);
    CHECK(failed.error().earlier_attempt_may_have_executed);
    CHECK(failed.error().may_have_executed());
}

TEST_CASE("retry: the last attempt asks the other domain when nobody answered on the first")
{
    retrying here;
    here.server.inject(fault::reply_with(502, "", false).times(3));
    REQUIRE(here.get(here.cos.head_bucket({.bucket = bucket})));
    auto seen = here.requests("HEAD");
    REQUIRE_FALSE(seen.empty());
    CHECK(seen.back().host == "examplebucket-1250000000.cos.ap-guangzhou.tencentcos.cn");

    here.server.inject(fault::reply_with(502, "").times(3));
    REQUIRE(here.get(here.cos.head_bucket({.bucket = bucket})));
    CHECK(here.requests("HEAD").back().host ==
        "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com");
}

TEST_CASE("the other domain belongs to hosts of the default form alone")
{
    using dialect::cos;
    CHECK(cos::backup_host("b-1.cos.ap-guangzhou.myqcloud.com") ==
        "b-1.cos.ap-guangzhou.tencentcos.cn");
    for (const auto* const other : {"cos.ap-guangzhou.myqcloud.com", "b-1.cos.ap-x.tencentcos.cn",
             "b-1.cos.accelerate.myqcloud.com", "b-1.cos-internal.ap-x.myqcloud.com",
             "files.example.com", "127.0.0.1", "myqcloud.com", ".cos.x.myqcloud.com", ""})
        CHECK(cos::backup_host(other).empty());
}

std::string skew_reply(std::chrono::seconds ahead)
{
    const std::string body = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
    const auto then =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + ahead;
    return "HTTP/1.1 403 Forbidden\r\nDate: " + http::format_date(then) +
        "\r\nx-cos-request-id: 1\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
}

TEST_CASE("retry: the service's clock is learnt from it, and used from then on")
{
    retrying here;
    const auto start_of = [](const testing::recorded_request& request) {
        const auto text = request.get("Authorization");
        const auto at = text.find("q-sign-time=") + 12;
        const auto digits = text.substr(at, text.find(';', at) - at);
        return static_cast<std::int64_t>(detail::parse_number<std::uint64_t>(digits).value());
    };
    REQUIRE(here.get(here.cos.list_objects({.bucket = bucket})));
    // Within the validity of signatures, so that the emulator takes those of the other clock too.
    here.server.inject(fault::raw_reply(skew_reply(-50s)));
    REQUIRE(here.get(here.cos.list_objects({.bucket = bucket})));
    REQUIRE(here.get(here.cos.list_objects({.bucket = bucket})));
    const auto seen = here.requests("GET");
    const auto behind = start_of(seen.front()) - start_of(seen.back());
    CHECK(behind >= 45);
    CHECK(behind <= 55);

    here.server.inject(fault::raw_reply(skew_reply(-1'000'000'000s)));
    const auto absurd = here.get(here.cos.list_objects({.bucket = bucket}));
    REQUIRE_FALSE(absurd);
    CHECK(absurd.error().attempts == 1);
}

TEST_CASE("retry: the total ends attempts and the waits between them")
{
    retrying here;
    here.config.retry.base_delay = here.config.retry.maximum_delay = 10min;
    here.config.retry.maximum_attempts = 100;
    here.config.timeouts.total = 200ms;
    here.server.inject(fault::reply_with(503, "SlowDown").always());
    const auto failed =
        here.get(here.client(here.config).head_bucket({.bucket = bucket}));
    REQUIRE_FALSE(failed); // The wait would not fit: the error stands at once.
    CHECK(failed.error().http_status == 503);
    CHECK(failed.error().attempts <= 2);

    here.config.retry.base_delay = here.config.retry.maximum_delay = 20ms;
    const auto began = std::chrono::steady_clock::now();
    const auto long_run =
        here.get(here.client(here.config).head_bucket({.bucket = bucket}));
    REQUIRE_FALSE(long_run);
    CHECK(long_run.error().attempts > 2);
    CHECK(std::chrono::steady_clock::now() - began < 10s);
}

TEST_CASE("retry: Retry-After of a reply is waited for")
{
    retrying here;
    here.server.inject(fault::raw_reply(
        "HTTP/1.1 503 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"));
    const auto began = std::chrono::steady_clock::now();
    REQUIRE(here.get(here.cos.head_bucket({.bucket = bucket})));
    CHECK(std::chrono::steady_clock::now() - began >= 1s);
}

} // namespace retry_test
