// Uploads of a file that is rewritten at a random moment, with and without its time put back, while
// it is sent, and between and during runs of which the first is killed. What is reported as stored
// has to be one state that the file had, never a mixture of two.
//
//     rewritten_sources [RUNS] [SEED]
//
// The server is a process of its own, and so is each upload; this one rewrites, kills and judges.

#include "service_process.hpp"

#include <cosio.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using microseconds = std::chrono::microseconds;

using soak::bucket;
using soak::give_up;

class dice
{
public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t below(std::uint64_t end)
    {
        return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(engine_);
    }
    bool chance() { return below(2) == 0; }

    std::string bytes(std::size_t size)
    {
        std::string text(size, '\0');
        for (char& each : text)
            each = static_cast<char>(engine_());
        return text;
    }

private:
    std::mt19937_64 engine_;
};

/// The file, and every state that it was ever in.
class source
{
public:
    source(std::string path, std::string text) : path_(std::move(path))
    {
        std::ofstream(path_, std::ios::binary) << text;
        states_.push_back(std::move(text));
        struct statfs where{};
        if (::statfs(path_.c_str(), &where) != 0)
            give_up("cannot look at the file system");
        // There what is written by way of a mapping changes no time at all.
        knows_mappings_ = where.f_type != TMPFS_MAGIC;
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::vector<std::string>& states() const { return states_; }

    /// One of several ways, each of which is done in some hundred microseconds.
    void rewrite(dice& random)
    {
        struct stat before{};
        const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
        if (file < 0 || ::fstat(file, &before) != 0)
            give_up("cannot open the source");
        switch (random.below(knows_mappings_ ? 6 : 5)) {
        case 0: write(file, 0, random.bytes(states_.back().size())); break;
        case 1: in_pieces(file, random); break;
        case 2: write(file, random.below(states_.back().size()), "!"); break;
        case 3: write(file, states_.back().size(), "more"); break;
        case 4:
            truncate(file, 0);
            write(file, 0, random.bytes(states_.front().size()));
            break;
        default: by_mapping(file, random.below(states_.back().size() / 8) * 8);
        }
        if (random.chance()) {
            const timespec back[] = {before.st_atim, before.st_mtim};
            if (::futimens(file, back) != 0)
                give_up("cannot put the time back");
        }
        ::close(file);
    }

private:
    void write(int file, std::uint64_t offset, std::string_view text)
    {
        auto next = states_.back();
        next.resize(std::max<std::size_t>(next.size(), offset + text.size()));
        next.replace(offset, text.size(), text);
        states_.push_back(std::move(next));
        if (::pwrite(file, text.data(), text.size(), static_cast<off_t>(offset)) !=
            static_cast<ssize_t>(text.size()))
            give_up("cannot write");
    }

    /// From the end to the begin, or the other way round.
    void in_pieces(int file, dice& random)
    {
        const auto text = random.bytes(states_.back().size());
        const auto count = 2 + random.below(7);
        const auto step = text.size() / count + 1;
        const bool backwards = random.chance();
        for (std::uint64_t i = 0; i != count; ++i) {
            const auto at = (backwards ? count - 1 - i : i) * step;
            if (at < text.size())
                write(file, at, std::string_view(text).substr(at, step));
        }
    }

    void truncate(int file, std::uint64_t size)
    {
        states_.push_back(states_.back().substr(0, size));
        if (::ftruncate(file, static_cast<off_t>(size)) != 0)
            give_up("cannot truncate");
    }

    /// Eight bytes at once, so that there is no state between.
    void by_mapping(int file, std::uint64_t offset)
    {
        const auto size = states_.back().size();
        void* const place = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (place == MAP_FAILED)
            give_up("cannot map");
        auto next = states_.back();
        next.replace(offset, 8, "mapped!!");
        states_.push_back(next);
        std::uint64_t word = 0;
        std::memcpy(&word, next.data() + offset, sizeof word);
        static_cast<volatile std::uint64_t*>(place)[offset / 8] = word;
        ::munmap(place, size);
    }

    std::string path_;
    std::vector<std::string> states_{};
    bool knows_mappings_ = true;
};

/// How one upload is made.
struct upload
{
    std::string path;
    std::string checkpoint{}; ///< Empty: none.
    std::uint32_t parallelism = 1;
    bool as_s3 = false;
    microseconds pause{}; ///< Behind each part.
};

enum class outcome : int { stored, changed, mismatch, failed, killed };

class service : public soak::service_process
{
public:
    using service_process::service_process;

    /// In a process of its own.
    [[nodiscard]] pid_t start(const upload& asked) const
    {
        const pid_t child = ::fork();
        if (child != 0)
            return child;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        asio::io_context context;
        const auto pause = [&](const cosio::transfer_progress&) {
            std::this_thread::sleep_for(asked.pause);
        };
        cosio::upload_file_request request{.bucket = bucket, .key = "k", .path = asked.path};
        request.options.part_size = 1000;
        request.options.threshold = 2000;
        request.options.parallelism = asked.parallelism;
        request.options.checkpoint = asked.checkpoint;
        request.options.checkpoint_interval = 0ms;
        request.options.allow_small_parts = true;
        request.options.on_progress = pause;
        auto done = asked.as_s3
            ? cosio::s3_client(context.get_executor(), settings())
                  .upload_file(request, asio::use_future)
            : cosio::client(context.get_executor(), settings())
                  .upload_file(request, asio::use_future);
        context.run();
        const auto got = done.get();
        if (got)
            ::_exit(static_cast<int>(outcome::stored));
        if (got.error().code == cosio::errc::file_changed)
            ::_exit(static_cast<int>(outcome::changed));
        if (got.error().code == cosio::errc::checkpoint_mismatch)
            ::_exit(static_cast<int>(outcome::mismatch));
        fmt::print(stderr, "{}\n", got.error().describe());
        ::_exit(static_cast<int>(outcome::failed));
    }

    [[nodiscard]] static outcome wait(pid_t child)
    {
        int status = 0;
        if (::waitpid(child, &status, 0) != child)
            give_up("cannot wait");
        if (!WIFEXITED(status))
            return outcome::killed;
        return static_cast<outcome>(WEXITSTATUS(status));
    }

    /// Nothing when it is not there.
    [[nodiscard]] std::optional<std::string> object() const
    {
        auto got = run([](const cosio::client& cos) {
            return cos.get_object({.bucket = bucket, .key = "k"}, asio::use_future);
        });
        return got ? std::optional(std::move(got->body)) : std::nullopt;
    }
};

struct score
{
    unsigned runs = 0;
    unsigned killed = 0;
    unsigned resumed = 0;
    unsigned rewrites = 0;
    unsigned changed = 0;
    unsigned mismatches = 0;
    unsigned stored_first = 0;
    unsigned stored_last = 0;
    unsigned stored_between = 0;
    unsigned failed = 0;
    unsigned mixtures = 0;
};

/// What happens to an upload, and when, counted from its start.
using event = std::pair<microseconds, std::function<void()>>;

outcome play(const service& with, const upload& asked, std::vector<event> events,
    std::optional<microseconds> kill_at)
{
    pid_t child = 0;
    if (kill_at)
        events.emplace_back(*kill_at, [&] { ::kill(child, SIGKILL); });
    std::ranges::sort(events, {}, &event::first);
    const auto begin = steady::now();
    child = with.start(asked);
    for (const auto& [at, happen] : events) {
        std::this_thread::sleep_until(begin + at);
        happen();
    }
    return service::wait(child);
}

/// False when it was a mixture that was reported as stored.
bool judge(const service& with, const source& file, outcome last, score& seen)
{
    seen.changed += last == outcome::changed ? 1 : 0;
    seen.mismatches += last == outcome::mismatch ? 1 : 0;
    seen.failed += last == outcome::failed || last == outcome::killed ? 1 : 0;
    const auto stored = with.object();
    if (!stored) {
        seen.mixtures += last == outcome::stored ? 1 : 0; // Which is as bad.
        return last != outcome::stored;
    }
    // What was killed, or failed, may have come to its end all the same.
    const auto& states = file.states();
    const auto found = std::ranges::find(states, *stored);
    if (found == states.end()) {
        ++seen.mixtures;
        return false;
    }
    if (last == outcome::stored)
        ++(found == states.begin() ? seen.stored_first
                : found + 1 == states.end() ? seen.stored_last
                                            : seen.stored_between);
    return true;
}

bool run_once(const service& with, const std::filesystem::path& folder, dice& random, score& seen)
{
    constexpr std::array<std::size_t, 4> sizes{1500, 2500, 20'000, 48'000};
    source file(folder / "source", random.bytes(sizes[random.below(sizes.size())]));
    upload asked{.path = file.path()};
    asked.parallelism = static_cast<std::uint32_t>(1 + random.below(4));
    asked.as_s3 = random.chance();
    asked.pause = microseconds(random.below(2000));
    const bool resumes = random.chance();
    if (resumes)
        asked.checkpoint = folder / "checkpoint";
    if (random.chance())
        std::this_thread::sleep_for(25ms); // Otherwise it was written just now.
    // An upload of the larger files takes some 60 ms and its pauses.
    const auto moment = [&] { return microseconds(random.below(120'000)); };
    const auto rewrite = [&] {
        file.rewrite(random);
        ++seen.rewrites;
    };
    const auto rewrites = [&](bool wanted) {
        std::vector<event> out;
        if (wanted)
            out.emplace_back(moment(), rewrite);
        return out;
    };
    ++seen.runs;
    const auto when = resumes ? random.below(3) : 0; // In this run, behind it, in the next.
    std::optional<microseconds> kill_at;
    if (resumes)
        kill_at = microseconds(20'000) + moment();
    auto last = play(with, asked, rewrites(when == 0), kill_at);
    seen.killed += last == outcome::killed ? 1 : 0;
    if (resumes && last != outcome::stored) {
        if (when == 1)
            rewrite();
        ++seen.resumed;
        last = play(with, asked, rewrites(when == 2), std::nullopt);
    }
    return judge(with, file, last, seen);
}

} // namespace

int main(int count, char** arguments)
{
    const unsigned long runs = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 1000;
    const std::uint64_t seed =
        count > 2 ? std::strtoull(arguments[2], nullptr, 10) : std::random_device()();
    const auto folder = std::filesystem::temp_directory_path() /
        fmt::format("cosio-rewritten-{}", ::getpid());
    std::filesystem::create_directory(folder);
    fmt::print("seed {}\n", seed);
    std::fflush(stdout);
    score seen;
    {
        const service with(folder);
        for (unsigned long number = 0; number != runs; ++number) {
            dice random(seed + number); // So that one run can be made again by itself.
            if (!run_once(with, folder, random, seen))
                fmt::print("run of seed {}: a mixture was reported as stored\n", seed + number);
            with.remove_object();
            std::filesystem::remove(folder / "checkpoint");
        }
    }
    std::filesystem::remove_all(folder);
    fmt::print("{} runs, {} killed, {} resumed, {} rewrites\n"
               "stored: {} as at first, {} as at last, {} as between\n"
               "refused: {} as changed, {} as another file's checkpoint; {} failed otherwise\n"
               "{} mixtures\n",
        seen.runs, seen.killed, seen.resumed, seen.rewrites, seen.stored_first, seen.stored_last,
        seen.stored_between, seen.changed, seen.mismatches, seen.failed, seen.mixtures);
    return seen.mixtures == 0 && seen.failed == 0 ? 0 : 1;
}
