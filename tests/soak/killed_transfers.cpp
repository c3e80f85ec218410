// Resumable uploads and downloads that are killed at random moments, run after run, until one comes
// to its end. What is reported as done is read back and compared; a target is whole or as it was at
// any time, and in the end nothing temporary is left.
//
// On S3 nothing proves that an object under SSE-C is what an upload, which the service has forgotten,
// would have made: a run after one that was killed just then refuses to guess, and the checkpoint
// stays.
//
//     killed_transfers [KILLS] [SEED]
//
// The server is a process of its own, and so is each transfer; this one kills and judges.

#include "service_process.hpp"

#include <cosio.hpp>

#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using microseconds = std::chrono::microseconds;

using soak::bucket;
using soak::give_up;

std::string content(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::filesystem::path& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary) << text;
}

/// A transfer between a file and the object `k`, and how it is made.
struct transfer
{
    bool up = true;
    bool as_s3 = false;
    bool encrypted = false;
    std::uint32_t parallelism = 1;
    microseconds pause{}; ///< Behind each part.
};

enum class outcome : int { done, failed, mismatch, killed };

class service : public soak::service_process
{
public:
    explicit service(const std::filesystem::path& folder) : service_process(folder), folder_(folder)
    {}

    /// In a process of its own, which is killed after `kill_at`, if that is given.
    [[nodiscard]] outcome run(const transfer& asked, std::optional<microseconds> kill_at) const
    {
        const auto begin = steady::now();
        const pid_t child = ::fork();
        if (child == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::_exit(asked.as_s3 ? status_of<cosio::s3_client>(asked)
                                : status_of<cosio::client>(asked));
        }
        if (kill_at) {
            std::this_thread::sleep_until(begin + *kill_at);
            ::kill(child, SIGKILL);
        }
        int status = 0;
        if (::waitpid(child, &status, 0) != child)
            give_up("cannot wait");
        return WIFEXITED(status) ? static_cast<outcome>(WEXITSTATUS(status)) : outcome::killed;
    }

    /// Nothing when it is not there.
    [[nodiscard]] std::optional<std::string> object(bool encrypted) const
    {
        const auto key = customer();
        cosio::sse::on_read sse = cosio::sse::none();
        if (encrypted)
            sse = cosio::sse::customer{key, key.md5()};
        auto got = service_process::run([&](const cosio::client& cos) {
            return cos.get_object({.bucket = bucket, .key = "k", .sse = sse}, asio::use_future);
        });
        return got ? std::optional(std::move(got->body)) : std::nullopt;
    }

    void store(const std::string& text, bool encrypted) const
    {
        const auto key = customer();
        cosio::sse::on_write sse{};
        if (encrypted)
            sse = cosio::sse::customer{key, key.md5()};
        if (!service_process::run([&](const cosio::client& cos) {
                return cos.put_object(
                    {.bucket = bucket, .key = "k", .body = text, .sse = sse}, asio::use_future);
            }))
            give_up("cannot store the object");
    }

private:
    [[nodiscard]] static cosio::customer_key customer()
    {
        return cosio::customer_key::from_text("00000000000000000000000000000001").value();
    }

    template <class Client>
    [[nodiscard]] int status_of(const transfer& asked) const
    {
        asio::io_context context;
        const Client cos(context.get_executor(), settings());
        const auto key = customer();
        const auto pause = [&](const cosio::transfer_progress&) {
            std::this_thread::sleep_for(asked.pause);
        };
        const std::string file = folder_ / "work" / "file";
        const std::string checkpoint = folder_ / "work" / "checkpoint";
        cosio::transfer_options options;
        options.part_size = 1000;
        options.threshold = 2000;
        options.parallelism = asked.parallelism;
        options.checkpoint = checkpoint;
        options.checkpoint_interval = 0ms;
        options.allow_small_parts = true;
        options.on_progress = pause;
        const auto finish = [&](auto future) {
            context.run();
            const auto done = future.get();
            if (done)
                return static_cast<int>(outcome::done);
            const bool mismatch = done.error().code == cosio::errc::checkpoint_mismatch;
            if (!mismatch || !asked.as_s3 || !asked.up || !asked.encrypted)
                fmt::print(stderr, "{}\n", done.error().describe());
            return static_cast<int>(mismatch ? outcome::mismatch : outcome::failed);
        };
        if (asked.up) {
            cosio::upload_file_request request{
                .bucket = bucket, .key = "k", .path = file, .options = options};
            if (asked.encrypted)
                request.sse = cosio::sse::customer{key, key.md5()};
            return finish(cos.upload_file(request, asio::use_future));
        }
        cosio::download_file_request request{
            .bucket = bucket, .key = "k", .path = file, .options = options};
        if (asked.encrypted)
            request.sse = cosio::sse::customer{key, key.md5()};
        return finish(cos.download_file(request, asio::use_future));
    }

    std::filesystem::path folder_;
};

struct score
{
    unsigned transfers = 0;
    unsigned kills = 0;
    unsigned most_kills_of_one = 0;
    unsigned failed = 0;
    unsigned unproved = 0; ///< Whole on S3 under SSE-C, of which nothing proves it.
    unsigned wrong = 0; ///< Half a file or object, or one of other bytes than were reported.
    unsigned left = 0;  ///< Temporary files and checkpoints after a transfer was done.
};

void run_once(const service& with, const std::filesystem::path& work, std::uint64_t seed,
    unsigned kills_left, score& seen)
{
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t end) {
        return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random);
    };
    transfer asked;
    asked.up = below(2) == 0;
    asked.as_s3 = below(2) == 0;
    asked.encrypted = below(2) == 0;
    asked.parallelism = static_cast<std::uint32_t>(1 + below(4));
    asked.pause = microseconds(below(3000));
    std::string text(2500 + below(50'000), '\0');
    for (char& each : text)
        each = static_cast<char>(random());
    std::filesystem::remove_all(work);
    std::filesystem::create_directory(work);
    const std::string before = asked.up ? text : "as it was";
    put(work / "file", before);
    if (!asked.up)
        with.store(text, asked.encrypted);
    ++seen.transfers;
    unsigned kills = 0;
    for (;;) {
        std::optional<microseconds> kill_at;
        if (kills < kills_left && kills != 20)
            kill_at = microseconds(5'000 + below(80'000));
        const auto last = with.run(asked, kill_at);
        const auto now = content(work / "file");
        if (now != text && now != before)
            ++seen.wrong;
        const auto object = with.object(asked.encrypted);
        if (object ? *object != text : last == outcome::done)
            ++seen.wrong;
        if (last == outcome::killed) {
            ++kills;
            continue;
        }
        if (last == outcome::mismatch && asked.as_s3 && asked.up && asked.encrypted && object) {
            ++seen.unproved;
            std::filesystem::remove(work / "checkpoint");
        } else if (last != outcome::done)
            ++seen.failed;
        else if (now != text)
            ++seen.wrong;
        break;
    }
    seen.kills += kills;
    seen.most_kills_of_one = std::max(seen.most_kills_of_one, kills);
    for (const auto& entry : std::filesystem::directory_iterator(work))
        if (entry.path().filename() != "file")
            ++seen.left;
    with.remove_object();
}

} // namespace

int main(int count, char** arguments)
{
    const unsigned long kills = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 1000;
    const std::uint64_t seed =
        count > 2 ? std::strtoull(arguments[2], nullptr, 10) : std::random_device()();
    const auto folder =
        std::filesystem::temp_directory_path() / fmt::format("cosio-killed-{}", ::getpid());
    std::filesystem::create_directory(folder);
    fmt::print("seed {}\n", seed);
    std::fflush(stdout);
    score seen;
    {
        const service with(folder);
        for (std::uint64_t number = 0; seen.kills < kills; ++number) {
            const auto before = seen;
            run_once(with, folder / "work", seed + number,
                static_cast<unsigned>(kills - seen.kills), seen);
            if (seen.wrong != before.wrong || seen.failed != before.failed ||
                seen.left != before.left)
                fmt::print("seed {}: wrong, failed, or something was left\n", seed + number);
        }
    }
    std::filesystem::remove_all(folder);
    fmt::print("{} kills of {} transfers, at most {} of one\n"
               "{} whole without proof, {} failed, {} wrong, {} files left\n",
        seen.kills, seen.transfers, seen.most_kills_of_one, seen.unproved, seen.failed, seen.wrong,
        seen.left);
    return seen.failed == 0 && seen.wrong == 0 && seen.left == 0 ? 0 : 1;
}
