// Transfers that were interrupted go on where they ended, or say why they cannot.

#include "transfer/transferring.hpp"

#include <cosio/crypto/base64.hpp>
#include <cosio/transfer/checkpoint_file.hpp>
#include <cosio/transfer/part_plan.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

namespace resume_test {

using namespace cosio;
using support::bucket;
using support::encryption_cases;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;
using testing::fault;

struct resuming : transferring
{
    std::string checkpoint = files / "checkpoint";

    [[nodiscard]] transfer_options options() const
    {
        auto made = transferring::options();
        made.checkpoint = checkpoint;
        made.parallelism = 1;
        return made;
    }

    result<upload_result> upload(const std::string& path, const sse::on_write& sse = {})
    {
        return get(cos.upload_file({.bucket = bucket, .key = "k", .path = path, .sse = sse,
            .options = options()}));
    }

    result<download_result> download(const sse::on_read& sse = {})
    {
        return get(cos.download_file({.bucket = bucket, .key = "k", .path = files / "target",
            .sse = sse, .options = options()}));
    }

    /// An upload of 9 parts that ends after 4.
    void interrupt_upload(const std::string& path, const sse::on_write& sse = {})
    {
        server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber=5"));
        REQUIRE_FALSE(upload(path, sse));
        CHECK(files.has("checkpoint"));
        CHECK(unfinished() == 1);
    }

    void interrupt_download(const sse::on_read& sse = {})
    {
        server.inject(fault::reply_with(403, "AccessDenied").on_method("GET").skip(4));
        REQUIRE_FALSE(download(sse));
        CHECK(files.has("checkpoint"));
    }
};

TEST_CASE("resume: an upload goes on where it ended, in every mode")
{
    const auto key = key_of(1);
    for (const auto& each : encryption_cases(key)) {
        CAPTURE(each.name);
        resuming here;
        const auto text = pattern(9000);
        const auto path = here.files.write("source", text);
        here.interrupt_upload(path, each.write);
        const auto before = here.requests("PUT");
        const auto done = here.upload(path, each.write);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK(here.requests("PUT") - before == 5);
        CHECK(done->parts == 9);
        CHECK(done->resumed_parts == 4);
        CHECK(done->crc64_verified);
        CHECK((here.content("k", each.read) == text));
        CHECK_FALSE(here.files.has("checkpoint"));
        CHECK(here.unfinished() == 0);
    }
}

TEST_CASE("resume: a download goes on where it ended, in every mode")
{
    const auto key = key_of(1);
    for (const auto& each : encryption_cases(key)) {
        CAPTURE(each.name);
        resuming here;
        const auto text = pattern(9000);
        REQUIRE(here.get(here.cos.put_object(
            {.bucket = bucket, .key = "k", .body = text, .sse = each.write})));
        here.interrupt_download(each.read);
        CHECK_FALSE(here.files.has("target"));
        const auto before = here.requests("GET");
        const auto done = here.download(each.read);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK(here.requests("GET") - before == 5);
        CHECK(done->resumed_parts == 4);
        CHECK(done->crc64_verified);
        CHECK((here.files.read("target") == text));
        CHECK(here.files.count() == 1);
    }
}

TEST_CASE("resume: the first part is written down at once")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    std::size_t written_down = 0;
    const auto look = [&](const transfer_progress& now) {
        if (now.committed == 2000)
            if (const auto file = transfer::open_if_there(here.checkpoint).value())
                written_down = transfer::read_checkpoint(*file).value().parts.size();
    };
    auto options = here.options();
    options.checkpoint_interval = std::chrono::hours(1);
    options.on_progress = look;
    REQUIRE(here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options})));
    CHECK(written_down == 1);
    written_down = 0;
    REQUIRE(here.get(here.cos.download_file({.bucket = bucket, .key = "k",
        .path = here.files / "target", .options = options})));
    CHECK(written_down == 1);
}

TEST_CASE("resume: the checkpoint holds no key")
{
    resuming here;
    const auto key = key_of(1);
    const auto path = here.files.write("source", pattern(9000));
    here.interrupt_upload(path, with(key));
    const auto text = here.files.read("checkpoint");
    CHECK(text.find("0000000000000000000000000000000") == std::string::npos);
    CHECK(text.find(crypto::base64(key.bytes())) == std::string::npos);
    CHECK(text.find(key.md5().base64()) == std::string::npos);
    CHECK(text.find(here.server.options().secret_key) == std::string::npos);
}

TEST_CASE("resume: an upload that is not the same is refused with the reason, and nothing is lost")
{
    resuming here;
    const auto key = key_of(1);
    const auto other = key_of(2);
    const auto path = here.files.write("source", pattern(9000));
    here.interrupt_upload(path, with(key));
    const auto before = here.files.read("checkpoint");
    const auto refused = [&](const result<upload_result>& got, std::string_view what) {
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::checkpoint_mismatch);
        CHECK(got.error().message.find(what) != std::string::npos);
        CHECK(here.files.read("checkpoint") == before);
        CHECK(here.unfinished() == 1);
    };
    refused(here.upload(path, with(other)), "encryption");
    refused(here.upload(path), "encryption");
    refused(here.upload(path, sse::cos_managed()), "encryption");
    refused(here.get(here.cos.upload_file({.bucket = bucket, .key = "other", .path = path,
        .sse = with(key), .options = here.options()})), "key of the object");
    auto options = here.options();
    options.part_size = 1001;
    refused(here.get(here.cos.upload_file({.bucket = bucket, .key = "k", .path = path,
        .sse = with(key), .options = options})), "size of the parts");
    const auto copied = here.files.write("same content", pattern(9000));
    refused(here.upload(copied, with(key)), "file");
    refused(here.upload(here.files.write("source", pattern(9001)), with(key)), "object");
    CHECK(here.get(here.cos.download_file({.bucket = bucket, .key = "absent", .path = path,
        .options = here.options()})).error().code == condition::not_found);
    CHECK(here.files.read("checkpoint") == before);
}

TEST_CASE("resume: a download that is not the same is refused with the reason")
{
    resuming here;
    const auto key = key_of(1);
    const auto text = pattern(9000);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = text, .sse = with(key)})));
    here.interrupt_download(with(key));
    const auto before = here.files.read("checkpoint");
    const auto refused = [&](std::string_view what) {
        const auto got = here.download(with(key));
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::checkpoint_mismatch);
        CHECK(got.error().message.find(what) != std::string::npos);
        CHECK(here.files.read("checkpoint") == before);
    };
    for (const auto& entry : std::filesystem::directory_iterator(here.files.path))
        if (entry.path().extension() == ".partial")
            std::filesystem::rename(entry.path(), here.files / "moved");
    refused("temporary file");
    const auto replaced = pattern(9001);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = replaced, .sse = with(key)})));
    refused("object");
    CHECK_FALSE(here.files.has("target"));
}

TEST_CASE("resume: a damaged checkpoint is an error, not a new beginning")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    here.interrupt_upload(path);
    auto text = here.files.read("checkpoint");
    text[text.size() / 2] ^= 1;
    here.files.write("checkpoint", text);
    CHECK(here.upload(path).error().code == errc::invalid_checkpoint);
    CHECK(here.files.read("checkpoint") == text);
}

TEST_CASE("resume: parts that the service does not have, or has otherwise, are sent again")
{
    resuming here;
    const auto text = pattern(9000);
    const auto path = here.files.write("source", text);
    here.interrupt_upload(path);
    const auto upload =
        here.get(here.cos.list_multipart_uploads({.bucket = bucket})).value().uploads.at(0);
    REQUIRE(here.get(here.cos.upload_part({.bucket = bucket, .key = "k",
        .upload_id = upload.upload_id, .part_number = 2, .body = "another's"})));
    const auto done = here.upload(path);
    REQUIRE(done);
    CHECK(done->resumed_parts == 3);
    CHECK((here.content("k") == text));
}

TEST_CASE("resume: ranges that the temporary file does not hold any more are asked for again")
{
    const auto damage = [](int how, const std::string& path) {
        if (how == 0) {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(2500).put('!');
        } else {
            std::filesystem::resize_file(path, 2500);
        }
    };
    for (const int how : {0, 1}) {
        CAPTURE(how);
        resuming here;
        const auto text = pattern(9000);
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
        here.interrupt_download();
        for (const auto& entry : std::filesystem::directory_iterator(here.files.path))
            if (entry.path().extension() == ".partial")
                damage(how, entry.path().native());
        const auto done = here.download();
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK((here.files.read("target") == text));
        CHECK(done->resumed_parts == (how == 0 ? 3 : 2));
        CHECK(here.files.count() == 1);
    }
}

TEST_CASE("resume: all parts are asked for, however many pages there are of them")
{
    resuming here;
    const auto text = pattern(2500);
    const auto path = here.files.write("source", text);
    auto options = here.options();
    options.part_size = 1;
    options.parallelism = 8;
    options.checkpoint_interval = std::chrono::hours(1);
    const auto cos = here.client(here.server.client_config(scheme::http));
    const auto upload = [&] {
        return here.get(cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options}));
    };
    here.server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber=2400&"));
    REQUIRE_FALSE(upload());
    const auto done = upload();
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->resumed_parts > 2300);
    CHECK((here.content("k") == text));
}

TEST_CASE("resume: a checkpoint of as many parts as there may be can be read again")
{
    const support::temporary_directory files;
    transfer::checkpoint most;
    most.kind = transfer::checkpoint::direction::download;
    most.part_size = std::uint64_t{5} << 30U;
    for (std::uint32_t number = 1; number <= transfer::range_limits.maximum_count; ++number)
        most.parts.push_back({number, most.part_size, ~std::uint64_t{0}, {}});
    REQUIRE(transfer::checkpoint_file(files / "checkpoint").save(most));
    const auto again = transfer::checkpoint_file(files / "checkpoint").load();
    REQUIRE_MESSAGE(again, (again ? std::string() : again.error().describe()));
    CHECK((*again == most));
}

TEST_CASE("resume: of what became a wrong object nothing is kept that would be in the way")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    here.server.inject(fault::wrong_crc64().on_method("POST").on_target("uploadId"));
    CHECK(here.upload(path).error().code == errc::checksum_mismatch);
    CHECK_FALSE(here.files.has("checkpoint"));
    CHECK(here.upload(path));

    here.server.inject(
        fault::reply_with(412, "PreconditionFailed").on_method("GET").skip(4));
    CHECK(here.download().error().code == errc::object_changed);
    CHECK(here.files.count() == 1);
    CHECK(here.download());
}

TEST_CASE("resume: an upload that is gone is said to be")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    here.interrupt_upload(path);
    const auto upload =
        here.get(here.cos.list_multipart_uploads({.bucket = bucket})).value().uploads.at(0);
    REQUIRE(here.get(here.cos.abort_multipart_upload(
        {.bucket = bucket, .key = "k", .upload_id = upload.upload_id})));
    const auto refused = here.upload(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::checkpoint_mismatch);
    CHECK(here.files.has("checkpoint"));
}

TEST_CASE("resume: an upload whose completion was not heard of is found to be complete")
{
    resuming here;
    const auto text = pattern(9000);
    const auto path = here.files.write("source", text);
    here.server.inject(
        // Twice, as the first may be taken for a connection that has gone stale.
        fault::reset_after_reply_bytes(0).on_method("POST").on_target("uploadId").times(2));
    const auto unheard = here.upload(path);
    REQUIRE_FALSE(unheard);
    CHECK(unheard.error().may_have_executed());
    CHECK(here.files.has("checkpoint"));
    const auto before = here.requests("PUT");
    const auto done = here.upload(path);
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(here.requests("PUT") == before);
    CHECK(done->resumed_parts == 9);
    CHECK(done->crc64_verified);
    CHECK((here.content("k") == text));
    CHECK_FALSE(here.files.has("checkpoint"));
}

TEST_CASE("resume: on S3 an upload whose completion was not heard of is proved by its ETag")
{
    const auto key = key_of(1);
    for (const auto& each : encryption_cases(key)) {
        CAPTURE(each.name);
        resuming here;
        const s3_client s3(here.context.get_executor(), here.config);
        const auto text = pattern(9000);
        const auto path = here.files.write("source", text);
        const upload_file_request request{.bucket = bucket, .key = "k", .path = path,
            .sse = each.write, .options = here.options()};
        here.server.inject(
            fault::reset_after_reply_bytes(0).on_method("POST").on_target("uploadId").times(2));
        REQUIRE_FALSE(here.get(s3.upload_file(request)));
        CHECK((here.content("k", each.read) == text));
        const auto before = here.requests("PUT");
        const auto done = here.get(s3.upload_file(request));
        CHECK(here.requests("PUT") == before);
        // Otherwise the ETag of a part is no MD5, and that of the object proves nothing.
        if (each.mode != encryption_mode::none && each.mode != encryption_mode::cos_managed) {
            REQUIRE_FALSE(done);
            CHECK(done.error().code == errc::checkpoint_mismatch);
            continue;
        }
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK(done->resumed_parts == 9);
        CHECK(done->md5_verified);
        CHECK_FALSE(done->crc64_verified);
        CHECK_FALSE(here.files.has("checkpoint"));
    }
}

TEST_CASE("resume: on S3 another object of the same size does not pass for the upload that is gone")
{
    resuming here;
    const s3_client s3(here.context.get_executor(), here.config);
    const auto path = here.files.write("source", pattern(9000));
    const upload_file_request request{
        .bucket = bucket, .key = "k", .path = path, .options = here.options()};
    here.server.inject(
        fault::reset_after_reply_bytes(0).on_method("POST").on_target("uploadId").times(2));
    REQUIRE_FALSE(here.get(s3.upload_file(request)));
    auto other = here.options();
    other.checkpoint = {};
    const auto other_path = here.files.write("other", std::string(9000, 'x'));
    REQUIRE(here.get(
        s3.upload_file({.bucket = bucket, .key = "k", .path = other_path, .options = other})));
    const auto done = here.get(s3.upload_file(request));
    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::checkpoint_mismatch);
    CHECK(here.files.has("checkpoint"));
}

TEST_CASE("resume: a cancelled upload is kept when it can be resumed, unless it should not be")
{
    for (const bool keep : {true, false}) {
        resuming here;
        const auto text = pattern(9000);
        const auto path = here.files.write("source", text);
        asio::cancellation_signal signal;
        int calls = 0;
        const auto listener = [&](const transfer_progress&) {
            if (++calls == 3)
                signal.emit(asio::cancellation_type::terminal);
        };
        auto options = here.options();
        options.on_progress = listener;
        if (!keep)
            options.on_failure = unfinished_upload::abort;
        auto done = here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options},
            asio::bind_cancellation_slot(signal.slot(), asio::use_future));
        here.context.restart();
        here.context.run();
        CHECK(done.get().error().code == errc::cancelled);
        CHECK(here.files.has("checkpoint") == keep);
        CHECK(here.unfinished() == (keep ? 1 : 0));
        const auto again = here.upload(path);
        REQUIRE(again);
        CHECK((again->resumed_parts != 0) == keep);
        CHECK((here.content("k") == text));
    }
}

TEST_CASE("resume: progress begins with what is there")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    here.interrupt_upload(path);
    std::vector<std::uint64_t> seen;
    const auto listener = [&](const transfer_progress& now) { seen.push_back(now.committed); };
    auto options = here.options();
    options.on_progress = listener;
    REQUIRE(here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options})));
    REQUIRE(seen.size() == 6);
    CHECK(seen.front() == 4000);
    CHECK(seen.back() == 9000);
}

TEST_CASE("resume: what goes by one request needs no checkpoint")
{
    resuming here;
    const auto path = here.files.write("source", pattern(1500));
    here.server.inject(fault::reply_with(403, "AccessDenied").on_method("PUT"));
    CHECK_FALSE(here.upload(path));
    CHECK_FALSE(here.files.has("checkpoint"));
    REQUIRE(here.upload(path));
    here.server.inject(fault::reply_with(403, "AccessDenied").on_method("GET"));
    CHECK_FALSE(here.download());
    CHECK(here.files.count() == 1);
    REQUIRE(here.download());
}

TEST_CASE("resume: two runs with one checkpoint share neither a temporary file nor an upload")
{
    resuming here;
    const auto text = pattern(9000);
    const auto source = here.files.write("source", text);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    auto plain = here.options();
    plain.checkpoint_interval = std::chrono::milliseconds(0);
    std::optional<std::future<result<download_result>>> second_download;
    std::optional<std::future<result<upload_result>>> second_upload;
    const auto target = here.files / "target";
    const auto begin_download = [&](const transfer_progress& now) {
        if (now.committed >= 2000 && !second_download)
            second_download = here.cos.download_file(
                {.bucket = bucket, .key = "k", .path = target, .options = plain}, asio::use_future);
    };
    const auto begin_upload = [&](const transfer_progress& now) {
        if (now.committed >= 2000 && !second_upload)
            second_upload = here.cos.upload_file(
                {.bucket = bucket, .key = "u", .path = source, .options = plain}, asio::use_future);
    };
    auto watched = plain;
    watched.on_progress = begin_download;
    const auto down = here.get(here.cos.download_file(
        {.bucket = bucket, .key = "k", .path = target, .options = watched}));
    REQUIRE_MESSAGE(down, (down ? std::string() : down.error().describe()));
    CHECK((here.files.read("target") == text));
    watched.on_progress = begin_upload;
    const auto up = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "u", .path = source, .options = watched}));
    REQUIRE_MESSAGE(up, (up ? std::string() : up.error().describe()));
    CHECK((here.content("u") == text));
    // Each has waited a moment for the first run to end, which it may have done.
    if (const auto late = second_download.value().get(); !late)
        CHECK(late.error().code == errc::checkpoint_mismatch);
    if (const auto late = second_upload.value().get(); !late)
        CHECK(late.error().code == errc::checkpoint_mismatch);
    CHECK((here.files.read("target") == text));
    CHECK((here.content("u") == text));
    CHECK(here.unfinished() == 0);
    CHECK(here.files.count() == 2);
}

TEST_CASE("resume: a checkpoint that another run is at work with is left to it")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    here.interrupt_upload(path);
    transfer::checkpoint_file another_run(here.checkpoint);
    REQUIRE(another_run.load().value());
    const auto before = here.server.counters().requests.load();
    for (const auto& refused : {here.upload(path).error(), here.download().error()}) {
        CHECK(refused.code == errc::checkpoint_mismatch);
        CHECK(refused.field == "checkpoint");
        CHECK(refused.message.find("another run is at work") != std::string::npos);
    }
    CHECK(here.server.counters().requests == before);
    CHECK(here.files.has("checkpoint"));
}

TEST_CASE("resume: as long as nobody knows whether an upload is complete, nobody says it is gone")
{
    resuming here;
    const auto text = pattern(9000);
    const auto path = here.files.write("source", text);
    here.server.inject(
        fault::reset_after_reply_bytes(0).on_method("POST").on_target("uploadId").times(2));
    REQUIRE_FALSE(here.upload(path));
    here.server.inject(fault::reply_with(503, "SlowDown").on_method("HEAD"));
    const auto unknown = here.upload(path);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().http_status == 503);
    CHECK(here.files.has("checkpoint"));
    const auto done = here.upload(path);
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK((here.content("k") == text));
}

TEST_CASE("resume: a temporary file that somebody removes leaves no checkpoint in the way")
{
    resuming here;
    const auto text = pattern(9000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    const auto remove = [&](const transfer_progress& now) {
        if (now.committed != 9000)
            return;
        for (const auto& entry : std::filesystem::directory_iterator(here.files.path))
            if (entry.path().extension() == ".partial")
                std::filesystem::remove(entry.path());
    };
    auto options = here.options();
    options.on_progress = remove;
    const auto lost = here.get(here.cos.download_file(
        {.bucket = bucket, .key = "k", .path = here.files / "target", .options = options}));
    REQUIRE_FALSE(lost);
    CHECK(lost.error().message.find("was removed or replaced") != std::string::npos);
    CHECK(here.files.count() == 0);
    REQUIRE(here.download());
    CHECK((here.files.read("target") == text));
}

TEST_CASE("resume: an upload whose checkpoint somebody else has taken is not left at the service")
{
    resuming here;
    const auto path = here.files.write("source", pattern(9000));
    const auto take = [&](const transfer_progress& now) {
        if (now.committed != 3000)
            return;
        std::filesystem::remove(here.checkpoint);
        transfer::checkpoint other;
        other.part_size = 5;
        other.upload_id = "another";
        REQUIRE(transfer::checkpoint_file(here.checkpoint).save(other));
    };
    auto options = here.options();
    options.checkpoint_interval = std::chrono::milliseconds(0);
    options.on_progress = take;
    const auto refused = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::checkpoint_mismatch);
    CHECK(here.unfinished() == 0);
    CHECK(transfer::checkpoint_file(here.checkpoint).load().value()->upload_id == "another");
}

} // namespace resume_test
