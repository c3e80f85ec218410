// Objects that become files, or go into memory or a sink: every size around the borders, every
// encryption mode, and what can happen to object, connection and disk meanwhile.

#include "support/without_privileges.hpp"
#include "transfer/transferring.hpp"

#include <cosio/transfer/temporary_name.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <sys/resource.h>

#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

namespace download_file_test {

using namespace cosio;
using support::bucket;
using support::encryption_cases;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;
using testing::fault;

/// Takes what it is given, for as long as it is told to.
struct text_sink
{
    asio::awaitable<result<void>> write(std::span<const std::byte> bytes)
    {
        if (text.size() >= most)
            co_return error(std::make_error_code(std::errc::no_space_on_device), "sink is full");
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        co_return result<void>();
    }

    std::string text{};
    std::size_t most = std::string::npos;
};

void store(transferring& here, std::string_view key, const std::string& text,
    const sse::on_write& encryption = {})
{
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = key, .body = text, .sse = encryption})));
}

/// From outside of the context that the test's transfer runs in.
void replace(transferring& here, const std::string& text)
{
    asio::io_context context;
    const client cos(context.get_executor(), here.config);
    auto done = asio::co_spawn(context,
        cos.put_object({.bucket = bucket, .key = "k", .body = text}), asio::use_future);
    context.run();
    REQUIRE(done.get());
}

TEST_CASE("download: every size around the borders, in every mode, to every destination")
{
    transferring here;
    const auto key = key_of(1);
    for (const auto& each : encryption_cases(key))
        for (const std::size_t size : {0U, 1U, 999U, 1000U, 1999U, 2000U, 2001U, 2999U, 3000U,
                 3001U, 7777U}) {
            CAPTURE(each.name);
            CAPTURE(size);
            const auto text = pattern(size);
            store(here, "k", text, each.write);
            const auto done = here.get(here.cos.download_file({.bucket = bucket, .key = "k",
                .path = here.files / "target", .sse = each.read, .options = here.options()}));
            REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
            CHECK((here.files.read("target") == text));
            CHECK(done->body_size == size);
            CHECK(done->crc64_verified);
            CHECK(done->parts == (size <= 2000 ? 0 : (size + 999) / 1000));
            CHECK(done->sse.mode == each.mode);

            const download_request request{.bucket = bucket, .key = "k", .sse = each.read,
                .options = here.options()};
            std::string buffer(size, ' ');
            const auto into = here.get(here.cos.download_into(
                request, std::as_writable_bytes(std::span(buffer))));
            REQUIRE(into);
            CHECK(into->crc64_verified);
            CHECK((buffer == text));

            text_sink sink;
            const auto streamed = here.get(here.cos.download_to(request, sink));
            REQUIRE(streamed);
            CHECK(streamed->crc64_verified);
            CHECK((sink.text == text));
        }
    CHECK(here.files.count() == 1);
}

TEST_CASE("download_file: every range names the object and, for SSE-C, the key")
{
    transferring here;
    const auto key = key_of(1);
    store(here, "k", pattern(5000), with(key));
    REQUIRE(here.get(here.cos.download_file({.bucket = bucket, .key = "k",
        .path = here.files / "target", .sse = with(key), .options = here.options()})));
    std::size_t ranges = 0;
    for (const auto& one : here.server.requests()) {
        if (one.method != "GET")
            continue;
        ++ranges;
        CHECK_FALSE(one.get("Range").empty());
        CHECK_FALSE(one.get("If-Match").empty());
        CHECK_FALSE(one.get("x-cos-server-side-encryption-customer-key-MD5").empty());
    }
    CHECK(ranges == 5);
}

TEST_CASE("download_file: without the key, or with another, the target stays as it was")
{
    transferring here;
    const auto key = key_of(1);
    const auto other = key_of(2);
    store(here, "k", pattern(5000), with(key));
    const auto path = here.files.write("target", "old");
    for (const sse::on_read& wrong : {sse::on_read(), sse::on_read(with(other))}) {
        CHECK_FALSE(here.get(here.cos.download_file({.bucket = bucket, .key = "k", .path = path,
            .sse = wrong, .options = here.options()})));
        CHECK(here.files.read("target") == "old");
        CHECK(here.files.count() == 1);
    }
    CHECK(here.get(here.cos.download_file({.bucket = bucket, .key = "absent", .path = path,
        .options = here.options()})).error().code == condition::not_found);
    CHECK(here.files.read("target") == "old");
}

TEST_CASE("download_file: connections that break are replaced, and nothing is received twice")
{
    transferring here;
    const auto text = pattern(900'000);
    store(here, "k", text);
    auto options = here.options();
    for (const std::uint64_t part_size : {300'000U, 2'000'000U}) {
        options.part_size = part_size;
        options.threshold = part_size;
        for (std::size_t number = 0; const std::size_t cut : {200'000U, 150'000U, 100'000U})
            here.server.inject(
                fault::reset_after_reply_bytes(cut).on_method("GET").skip(number++));
        const auto before = here.requests("GET");
        std::uint64_t last = 0;
        const auto listener = [&](const transfer_progress& now) {
            CHECK(now.committed >= last);
            last = now.committed;
        };
        options.on_progress = listener;
        const auto done = here.get(here.retrying().download_file({.bucket = bucket, .key = "k",
            .path = here.files / "target", .options = options}));
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK((here.files.read("target") == text));
        CHECK(last == text.size());
        CHECK(here.requests("GET") - before == 3 + (part_size == 300'000 ? 3 : 1));
    }
}

TEST_CASE("download_file: an object that is replaced meanwhile is an error")
{
    transferring here;
    for (const bool same_size : {true, false}) {
        store(here, "k", pattern(9000));
        const auto path = here.files.write("target", "old");
        bool replaced = false;
        const auto listener = [&](const transfer_progress&) {
            if (std::exchange(replaced, true))
                return;
            const std::string text(same_size ? 9000 : 5, 'x');
            replace(here, text);
        };
        auto options = here.options();
        options.on_progress = listener;
        options.parallelism = 1;
        const auto failed = here.get(here.cos.download_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options}));
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code == errc::object_changed);
        CHECK(here.files.read("target") == "old");
        CHECK(here.files.count() == 1);
    }
}

TEST_CASE("download_file: a range of another object is an error, If-Match or not")
{
    transferring here;
    store(here, "k", pattern(1000));
    auto options = here.options();
    options.threshold = 0;
    const std::string other(1000, 'x');
    here.server.inject(fault::raw_reply("HTTP/1.1 206 Partial Content\r\nETag: \"another\"\r\n"
                                        "x-cos-request-id: NmQ=\r\n"
                                        "Content-Range: bytes 0-999/1000\r\n"
                                        "Content-Length: 1000\r\n\r\n" +
        other).on_method("GET"));
    const auto failed = here.get(here.cos.download_file({.bucket = bucket, .key = "k",
        .path = here.files / "target", .options = options}));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::object_changed);
    CHECK(here.files.count() == 0);
}

TEST_CASE("download_file: a bit that flips on its way is caught, and the target stays as it was")
{
    transferring here;
    store(here, "k", pattern(9000));
    const auto path = here.files.write("target", "old");
    for (std::size_t bit = 3; bit < 72'000; bit += 7'919)
        for (const bool ranges : {true, false}) {
            CAPTURE(bit);
            auto options = here.options();
            options.parallelism = 1;
            if (!ranges)
                options.threshold = 10'000;
            here.server.inject(fault::flip_reply_bit(bit).on_method("GET"));
            const auto failed = here.get(here.cos.download_file(
                {.bucket = bucket, .key = "k", .path = path, .options = options}));
            REQUIRE_FALSE(failed);
            CHECK(failed.error().code == errc::checksum_mismatch);
            CHECK(here.files.read("target") == "old");
            CHECK(here.files.count() == 1);
        }
}

TEST_CASE("download: a bit that flips on its way to memory or a sink is caught")
{
    transferring here;
    store(here, "k", pattern(9000));
    for (std::size_t bit = 11; bit < 72'000; bit += 9'973)
        for (const std::uint64_t threshold : {0U, 10'000U}) {
            CAPTURE(bit);
            CAPTURE(threshold);
            auto options = here.options();
            options.parallelism = 1;
            options.threshold = threshold;
            const download_request request{.bucket = bucket, .key = "k", .options = options};
            std::string buffer(9000, ' ');
            here.server.inject(
                fault::flip_reply_bit(threshold == 0 ? bit % 8000 : bit).on_method("GET"));
            const auto into = here.get(here.cos.download_into(
                request, std::as_writable_bytes(std::span(buffer))));
            REQUIRE_FALSE(into);
            CHECK(into.error().code == errc::checksum_mismatch);
            text_sink sink;
            here.server.inject(fault::flip_reply_bit(bit).on_method("GET"));
            const auto streamed = here.get(here.cos.download_to(request, sink));
            REQUIRE_FALSE(streamed);
            CHECK(streamed.error().code == errc::checksum_mismatch);
        }
}

TEST_CASE("download: ten thousand ranges")
{
    transferring here;
    const auto text = pattern(10'000);
    store(here, "k", text);
    auto options = here.options();
    options.part_size = 1;
    options.threshold = 0;
    options.parallelism = 8;
    const auto cos = here.client(here.server.client_config(scheme::http));
    const auto done = here.get(cos.download_file({.bucket = bucket, .key = "k",
        .path = here.files / "target", .options = options}));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->parts == 10'000);
    CHECK((here.files.read("target") == text));
}

TEST_CASE("download_file: a file that may not grow is an error of the system")
{
    transferring here;
    store(here, "k", pattern(9000));
    const auto path = here.files.write("target", "old");
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    // Which would end the process.
    const auto handler = std::signal(SIGXFSZ, SIG_DFL);
    const rlimit small{4000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto failed = here.get(here.cos.download_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == std::errc::file_too_large);
    CHECK(failed.error().field == "path");
    CHECK(here.files.read("target") == "old");
    CHECK(here.files.count() == 1);
}

TEST_CASE("download_file: a target that cannot be is refused before anything is asked for")
{
    transferring here;
    store(here, "k", pattern(10));
    const auto before = here.server.counters().requests.load();
    for (const auto& path : {here.files / "absent/target", here.files.path.native()})
        CHECK(here.get(here.cos.download_file({.bucket = bucket, .key = "k", .path = path}))
                .error()
                .field == "path");
    CHECK(here.server.counters().requests == before);
}

TEST_CASE("download_file: a directory that may not be written to is an error of the system")
{
    transferring here;
    store(here, "k", pattern(9000));
    const auto path = here.files / "target";
    std::filesystem::permissions(here.files.path,
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
            std::filesystem::perms::others_read | std::filesystem::perms::others_exec);
    const auto failed = [&] {
        const support::without_privileges nobody;
        return here.get(here.cos.download_file(
            {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
    }();
    std::filesystem::permissions(here.files.path, std::filesystem::perms::owner_all);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == std::errc::permission_denied);
    CHECK(failed.error().field == "path");
    CHECK(here.requests("GET") == 0);
    CHECK(here.files.count() == 0);
}

TEST_CASE("download_file: two at once to one target do not hurt each other")
{
    transferring here;
    const auto text = pattern(9000);
    store(here, "k", text);
    const auto path = here.files / "target";
    auto one = here.cos.download_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}, asio::use_future);
    auto other = here.cos.download_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}, asio::use_future);
    here.context.restart();
    here.context.run();
    CHECK(one.get());
    CHECK(other.get());
    CHECK((here.files.read("target") == text));
    CHECK(here.files.count() == 1);
}

TEST_CASE("download_file, download_directory: what dead runs have left for a target goes")
{
    transferring here;
    store(here, "folder/k", pattern(100));
    const auto leave = [&](const std::string& target) {
        const auto name = "folder/" + transfer::temporary_name::make(target).value().text();
        here.files.write(name, "left");
        return name;
    };
    std::filesystem::create_directory(here.files.path / "folder");
    const auto own = leave("k");
    const auto other = leave("another");
    REQUIRE(here.get(here.cos.download_file(
        {.bucket = bucket, .key = "folder/k", .path = here.files / "folder/k"})));
    CHECK_FALSE(here.files.has(own));
    CHECK(here.files.has(other));
    // Whatever they were to become: all of a directory is downloaded.
    REQUIRE(here.get(here.cos.download_directory({.bucket = bucket, .path = here.files.path.native()})));
    CHECK_FALSE(here.files.has(other));
    CHECK((here.files.read("folder/k") == pattern(100)));
}

TEST_CASE("download: a buffer that is too small, and a sink that is full")
{
    transferring here;
    store(here, "k", pattern(900'000));
    std::string buffer(5, 'x');
    const auto small = here.get(here.cos.download_into(
        {.bucket = bucket, .key = "k"}, std::as_writable_bytes(std::span(buffer))));
    REQUIRE_FALSE(small);
    CHECK(small.error().code == errc::destination_too_small);
    CHECK(buffer == "xxxxx");
    text_sink sink{.most = 100'000};
    CHECK(here.get(here.cos.download_to({.bucket = bucket, .key = "k"}, sink)).error().code ==
        std::errc::no_space_on_device);
    CHECK(sink.text.size() < 300'000);
    CHECK(here.cos.counters().in_use == 0);
}

TEST_CASE("download_to: a connection that breaks does not make the sink see a byte twice")
{
    transferring here;
    const auto text = pattern(900'000);
    store(here, "k", text);
    for (std::size_t number = 0; const std::size_t cut : {1'000U, 500'000U, 100'000U})
        here.server.inject(
            fault::reset_after_reply_bytes(cut).on_method("GET").skip(number++));
    text_sink sink;
    REQUIRE(here.get(here.retrying().download_to({.bucket = bucket, .key = "k"}, sink)));
    CHECK((sink.text == text));
}

TEST_CASE("download_file: a cancelled download leaves nothing")
{
    transferring here;
    store(here, "k", pattern(9000));
    const auto path = here.files.write("target", "old");
    for (const int after : {0, 1, 4}) {
        asio::cancellation_signal signal;
        int calls = 0;
        const auto listener = [&](const transfer_progress&) {
            if (++calls == after)
                signal.emit(asio::cancellation_type::terminal);
        };
        auto options = here.options();
        options.on_progress = listener;
        auto done = here.cos.download_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options},
            asio::bind_cancellation_slot(signal.slot(), asio::use_future));
        if (after == 0)
            signal.emit(asio::cancellation_type::terminal);
        here.context.restart();
        here.context.run();
        const auto outcome = done.get();
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::cancelled);
        CHECK(here.files.read("target") == "old");
        CHECK(here.files.count() == 1);
    }
}

TEST_CASE("transfers: a context that goes in the middle takes its transfers with it")
{
    transferring here;
    store(here, "k", pattern(500'000));
    const auto source = here.files.write("source", pattern(500'000));
    for (int turns = 0; turns < 120; turns += 3) {
        asio::io_context context;
        const client cos(context.get_executor(), here.config);
        auto up = cos.upload_file({.bucket = bucket, .key = "new", .path = source,
            .options = here.options()}, asio::use_future);
        auto down = cos.download_file({.bucket = bucket, .key = "k",
            .path = here.files / "target", .options = here.options()}, asio::use_future);
        for (int turn = 0; turn != turns; ++turn)
            context.run_one_for(std::chrono::milliseconds(5));
    }
}

} // namespace download_file_test
