// Files that become objects: every size around the borders, every encryption mode, and what can
// happen to a file meanwhile.

#include "support/without_privileges.hpp"
#include "transfer/transferring.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace upload_file_test {

using namespace cosio;
using support::bucket;
using support::encryption_cases;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;
using testing::fault;

TEST_CASE("upload_file: every size around the borders, in every mode")
{
    transferring here;
    const auto key = key_of(1);
    for (const auto& each : encryption_cases(key))
        for (const std::size_t size : {0U, 1U, 999U, 1000U, 1999U, 2000U, 2001U, 2999U, 3000U,
                 3001U, 7777U}) {
            CAPTURE(each.name);
            CAPTURE(size);
            const auto text = pattern(size);
            const auto path = here.files.write("source", text);
            const auto done = here.get(here.cos.upload_file({.bucket = bucket, .key = "k",
                .path = path, .sse = each.write, .options = here.options()}));
            REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
            CHECK(done->size == size);
            CHECK(done->crc64 == crypto::crc64_of(std::as_bytes(std::span(text))));
            CHECK(done->crc64_verified);
            CHECK(done->parts == (size <= 2000 ? 0 : (size + 999) / 1000));
            CHECK(done->sse.mode == each.mode);
            CHECK(here.server.at_rest(here.server.bucket(), "k")->mode == each.mode);
            CHECK((here.content("k", each.read) == text));
        }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("upload_file: SSE-COS and SSE-KMS are named once, the customer key with every part")
{
    transferring here;
    const auto key = key_of(1);
    const auto path = here.files.write("source", pattern(5000));
    for (const auto& each : encryption_cases(key)) {
        CAPTURE(each.name);
        REQUIRE(here.get(here.cos.upload_file({.bucket = bucket, .key = "k", .path = path,
            .sse = each.write, .options = here.options()})));
    }
    for (const auto& one : here.server.requests())
        if (one.target.find("partNumber") != std::string::npos ||
            (one.method == "POST" && one.target.find("uploadId") != std::string::npos))
            CHECK(one.get("x-cos-server-side-encryption").empty());
}

TEST_CASE("upload_file: headers arrive, whichever way the object goes")
{
    transferring here;
    const header metadata[] = {{"colour", "blue"}};
    for (const std::size_t size : {10U, 5000U}) {
        const auto path = here.files.write("source", pattern(size));
        REQUIRE(here.get(here.cos.upload_file({.bucket = bucket, .key = "k", .path = path,
            .headers = {.content_type = "text/plain", .metadata = metadata,
                .storage_class = storage_class::standard_ia},
            .options = here.options()})));
        const auto head = here.get(here.cos.head_object({.bucket = bucket, .key = "k"})).value();
        CHECK(head.content_type == "text/plain");
        CHECK(head.storage_class == "STANDARD_IA");
        REQUIRE(head.metadata.size() == 1);
        CHECK(head.metadata[0].value == "blue");
    }
}

TEST_CASE("upload_file: progress only grows, and ends at the whole")
{
    transferring here;
    for (const std::size_t size : {0U, 500U, 12'345U}) {
        const auto path = here.files.write("source", pattern(size));
        std::vector<std::uint64_t> seen;
        const auto listener = [&](const transfer_progress& now) {
            CHECK(now.total == size);
            CHECK((seen.empty() || now.committed >= seen.back()));
            seen.push_back(now.committed);
        };
        auto options = here.options();
        options.on_progress = listener;
        REQUIRE(here.get(here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options})));
        REQUIRE_FALSE(seen.empty());
        CHECK(seen.back() == size);
    }
}

TEST_CASE("upload_file: what is no file, and options that make no sense, are refused")
{
    transferring here;
    const auto upload = [&](std::string_view path, const transfer_options& options) {
        auto done = here.get(here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options}));
        REQUIRE_FALSE(done);
        return done.error();
    };
    CHECK(upload(here.files / "absent", here.options()).code ==
        std::errc::no_such_file_or_directory);
    CHECK(upload(here.files.path.native(), here.options()).code == errc::invalid_argument);
    CHECK(upload("/proc/self/mem", here.options()).field == "path"); // Has nothing at its start.
    const auto path = here.files.write("source", pattern(5000));
    auto options = here.options();
    options.parallelism = 0;
    CHECK(upload(path, options).field == "parallelism");
    options = here.options();
    options.allow_small_parts = false;
    CHECK(upload(path, options).field == "part_size");
    CHECK(here.requests("POST") == 0);
    CHECK(here.requests("PUT") == 0);
}

TEST_CASE("upload_file: a file that may not be read is an error of the system")
{
    transferring here;
    const auto path = here.files.write("source", pattern(10));
    std::filesystem::permissions(path, std::filesystem::perms::none);
    const support::without_privileges nobody;
    const auto failed =
        here.get(here.cos.upload_file({.bucket = bucket, .key = "k", .path = path}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == std::errc::permission_denied);
    CHECK(failed.error().message.find(path) != std::string::npos);
    CHECK(here.server.counters().requests == 0);
}

TEST_CASE("upload_file: a customer key does not go over plain http, nor a wrong MD5 anywhere")
{
    transferring here;
    const auto key = key_of(1);
    const auto other = key_of(2);
    const auto path = here.files.write("source", pattern(5000));
    const auto plain = here.client(here.server.client_config(scheme::http));
    CHECK(here.get(plain.upload_file({.bucket = bucket, .key = "k", .path = path,
        .sse = with(key), .options = here.options()})).error().code == errc::sse_requires_tls);
    CHECK(here.get(here.cos.upload_file({.bucket = bucket, .key = "k", .path = path,
        .sse = sse::customer{key, other.md5()}, .options = here.options()})).error().code ==
        errc::customer_key_md5_mismatch);
    CHECK(here.server.counters().requests == 0);
}

/// Fails when the file it writes to is not the one that is uploaded.
void change_while_uploading(std::size_t size, const std::function<void(const std::string&)>& change)
{
    transferring here;
    const auto path = here.files.write("source", pattern(size));
    bool changed = false;
    const auto listener = [&](const transfer_progress&) {
        if (!std::exchange(changed, true))
            change(path);
    };
    auto options = here.options();
    options.on_progress = listener;
    options.parallelism = 1;
    const auto failed = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::file_changed);
    CHECK(failed.error().code == condition::conflict);
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
    CHECK(here.unfinished() == 0);
}

TEST_CASE("upload_file: a file that grows, shrinks or is overwritten meanwhile makes no object")
{
    change_while_uploading(5000, [](const std::string& path) {
        std::ofstream(path, std::ios::app) << "more";
    });
    change_while_uploading(5000, [](const std::string& path) {
        std::filesystem::resize_file(path, 1500);
    });
    change_while_uploading(5000, [](const std::string& path) {
        std::ofstream(path, std::ios::binary) << pattern(5000);
    });
}

TEST_CASE("upload_file: of a file that changes while one request sends it there is no mixture")
{
    transferring here;
    const auto text = pattern(1'000'000);
    std::string other = text;
    other.front() = other.back() = '!';
    unsigned refused = 0;
    unsigned stored = 0;
    for (int turn = 0; turn < 200; turn += 4) {
        CAPTURE(turn);
        const auto path = here.files.write("source", text);
        auto done = here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path}, asio::use_future);
        here.context.restart();
        for (int i = 0; i != turn; ++i)
            here.context.run_one();
        here.files.write("source", other);
        here.context.run();
        if (const auto outcome = done.get()) { // What was read last was still unchanged.
            ++stored;
            const auto content = here.content("k");
            CHECK((content == text || content == other));
            REQUIRE(here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
        } else {
            ++refused;
            CHECK(outcome.error().code == errc::file_changed);
            CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
        }
    }
    CHECK(refused != 0);
    CHECK(stored != 0);
}

TEST_CASE("upload_file: more than 5 GiB go in parts, whatever the threshold")
{
    transferring here;
    const auto path = here.files.write("source", "");
    std::filesystem::resize_file(path, (std::uint64_t{5} << 30U) + 1); // Which takes no room.
    here.server.inject(fault::reply_with(403, "AccessDenied").on_target("uploads"));
    here.server.inject(fault::refuse_early(400, "EntityTooLarge").on_method("PUT"));
    auto options = here.options();
    options.threshold = std::uint64_t{6} << 30U;
    const auto refused = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == service_errc::access_denied);
}

TEST_CASE("upload_file: a part that cannot be sent ends the upload, and nothing is left of it")
{
    transferring here;
    const auto path = here.files.write("source", pattern(9000));
    here.server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber=4"));
    const auto failed = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == service_errc::access_denied);
    CHECK(here.unfinished() == 0);
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
}

TEST_CASE("upload_file: an upload that cannot be aborted is named in the error")
{
    transferring here;
    const auto path = here.files.write("source", pattern(9000));
    here.server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber=4"));
    here.server.inject(fault::reply_with(403, "AccessDenied").on_method("DELETE"));
    const auto failed = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
    REQUIRE_FALSE(failed);
    const auto left =
        here.get(here.cos.list_multipart_uploads({.bucket = bucket})).value().uploads;
    REQUIRE(left.size() == 1);
    CHECK(failed.error().message.find(left[0].upload_id) != std::string::npos);
}

TEST_CASE("upload_file: trouble that passes is passed")
{
    transferring here;
    const auto text = pattern(9000);
    const auto path = here.files.write("source", text);
    here.server.inject(fault::reply_with(503, "SlowDown").on_target("partNumber=2").times(2));
    here.server.inject(fault::reset_after_request_bytes(600).on_target("partNumber=5"));
    here.server.inject(fault::reset_after_reply_bytes(0).on_method("POST").on_target("uploadId"));
    const auto done = here.get(here.retrying().upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->crc64_verified);
    CHECK((here.content("k") == text));
}

TEST_CASE("upload_file: a bit that flips on its way is caught, in whichever part")
{
    transferring here;
    const auto path = here.files.write("source", pattern(9000));
    for (int number = 1; number <= 9; ++number) {
        const auto part = "partNumber=" + std::to_string(number);
        here.server.inject(
            fault::flip_request_bit(static_cast<std::size_t>(number) * 871).on_target(part));
        const auto failed = here.get(here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code == errc::checksum_mismatch);
        CHECK(failed.error().message.find("part " + std::to_string(number) + ":") !=
            std::string::npos);
        CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
    }
    here.server.inject(fault::wrong_crc64().on_method("POST").on_target("uploadId"));
    CHECK(here.get(here.cos.upload_file({.bucket = bucket, .key = "k", .path = path,
        .options = here.options()})).error().code == errc::checksum_mismatch);
}

TEST_CASE("upload: a bit that flips on its way is caught, by one request and from memory")
{
    transferring here;
    const auto text = pattern(1800);
    const auto path = here.files.write("source", text);
    for (std::size_t bit = 5; bit < 14'400; bit += 1'999) {
        CAPTURE(bit);
        const auto caught = [&](asio::awaitable<result<upload_result>> upload) {
            here.server.inject(fault::flip_request_bit(bit).on_method("PUT"));
            const auto failed = here.get(std::move(upload));
            REQUIRE_FALSE(failed);
            CHECK(failed.error().code == errc::checksum_mismatch);
        };
        caught(here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
        caught(here.cos.upload(
            {.bucket = bucket, .key = "k", .body = text, .options = here.options()}));
        auto in_parts = here.options();
        in_parts.threshold = 0;
        in_parts.part_size = 1800;
        caught(here.cos.upload(
            {.bucket = bucket, .key = "k", .body = text, .options = in_parts}));
    }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("upload_file: ten thousand parts")
{
    transferring here;
    const auto text = pattern(10'000);
    const auto path = here.files.write("source", text);
    auto options = here.options();
    options.part_size = 1;
    options.threshold = 0;
    options.parallelism = 8;
    const auto done = here.get(here.client(here.server.client_config(scheme::http)).upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options}));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->parts == 10'000);
    CHECK((here.content("k") == text));
}

TEST_CASE("upload_file: a cancelled upload is removed")
{
    transferring here;
    const auto path = here.files.write("source", pattern(9000));
    for (const int after : {0, 1, 3}) {
        asio::cancellation_signal signal;
        int calls = 0;
        const auto listener = [&](const transfer_progress&) {
            if (++calls == after)
                signal.emit(asio::cancellation_type::terminal);
        };
        auto options = here.options();
        options.on_progress = listener;
        auto done = here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options},
            asio::bind_cancellation_slot(signal.slot(), asio::use_future));
        if (after == 0)
            signal.emit(asio::cancellation_type::terminal);
        here.context.restart();
        here.context.run();
        const auto outcome = done.get();
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::cancelled);
        CHECK(here.unfinished() == 0);
        CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
    }
}

} // namespace upload_file_test
