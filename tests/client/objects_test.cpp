// Objects besides their encryption: bodies, ranges, conditions, metadata, versions, deletion.

#include "support/emulated.hpp"

#include <cosio/http/date.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace objects_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;

put_object_request put_request(const std::string& body)
{
    return {.bucket = bucket, .key = "k", .body = body};
}

TEST_CASE("bodies of every size come back, into a string, into a buffer, as a stream")
{
    emulated here;
    const auto key = key_of(1);
    for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 131'071U, 131'072U, 131'073U, 1'000'003U}) {
        CAPTURE(size);
        const auto body = pattern(size);
        REQUIRE(here.get(here.cos.put_object(
            {.bucket = bucket, .key = "k", .body = body, .sse = with(key)})));
        const auto got =
            here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = with(key)}));
        REQUIRE(got);
        CHECK(got->body == body);
        CHECK(got->size == size);

        std::vector<std::byte> buffer(size);
        const auto into = here.get(here.cos.get_object_into(
            {.bucket = bucket, .key = "k", .sse = with(key)}, buffer));
        REQUIRE(into);
        CHECK(into->body_size == size);
        CHECK(into->crc64_verified);
        CHECK(into->body.empty());
        CHECK(detail::text_of(buffer) == body);

        here.run([&]() -> asio::awaitable<void> {
            auto reader =
                co_await here.cos.open_object({.bucket = bucket, .key = "k", .sse = with(key)});
            REQUIRE(reader);
            CHECK(reader->properties().size == size);
            std::string streamed;
            std::vector<std::byte> piece(10'000);
            for (;;) {
                const auto count = co_await reader->read_some(piece);
                REQUIRE(count);
                if (*count == 0)
                    break;
                streamed.append(detail::text_of(std::span(piece).first(*count)));
            }
            CHECK(streamed == body);
            CHECK(reader->properties().crc64_verified);
            const auto again = co_await reader->read_some(piece);
            CHECK(again.value() == 0);
        });
    }
    CHECK(here.server.counters().connections == 1); // All of it on one connection.
}

TEST_CASE("what does not fit is an error")
{
    emulated here;
    const auto body = pattern(1000);
    REQUIRE(here.get(here.cos.put_object(put_request(body))));
    std::vector<std::byte> buffer(999);
    CHECK(here.get(here.cos.get_object_into({.bucket = bucket, .key = "k"}, buffer)).error().code ==
        errc::destination_too_small);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k", .maximum_size = 999}))
              .error()
              .code == errc::destination_too_small);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k", .maximum_size = 1000})));
    std::vector<std::byte> larger(2000);
    CHECK(here.get(here.cos.get_object_into({.bucket = bucket, .key = "k"}, larger))
              .value()
              .body_size == 1000);
}

/// A source that yields `text`, a bit at a time.
struct source
{
    std::string text{};
    std::optional<std::uint64_t> says{};
    std::size_t at = 0;

    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto count = std::min({std::size_t{777}, buffer.size(), text.size() - at});
        std::memcpy(buffer.data(), text.data() + at, count);
        at += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return says; }
    bool rewind()
    {
        at = 0;
        return true;
    }
};

TEST_CASE("bodies from a source, of known and unknown size")
{
    emulated here;
    for (const bool known : {true, false}) {
        source from{pattern(300'000), {}};
        if (known)
            from.says = from.text.size();
        const auto put =
            here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = from}));
        REQUIRE(put);
        CHECK(put->crc64_verified);
        CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).value().body ==
            from.text);
        const auto request = here.server.requests().at(here.server.requests().size() - 2);
        CHECK((request.get("Transfer-Encoding") == "chunked") == !known);
    }
    source of_unknown_size{pattern(10), {}};
    CHECK(here.get(here.cos.upload_part({.bucket = bucket,
                  .key = "k",
                  .upload_id = "u",
                  .part_number = 1,
                  .body = of_unknown_size}))
              .error()
              .field == "body");
}

TEST_CASE("a source that lies about its size stores nothing")
{
    emulated here;
    for (const int off : {-1, 1}) {
        source from{pattern(200'000), {}};
        from.says = static_cast<std::uint64_t>(200'000 + off);
        const auto put =
            here.get(here.cos.put_object({.bucket = bucket, .key = "lie", .body = from}));
        REQUIRE_FALSE(put);
        CHECK(put.error().code == errc::body_size_mismatch);
        CHECK_FALSE(here.server.at_rest(here.server.bucket(), "lie"));
    }
    // The client goes on with a new connection.
    CHECK(here.get(here.cos.put_object(put_request("x"))));
}

TEST_CASE("ranges")
{
    emulated here;
    const auto key = key_of(1);
    const auto body = pattern(600'000); // Over the borders of segments at rest.
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = body, .sse = with(key)})));
    const auto get = [&](byte_range range) {
        return here.get(here.cos.get_object(
            {.bucket = bucket, .key = "k", .sse = with(key), .range = range}));
    };
    for (const auto& [first, last] : {std::pair(0U, 0U), std::pair(1U, 10U),
             std::pair(262'143U, 262'144U), std::pair(262'000U, 530'000U), std::pair(599'999U, 599'999U)}) {
        const auto got = get(byte_range::between(first, last));
        REQUIRE(got);
        CHECK(got->body == body.substr(first, last - first + 1));
        CHECK(got->range->first == first);
        CHECK(got->size == body.size());
        CHECK_FALSE(got->crc64_verified);
        CHECK(got->crc64 == crypto::crc64_of(detail::bytes_of(body))); // Of the whole object.
    }
    CHECK(get(byte_range::from(599'990)).value().body == body.substr(599'990));
    CHECK(get(byte_range::suffix(7)).value().body == body.substr(body.size() - 7));
    CHECK(get(byte_range::suffix(700'000)).value().body == body);
    CHECK(get(byte_range::between(599'990, 700'000)).value().body == body.substr(599'990));
    CHECK(get(byte_range::from(600'000)).error().code == service_errc::invalid_range);
}

TEST_CASE("conditions")
{
    emulated here;
    const auto put = here.get(here.cos.put_object(put_request("00000"))).value();
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto past = now - std::chrono::hours(1);
    const auto future = now + std::chrono::hours(1);
    struct row
    {
        cosio::conditions when;
        std::optional<condition> refused;
    };
    const std::vector<row> rows{
        {{.if_match = put.etag}, {}},
        {{.if_match = "\"other\""}, condition::precondition_failed},
        {{.if_none_match = "\"other\""}, {}},
        {{.if_none_match = put.etag}, condition::not_modified},
        {{.if_modified_since = past}, {}},
        {{.if_modified_since = future}, condition::not_modified},
        {{.if_unmodified_since = future}, {}},
        {{.if_unmodified_since = past}, condition::precondition_failed},
    };
    for (const auto& [when, refused] : rows) {
        const auto got = here.get(
            here.cos.get_object({.bucket = bucket, .key = "k", .conditions = when}));
        const auto head = here.get(
            here.cos.head_object({.bucket = bucket, .key = "k", .conditions = when}));
        CHECK(got.has_value() == !refused);
        CHECK(head.has_value() == !refused);
        if (refused) {
            CHECK(got.error().code == *refused);
            CHECK(head.error().code == *refused);
        }
        const auto copied = here.get(here.cos.copy_object({.bucket = bucket,
            .key = "copy",
            .copy_source = {.bucket = bucket, .key = "k", .conditions = when}}));
        CHECK(copied.has_value() == !refused);
        if (refused)
            CHECK(copied.error().code == condition::precondition_failed);
    }
}

TEST_CASE("everything that is stored with an object comes back")
{
    emulated here;
    const header metadata[] = {{"uid", "a b"}, {"X-Other", "c=d&e"}};
    const tag tags[] = {{"age", "18"}, {"na me", "v&v=+"}};
    const auto expires = std::chrono::sys_seconds(std::chrono::seconds(1'900'000'000));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "目录/a b+c~d(1).txt",
        .body = "00000",
        .headers = {.content_type = "text/plain; charset=utf-8",
            .cache_control = "no-cache",
            .content_disposition = "attachment; filename=\"a b.txt\"",
            .content_encoding = "gzip",
            .content_language = "zh",
            .expires = expires,
            .metadata = metadata,
            .storage_class = storage_class::standard_ia,
            .acl = acl::private_,
            .tags = tags},
        .traffic_limit = 819'200})));
    const auto got = here.get(
        here.cos.get_object({.bucket = bucket, .key = "目录/a b+c~d(1).txt"}));
    REQUIRE(got);
    CHECK(got->body == "00000"); // Nothing is decompressed.
    CHECK(got->content_type == "text/plain; charset=utf-8");
    CHECK(got->cache_control == "no-cache");
    CHECK(got->content_disposition == "attachment; filename=\"a b.txt\"");
    CHECK(got->content_encoding == "gzip");
    CHECK(got->content_language == "zh");
    CHECK(got->expires == http::format_date(expires));
    CHECK(got->storage_class == "STANDARD_IA");
    CHECK(got->metadata ==
        std::vector<metadata_entry>{{"uid", "a b"}, {"x-other", "c=d&e"}});
    CHECK(got->last_modified.has_value());

    const auto overridden = here.get(here.cos.get_object({.bucket = bucket,
        .key = "目录/a b+c~d(1).txt",
        .overrides = {.content_type = "text/html",
            .content_disposition = "attachment; filename=\"x + y.txt\""}}));
    CHECK(overridden.value().content_type == "text/html");
    CHECK(overridden.value().content_disposition == "attachment; filename=\"x + y.txt\"");

    // A copy keeps it, or replaces it.
    const copy_source source{.bucket = bucket, .key = "目录/a b+c~d(1).txt"};
    REQUIRE(here.get(
        here.cos.copy_object({.bucket = bucket, .key = "copy", .copy_source = source})));
    auto copy = here.get(here.cos.head_object({.bucket = bucket, .key = "copy"})).value();
    CHECK(copy.content_type == "text/plain; charset=utf-8");
    CHECK(copy.metadata.size() == 2);
    CHECK(copy.storage_class == "STANDARD");
    REQUIRE(here.get(here.cos.copy_object({.bucket = bucket,
        .key = "copy",
        .copy_source = source,
        .directive = metadata_directive::replace,
        .headers = {.content_type = "text/x-new", .storage_class = storage_class::archive}})));
    copy = here.get(here.cos.head_object({.bucket = bucket, .key = "copy"})).value();
    CHECK(copy.content_type == "text/x-new");
    CHECK(copy.metadata.empty());
    CHECK(copy.storage_class == "ARCHIVE");
}

TEST_CASE("versions")
{
    emulated here;
    here.server.set_versioning(here.server.bucket(), true);
    const auto first = here.get(here.cos.put_object(put_request("one"))).value();
    const auto second = here.get(here.cos.put_object(put_request("two"))).value();
    CHECK_FALSE(first.version_id.empty());
    CHECK(first.version_id != second.version_id);
    const auto body_of = [&](std::string_view version) {
        return here
            .get(here.cos.get_object({.bucket = bucket, .key = "k", .version_id = version}))
            .value()
            .body;
    };
    CHECK(body_of({}) == "two");
    CHECK(body_of(first.version_id) == "one");
    const auto copied = here.get(here.cos.copy_object({.bucket = bucket,
        .key = "copy",
        .copy_source = {.bucket = bucket, .key = "k", .version_id = first.version_id}}));
    CHECK(copied.value().source_version_id == first.version_id);
    CHECK_FALSE(copied.value().version_id.empty());

    const auto marked =
        here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})).value();
    CHECK(marked.delete_marker);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).error().code ==
        condition::not_found);
    CHECK(body_of(second.version_id) == "two");
    const auto removed = here.get(here.cos.delete_object(
        {.bucket = bucket, .key = "k", .version_id = marked.version_id}));
    CHECK(removed.value().delete_marker);
    CHECK(body_of({}) == "two");
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k", .version_id = "MTg"}))
              .error()
              .code == service_errc::no_such_version);
}

TEST_CASE("deleting")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object(put_request("x"))));
    CHECK(here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
    CHECK(here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).error().code ==
        service_errc::no_such_key);

    for (const std::string key : {"a<&>b", "c", "d"})
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = key, .body = "x"})));
    const object_identifier objects[] = {{.key = "a<&>b"}, {.key = "c"}, {.key = "absent"}};
    const auto deleted =
        here.get(here.cos.delete_objects({.bucket = bucket, .objects = objects})).value();
    CHECK(deleted.deleted.size() == 3);
    CHECK(deleted.failed.empty());
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "a<&>b"));
    CHECK(here.server.at_rest(here.server.bucket(), "d"));
    const auto quiet = here.get(
        here.cos.delete_objects({.bucket = bucket, .objects = objects, .quiet = true}));
    CHECK(quiet.value().deleted.empty());
}

TEST_CASE("buckets that exist, and those that do not")
{
    emulated here;
    const auto head = here.get(here.cos.head_bucket({.bucket = bucket}));
    CHECK(head.value().region == "ap-guangzhou");
    CHECK(here.get(here.cos.head_bucket({.bucket = "absent-1250000000"})).error().code ==
        condition::not_found);
    CHECK(here.get(here.cos.put_object({.bucket = "absent-1250000000", .key = "k"})).error().code ==
        service_errc::no_such_bucket);
}

} // namespace objects_test
