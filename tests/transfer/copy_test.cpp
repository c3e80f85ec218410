// Copies within the service: by one request and in parts, across modes, keys, buckets and regions.

#include "transfer/transferring.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace copy_test {

using namespace cosio;
using support::bucket;
using support::encryption_cases;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;
using testing::fault;

TEST_CASE("copy: from every mode to every other, by one request and in parts")
{
    transferring here;
    const auto first = key_of(1);
    const auto second = key_of(2);
    for (const auto& from : encryption_cases(first))
        for (const auto& to : encryption_cases(second))
            for (const std::size_t size : {0U, 1U, 2000U, 2001U, 5000U}) {
                CAPTURE(from.name);
                CAPTURE(to.name);
                CAPTURE(size);
                const auto text = pattern(size);
                REQUIRE(here.get(here.cos.put_object(
                    {.bucket = bucket, .key = "source", .body = text, .sse = from.write})));
                const auto done = here.get(here.cos.copy({.bucket = bucket, .key = "copy",
                    .copy_source = {.bucket = bucket, .key = "source", .sse = from.read},
                    .sse = to.write, .options = here.options()}));
                REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
                CHECK(done->size == size);
                CHECK(done->crc64_verified);
                CHECK(done->parts == (size <= 2000 ? 0 : (size + 999) / 1000));
                CHECK(done->sse.mode == to.mode);
                CHECK(here.server.at_rest(here.server.bucket(), "copy")->mode == to.mode);
                CHECK((here.content("copy", to.read) == text));
            }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("copy: metadata, content headers and storage class are kept, whichever way it goes")
{
    transferring here;
    const header metadata[] = {{"colour", "blue"}, {"shape", "round"}};
    for (const std::size_t size : {10U, 5000U}) {
        CAPTURE(size);
        const auto text = pattern(size);
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source", .body = text,
            .headers = {.content_type = "text/plain", .cache_control = "no-cache",
                .content_language = "en", .metadata = metadata,
                .storage_class = storage_class::standard_ia}})));
        REQUIRE(here.get(here.cos.copy({.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"}, .options = here.options()})));
        auto head = here.get(here.cos.head_object({.bucket = bucket, .key = "copy"})).value();
        CHECK(head.content_type == "text/plain");
        CHECK(head.cache_control == "no-cache");
        CHECK(head.content_language == "en");
        CHECK(head.storage_class == "STANDARD_IA");
        CHECK(head.metadata ==
            std::vector<metadata_entry>{{"colour", "blue"}, {"shape", "round"}});

        REQUIRE(here.get(here.cos.copy({.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"},
            .directive = metadata_directive::replace,
            .headers = {.content_type = "image/png"}, .options = here.options()})));
        head = here.get(here.cos.head_object({.bucket = bucket, .key = "copy"})).value();
        CHECK(head.content_type == "image/png");
        CHECK(head.metadata.empty());
        CHECK(head.storage_class == "STANDARD");

        REQUIRE(here.get(here.cos.copy({.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"},
            .headers = {.storage_class = storage_class::standard},
            .options = here.options()})));
        head = here.get(here.cos.head_object({.bucket = bucket, .key = "copy"})).value();
        CHECK(head.content_type == "text/plain");
        CHECK(head.storage_class == "STANDARD");
    }
}

/// What the copy in parts of an object is given, which the emulator was asked for.
template <class Client>
std::string tags_of(transferring& here, Client& cos, std::string_view key)
{
    auto options = here.options();
    options.threshold = 1;
    REQUIRE(here.get(cos.copy({.bucket = bucket, .key = "probe",
        .copy_source = {.bucket = bucket, .key = key}, .options = options})));
    const auto all = here.server.requests();
    const auto begun = std::find_if(all.rbegin(), all.rend(), [](const auto& one) {
        return one.method == "POST" && one.target.find("uploads") != std::string::npos;
    });
    REQUIRE(begun != all.rend());
    for (const auto* const name : {"x-cos-tagging", "x-amz-tagging"})
        if (const auto value = begun->get(name); !value.empty())
            return std::string(value);
    return {};
}

template <class Client>
void check_tags(transferring& here, Client& cos)
{
    const tag tags[] = {{"age", "18"}, {"na me", "v&v=+"}};
    const std::string encoded = "age=18&na%20me=v%26v%3D%2B";
    const tag others[] = {{"shape", "round"}};
    for (const std::size_t size : {10U, 5000U}) {
        CAPTURE(size);
        const auto text = pattern(size);
        REQUIRE(here.get(cos.put_object(
            {.bucket = bucket, .key = "source", .body = text, .headers = {.tags = tags}})));
        copy_request request{.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"}, .options = here.options()};
        REQUIRE(here.get(cos.copy(request)));
        CHECK(tags_of(here, cos, "copy") == encoded);

        request.directive = metadata_directive::replace; // Of metadata, not of tags.
        REQUIRE(here.get(cos.copy(request)));
        CHECK(tags_of(here, cos, "copy") == encoded);

        request.headers.tags = others;
        REQUIRE(here.get(cos.copy(request)));
        CHECK(tags_of(here, cos, "copy") == "shape=round");

        request.headers.tags = {};
        request.tagging = tagging_directive::replace;
        REQUIRE(here.get(cos.copy(request)));
        CHECK(tags_of(here, cos, "copy").empty());

        // Onto itself, which is a replacement for the service.
        request = {.bucket = bucket, .key = "source",
            .copy_source = {.bucket = bucket, .key = "source"}, .options = here.options()};
        REQUIRE(here.get(cos.copy(request)));
        CHECK(tags_of(here, cos, "source") == encoded);
    }
}

TEST_CASE("copy: tags are kept, whole and in parts, unless others are asked for")
{
    transferring here;
    check_tags(here, here.cos);
    s3_client s3(here.context.get_executor(), here.config);
    check_tags(here, s3);
}

TEST_CASE("copy: tags that may not be read are not lost, and a service may have none")
{
    const auto text = pattern(5000);
    const struct
    {
        unsigned status;
        const char* code;
        bool fails;
    } rows[] = {{403, "AccessDenied", true}, {404, "NoSuchTagSet", false},
        {405, "MethodNotAllowed", false}, {501, "NotImplemented", false}};
    for (const auto& [status, code, fails] : rows) {
        CAPTURE(code);
        transferring here;
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source", .body = text})));
        here.server.inject(fault::reply_with(status, code).on_target("tagging").always());
        copy_request request{.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"}, .options = here.options()};
        const auto done = here.get(here.cos.copy(request));
        CHECK(done.has_value() == !fails);
        if (!done) {
            CHECK(done.error().code == condition::access_denied);
            CHECK(done.error().describe().find("the tags of the source") != std::string::npos);
        }
        CHECK(here.unfinished() == 0);
        request.tagging = tagging_directive::replace;
        CHECK(here.get(here.cos.copy(request)));
    }
}

TEST_CASE("copy: an object onto itself changes its encryption and nothing else")
{
    transferring here;
    const header metadata[] = {{"colour", "blue"}};
    const auto key = key_of(1);
    for (const std::size_t size : {10U, 5000U}) {
        const auto text = pattern(size);
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text,
            .headers = {.content_type = "text/plain", .metadata = metadata}})));
        REQUIRE(here.get(here.cos.copy({.bucket = bucket, .key = "k",
            .copy_source = {.bucket = bucket, .key = "k"}, .sse = with(key),
            .options = here.options()})));
        const auto head = here.get(
            here.cos.head_object({.bucket = bucket, .key = "k", .sse = with(key)})).value();
        CHECK(head.content_type == "text/plain");
        CHECK(head.metadata == std::vector<metadata_entry>{{"colour", "blue"}});
        CHECK((here.content("k", with(key)) == text));
    }
}

TEST_CASE("copy: from another bucket in another region")
{
    testing::emulator_options options;
    options.buckets = {std::string(bucket), "elsewhere-1250000000"};
    options.hosts = {"cos.ap-beijing.myqcloud.com"};
    transferring here(options);
    const auto key = key_of(1);
    const auto text = pattern(5000);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = "elsewhere-1250000000", .key = "source", .body = text, .sse = with(key)})));
    const auto done = here.get(here.cos.copy({.bucket = bucket, .key = "copy",
        .copy_source = {.bucket = "elsewhere-1250000000", .key = "source", .sse = with(key),
            .region = "ap-beijing"},
        .options = here.options()}));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK((here.content("copy") == text));
    std::size_t asked_there = 0;
    for (const auto& one : here.server.requests())
        if (one.method == "HEAD")
            asked_there += one.host == "elsewhere-1250000000.cos.ap-beijing.myqcloud.com";
    CHECK(asked_there == 1);
}

TEST_CASE("copy: a source that is absent, or needs another key")
{
    transferring here;
    const auto key = key_of(1);
    const auto text = pattern(9000);
    const auto copy = [&](std::string_view source, const sse::on_read& sse) {
        return here.get(here.cos.copy({.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = source, .sse = sse},
            .options = here.options()}));
    };
    CHECK(copy("absent", {}).error().code == condition::not_found);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "source", .body = text, .sse = with(key)})));
    CHECK_FALSE(copy("source", {}));
    CHECK(here.requests("POST") == 0);
    CHECK(here.requests("PUT", "/copy") == 0);
    CHECK(copy("source", with(key)));
}

TEST_CASE("copy: a source that is replaced meanwhile ends it")
{
    transferring here;
    const auto text = pattern(9000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source", .body = text})));
    bool replaced = false;
    const auto listener = [&](const transfer_progress&) {
        if (std::exchange(replaced, true))
            return;
        asio::io_context context; // The one of the test is in the middle of the copy.
        const client other(context.get_executor(), here.config);
        auto done = asio::co_spawn(context,
            other.put_object({.bucket = bucket, .key = "source", .body = "new"}),
            asio::use_future);
        context.run();
        REQUIRE(done.get());
    };
    auto options = here.options();
    options.parallelism = 1;
    options.on_progress = listener;
    const auto failed = here.get(here.cos.copy({.bucket = bucket, .key = "copy",
        .copy_source = {.bucket = bucket, .key = "source"}, .options = options}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::object_changed);
    CHECK(here.unfinished() == 0);
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "copy"));
}

TEST_CASE("copy: more than 5 GiB go in parts, whatever the threshold")
{
    constexpr std::uint64_t limit = std::uint64_t{5} << 30U;
    for (const std::uint64_t size : {limit, limit + 1}) {
        CAPTURE(size);
        transferring here;
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source", .body = "x"})));
        here.server.inject(fault::raw_reply("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                            "x-cos-request-id: NmQ=\r\nETag: \"e\"\r\nContent-Length: " +
            std::to_string(size) + "\r\n\r\n").on_method("HEAD"));
        auto options = here.options();
        options.threshold = ~std::uint64_t{0};
        options.part_size = std::uint64_t{1} << 30U;
        // There are not so many bytes: how they are asked for is what counts.
        const auto failed = here.get(here.cos.copy({.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"}, .options = options}));
        REQUIRE_FALSE(failed);
        INFO(failed.error().describe());
        CHECK(here.requests("POST", "uploads") == (size == limit ? 0 : 1));
        CHECK((here.requests("PUT", "partNumber=1") != 0) == (size != limit));
        CHECK(here.requests("PUT", "/copy") != 0);
        CHECK(here.unfinished() == 0);
    }
}

TEST_CASE("copy: ten thousand parts")
{
    transferring here;
    const auto text = pattern(10'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source", .body = text})));
    auto options = here.options();
    options.part_size = 1;
    options.threshold = 0;
    options.parallelism = 8;
    const auto done =
        here.get(here.client(here.server.client_config(scheme::http)).copy({.bucket = bucket,
            .key = "copy", .copy_source = {.bucket = bucket, .key = "source"},
            .options = options}));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->parts == 10'000);
    CHECK((here.content("copy") == text));
}

TEST_CASE("copy: a failed copy in parts leaves nothing behind")
{
    transferring here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source",
        .body = pattern(9000).c_str()})));
    const auto text = pattern(9000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "source", .body = text})));
    const auto copy = [&](const client& cos) {
        return here.get(cos.copy({.bucket = bucket, .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"}, .options = here.options()}));
    };
    here.server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber=4"));
    CHECK(copy(here.cos).error().code == service_errc::access_denied);
    CHECK(here.unfinished() == 0);
    here.server.inject(fault::reply_with(412, "PreconditionFailed").on_target("partNumber=4"));
    CHECK(copy(here.cos).error().code == errc::object_changed);
    CHECK(here.unfinished() == 0);
    here.server.inject(fault::wrong_crc64().on_method("POST").on_target("uploadId"));
    CHECK(copy(here.cos).error().code == errc::checksum_mismatch);

    here.server.inject(fault::error_inside_200("InternalError").on_target("partNumber=2"));
    here.server.inject(fault::reset_after_reply_bytes(0).on_target("partNumber=3"));
    CHECK(copy(here.retrying()));
    CHECK((here.content("copy") == text));
}

TEST_CASE("copy: a request that contradicts itself is refused before anything is sent")
{
    transferring here;
    const auto refused = here.get(here.cos.copy({.bucket = bucket, .key = "copy",
        .copy_source = {.bucket = bucket, .key = "source"},
        .headers = {.content_type = "text/plain"}}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().field == "headers");
    CHECK(here.server.counters().requests == 0);
}

} // namespace copy_test
