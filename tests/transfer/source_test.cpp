// Everything that a path may name as the source of an upload, and everything that may happen to it
// meanwhile: the object is what was read to its end, all of one state, or there is none.

#include "transfer/transferring.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace source_test {

using namespace cosio;
using support::bucket;
using support::pattern;
using support::transferring;
using testing::fault;

std::string content_of(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string describe(const result<upload_result>& done)
{
    return done ? std::string() : done.error().describe();
}

/// In both dialects, which differ in how a body without a length is sent.
struct uploading : transferring
{
    using transferring::transferring;

    s3_client s3{context.get_executor(), config};

    std::array<result<upload_result>, 2> upload(const std::string& path)
    {
        auto first = get(cos.upload_file(
            {.bucket = bucket, .key = "k0", .path = path, .options = options()}));
        auto second = get(s3.upload_file(
            {.bucket = bucket, .key = "k1", .path = path, .options = options()}));
        return {std::move(first), std::move(second)};
    }
};

TEST_CASE("source: a file that does not state its size is read until it ends")
{
    uploading here;
    for (const std::string path : {"/proc/version", "/proc/filesystems", "/proc/self/limits",
             "/sys/kernel/mm/transparent_hugepage/enabled", "/dev/null"}) {
        if (!std::filesystem::exists(path))
            continue;
        CAPTURE(path);
        const auto text = content_of(path);
        CHECK((text.empty() == (path == "/dev/null")));
        const auto done = here.upload(path);
        for (std::size_t i = 0; i != done.size(); ++i) {
            REQUIRE_MESSAGE(done[i], describe(done[i]));
            CHECK(done[i]->size == text.size());
            CHECK((i == 0 ? done[i]->crc64_verified : done[i]->md5_verified));
            CHECK((here.content("k" + std::to_string(i)) == text));
        }
    }
    CHECK(here.unfinished() == 0);
}

/// Opens the pipe at `path` for writing, be it before or after somebody reads it.
std::thread write_to_pipe(std::string path, std::string text, std::chrono::milliseconds after)
{
    return std::thread([path = std::move(path), text = std::move(text), after] {
        std::this_thread::sleep_for(after);
        std::ofstream(path, std::ios::binary) << text;
    });
}

TEST_CASE("source: a pipe is waited for, and read until its writer has closed it")
{
    uploading here;
    const auto path = here.files / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    for (const std::size_t size : {0U, 1U, 999U, 1000U, 1001U, 70'000U})
        for (const int after : {0, 50}) {
            CAPTURE(size);
            CAPTURE(after);
            const auto text = pattern(size);
            auto writer = write_to_pipe(path, text, std::chrono::milliseconds(after));
            const auto done = here.get(here.cos.upload_file(
                {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
            writer.join();
            REQUIRE_MESSAGE(done, describe(done));
            CHECK(done->size == size);
            CHECK((here.content("k") == text));
        }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("source: a pipe that is handed over as a descriptor, as process substitution does")
{
    uploading here;
    const auto text = pattern(5000);
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    const auto path = "/dev/fd/" + std::to_string(ends[0]);
    const auto done = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = here.options()}));
    ::close(ends[0]);
    REQUIRE_MESSAGE(done, describe(done));
    CHECK((here.content("k") == text));
}

TEST_CASE("source: waiting for a pipe ends with a cancellation, and holds no thread")
{
    uploading here;
    const auto path = here.files / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::vector<std::future<result<upload_result>>> waiting;
    std::vector<asio::cancellation_signal> signals(5); // More than there are threads for files.
    for (auto& signal : signals)
        waiting.push_back(here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = here.options()},
            asio::bind_cancellation_slot(signal.slot(), asio::use_future)));
    const auto text = pattern(100);
    const auto file = here.files.write("source", text);
    auto other = here.cos.upload_file(
        {.bucket = bucket, .key = "other", .path = file}, asio::use_future);
    here.context.restart();
    while (other.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        here.context.run_one();
    CHECK(other.get());
    for (auto& signal : signals)
        signal.emit(asio::cancellation_type::terminal);
    here.context.run_for(std::chrono::seconds(10));
    for (auto& each : waiting) {
        REQUIRE(each.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
        CHECK(each.get().error().code == errc::cancelled);
    }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("source: holes of a file are zeros")
{
    uploading here;
    const auto path = here.files.write("source", "begin");
    std::filesystem::resize_file(path, 6000);
    const auto done = here.upload(path);
    for (std::size_t i = 0; i != done.size(); ++i) {
        REQUIRE_MESSAGE(done[i], describe(done[i]));
        CHECK((here.content("k" + std::to_string(i)) == "begin" + std::string(5995, '\0')));
    }
}

// What may happen to a file while it is uploaded, and what comes of it then.

struct change
{
    std::string_view name;
    std::function<void(const std::string& path)> make;
    bool of_bytes; ///< Otherwise the object is made.
};

timespec modified(const std::string& path)
{
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mtim;
}

/// Writes in place, as `rsync --inplace --times` does.
void rewrite(const std::string& path, std::string_view text, bool put_time_back, off_t offset = 0)
{
    const timespec before[] = {modified(path), modified(path)};
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(file >= 0);
    REQUIRE(::pwrite(file, text.data(), text.size(), offset) == static_cast<ssize_t>(text.size()));
    ::close(file);
    if (put_time_back)
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), before, 0) == 0);
}

const std::string other_bytes(9000, '!');

std::vector<change> changes()
{
    return {
        {"grows", [](const auto& path) { std::ofstream(path, std::ios::app) << "more"; }, true},
        {"grows, time put back", [](const auto& path) { rewrite(path, "more", true, 9000); }, true},
        {"shrinks", [](const auto& path) { std::filesystem::resize_file(path, 8500); }, true},
        {"is emptied", [](const auto& path) { std::ofstream(path, std::ios::trunc); }, true},
        {"is rewritten", [](const auto& path) { rewrite(path, other_bytes, false); }, true},
        {"is rewritten, time put back",
            [](const auto& path) { rewrite(path, other_bytes, true); }, true},
        {"its first byte is rewritten, time put back",
            [](const auto& path) { rewrite(path, "!", true); }, true},
        {"its last byte is rewritten, time put back",
            [](const auto& path) { rewrite(path, "!", true, 8999); }, true},
        {"is touched",
            [](const auto& path) {
                REQUIRE(::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0);
            }, true},
        {"gets other permissions",
            [](const auto& path) { REQUIRE(::chmod(path.c_str(), 0640) == 0); }, false},
        {"gets another name",
            [](const auto& path) { std::filesystem::rename(path, path + ".1"); }, false},
        {"gets one name more",
            [](const auto& path) { std::filesystem::create_hard_link(path, path + ".2"); }, false},
        {"is replaced",
            [](const auto& path) {
                std::ofstream(path + ".new") << other_bytes;
                std::filesystem::rename(path + ".new", path);
            }, false},
        {"is removed", [](const auto& path) { std::filesystem::remove(path); }, false},
    };
}

TEST_CASE("source: a file that changes between its parts makes no object but of its own bytes")
{
    const auto text = pattern(9000);
    for (const auto& each : changes())
        for (const bool as_s3 : {false, true})
            for (const unsigned after : {0U, 1U, 4U, 9U}) {
                CAPTURE(each.name);
                CAPTURE(as_s3);
                CAPTURE(after);
                uploading here;
                const auto path = here.files.write("source", text);
                unsigned calls = 0;
                // The first call is that of the first part.
                const auto listener = [&](const transfer_progress&) {
                    if (calls++ == std::min(after, 8U))
                        each.make(path);
                };
                auto options = here.options();
                options.on_progress = listener;
                options.parallelism = after == 0 ? 3 : 1;
                const upload_file_request request{
                    .bucket = bucket, .key = "k", .path = path, .options = options};
                const auto done = as_s3 ? here.get(here.s3.upload_file(request))
                                        : here.get(here.cos.upload_file(request));
                REQUIRE(calls > 0);
                if (!each.of_bytes) {
                    REQUIRE_MESSAGE(done, describe(done));
                    CHECK((here.content("k") == text));
                } else if (done) { // What was changed had not been sent yet.
                    CHECK(each.name == "its last byte is rewritten, time put back");
                    CHECK(after < 9);
                    CHECK((here.content("k") == content_of(path)));
                } else {
                    CHECK_MESSAGE(done.error().code == errc::file_changed, describe(done));
                    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
                }
                CHECK(here.unfinished() == 0);
            }
}

TEST_CASE("source: a part that is sent again of other bytes makes no object")
{
    const auto text = pattern(9000);
    transferring here;
    const auto path = here.files.write("source", text);
    here.server.inject(fault::reply_with(503, "SlowDown").on_target("partNumber=3"));
    auto again = here.config;
    again.retry = retry_settings();
    again.retry.base_delay = std::chrono::milliseconds(1);
    const auto cos = here.client(again);
    unsigned calls = 0;
    const auto listener = [&](const transfer_progress&) {
        if (++calls == 2)
            rewrite(path, other_bytes, true);
    };
    auto options = here.options();
    options.on_progress = listener;
    options.parallelism = 1;
    const auto done = here.get(cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .options = options}));
    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::file_changed);
    CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
}

TEST_CASE("source: a file that was just written is read once no change of it can be missed")
{
    transferring here;
    const auto first = pattern(9000);
    for (int turn = 0; turn != 20; ++turn) {
        CAPTURE(turn);
        const auto path = here.files.write("source", first); // In the same tick as what follows.
        auto upload = here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = here.options()},
            asio::use_future);
        here.context.restart();
        for (int i = 0; i != turn; ++i)
            here.context.run_one();
        rewrite(path, other_bytes, true);
        here.context.run();
        const auto done = upload.get();
        const auto stored = here.content("k");
        if (done)
            CHECK((stored == first || stored == other_bytes));
        else
            CHECK(done.error().code == errc::file_changed);
    }
}

/// Is not noted by the system once it was written to, until the file is on the disk.
class mapping
{
public:
    explicit mapping(const std::string& path) : size_(std::filesystem::file_size(path))
    {
        const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        REQUIRE(file >= 0);
        void* const place =
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        REQUIRE(place != MAP_FAILED);
        bytes_ = static_cast<volatile char*>(place);
        for (std::size_t at = 0; at < size_; at += 4096)
            bytes_[at] = bytes_[at];
    }
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;
    ~mapping() { ::munmap(const_cast<char*>(bytes_), size_); }

    void set(std::size_t at, char to) { bytes_[at] = to; }

private:
    std::size_t size_;
    volatile char* bytes_ = nullptr;
};

TEST_CASE("source: what no time of the file tells is noticed when it is compared at the end")
{
    for (const std::size_t size : {9000U, 1500U})
        for (const std::size_t at : {std::size_t{0}, size - 1})
            for (const bool as_s3 : {false, true}) {
                CAPTURE(size);
                CAPTURE(at);
                CAPTURE(as_s3);
                uploading here;
                const auto text = pattern(size);
                const auto path = here.files.write("source", text);
                mapping mapped(path);
                const auto listener = [&](const transfer_progress& now) {
                    if (now.committed == size)
                        mapped.set(at, '!');
                };
                auto options = here.options();
                upload_file_request request{
                    .bucket = bucket, .key = "k", .path = path, .options = options};
                request.compare_at_end = true;
                const auto upload = [&] {
                    return as_s3 ? here.get(here.s3.upload_file(request))
                                 : here.get(here.cos.upload_file(request));
                };
                request.options.on_progress = listener;
                const auto failed = upload();
                REQUIRE_FALSE(failed);
                CHECK(failed.error().code == errc::file_changed);
                CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
                CHECK(here.unfinished() == 0);
                request.options.on_progress = {};
                const auto done = upload();
                REQUIRE_MESSAGE(done, describe(done));
                CHECK((here.content("k") == content_of(path)));
            }
}

TEST_CASE("source: an empty file is compared, too")
{
    uploading here;
    const auto path = here.files.write("source", "");
    const auto done = here.get(here.cos.upload_file(
        {.bucket = bucket, .key = "k", .path = path, .compare_at_end = true}));
    REQUIRE_MESSAGE(done, describe(done));
    CHECK(done->size == 0);
}

// Bodies that are no files.

/// Says one size and has another.
struct liar
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto count = std::min<std::uint64_t>(has - at, buffer.size());
        std::ranges::fill(buffer.first(count), std::byte{'x'});
        at += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return says; }
    bool rewind()
    {
        at = 0;
        return true;
    }

    std::uint64_t says = 0;
    std::uint64_t has = 0;
    std::uint64_t at = 0;
};

TEST_CASE("source: a body of another size than it says is stored by no operation")
{
    uploading here;
    const auto cos = here.retrying();
    const auto begun = here.get(cos.initiate_multipart_upload({.bucket = bucket, .key = "p"}));
    REQUIRE(begun);
    constexpr std::uint64_t piece = 256 * 1024;
    const std::pair<std::uint64_t, std::uint64_t> table[] = {{0, 1}, {0, 124}, {0, piece + 1},
        {1, 0}, {1, 2}, {10, 0}, {piece, piece - 1}, {piece, piece + 1}, {piece + 1, piece},
        {3 * piece, 2 * piece}, {3 * piece, 4 * piece}, {100'000'000'000, 5}};
    for (const auto& [says, has] : table) {
        CAPTURE(says);
        CAPTURE(has);
        const auto refused = [&](const auto& done) {
            REQUIRE_FALSE(done);
            CHECK_MESSAGE(
                done.error().code == errc::body_size_mismatch, done.error().describe());
        };
        liar body{says, has};
        if (says < (std::uint64_t{5} << 30U)) {
            refused(here.get(cos.put_object({.bucket = bucket, .key = "k", .body = body})));
            body.at = 0;
            refused(here.get(here.s3.put_object({.bucket = bucket, .key = "k", .body = body})));
            body.at = 0;
            refused(here.get(cos.upload_part({.bucket = bucket, .key = "p",
                .upload_id = begun->upload_id, .part_number = 1, .body = body})));
            body.at = 0;
        }
        auto options = here.options();
        options.part_size = 200'000;
        refused(here.get(cos.upload(
            {.bucket = bucket, .key = "k", .body = body, .options = options})));
        CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
        CHECK(here.unfinished() == 1);
    }
    CHECK(here.get(cos.list_parts({.bucket = bucket, .key = "p",
        .upload_id = begun->upload_id})).value().parts.empty());
}

// Across runs.

TEST_CASE("source: what a resumed upload keeps is what the file has, whatever its time says")
{
    const auto text = pattern(9000);
    for (const auto& each : changes())
        for (const bool as_s3 : {false, true}) {
            CAPTURE(each.name);
            CAPTURE(as_s3);
            uploading here;
            const auto path = here.files.write("source", text);
            auto options = here.options();
            options.parallelism = 1;
            const auto checkpoint = here.files / "checkpoint";
            options.checkpoint = checkpoint;
            const auto upload = [&](const std::string& from) {
                const upload_file_request request{
                    .bucket = bucket, .key = "k", .path = from, .options = options};
                return as_s3 ? here.get(here.s3.upload_file(request))
                             : here.get(here.cos.upload_file(request));
            };
            here.server.inject(fault::reply_with(403, "AccessDenied").on_target("partNumber=5"));
            REQUIRE_FALSE(upload(path));
            each.make(path);
            const auto there = here.files.has("source") ? path
                : here.files.has("source.1")            ? path + ".1"
                                                        : std::string();
            if (there.empty())
                continue;
            const auto now = content_of(there);
            const auto done = upload(there);
            if (done) {
                CHECK((here.content("k") == now));
                unsigned kept = 0;
                for (std::size_t at = 0; at != 4000; at += 1000)
                    kept += now.substr(at, 1000) == text.substr(at, 1000) ? 1 : 0;
                CHECK(done->resumed_parts == kept);
            } else {
                CHECK_MESSAGE(done.error().code == errc::checkpoint_mismatch, describe(done));
                CHECK_FALSE(here.server.at_rest(here.server.bucket(), "k"));
                CHECK(here.files.has("checkpoint"));
            }
            // Refused is what the checkpoint tells by itself.
            const bool same_time = each.name.ends_with("time put back") || !each.of_bytes;
            const bool same_size = now.size() == text.size();
            CHECK(done.has_value() == (same_time && same_size && each.name != "is replaced"));
        }
}

TEST_CASE("source: an upload whose completion was not heard of is not that of another file")
{
    transferring here;
    const auto path = here.files.write("source", pattern(9000));
    auto options = here.options();
    const auto checkpoint = here.files / "checkpoint";
    options.checkpoint = checkpoint;
    const auto upload = [&] {
        return here.get(here.cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options}));
    };
    here.server.inject(
        // Twice, as the first may be taken for a connection that has gone stale.
        fault::reset_after_reply_bytes(0).on_method("POST").on_target("uploadId").times(2));
    REQUIRE_FALSE(upload());
    REQUIRE(here.files.has("checkpoint"));
    rewrite(path, "!", true, 4500);
    const auto refused = upload();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::checkpoint_mismatch);
    rewrite(path, pattern(9000).substr(4500, 1), true, 4500);
    CHECK(upload());
}

} // namespace source_test
