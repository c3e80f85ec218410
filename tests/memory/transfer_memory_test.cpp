// Transfers hold no more than they say, whatever the size of the object: a counting allocator sees
// to it. The emulator runs in a process of its own, so that its memory does not count.

#include "support/temporary_directory.hpp"

#include <cosio.hpp>
#include <cosio/testing/emulator.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <future>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace {

std::atomic<std::size_t> held{0};
std::atomic<std::size_t> most_held{0};
std::atomic<std::size_t> may_be_held{~std::size_t{0}}; // No more can be had.

// The size stands before the memory, where a maximum alignment leaves room for it.
constexpr std::size_t before = alignof(std::max_align_t);

void* allocate(std::size_t size)
{
    auto* const memory = size > may_be_held - std::min(may_be_held.load(), held.load())
        ? nullptr
        : static_cast<std::byte*>(std::malloc(size + before));
    if (memory == nullptr)
        throw std::bad_alloc();
    ::new (memory) std::size_t(size);
    const auto now = held += size;
    auto most = most_held.load();
    while (now > most && !most_held.compare_exchange_weak(most, now)) {
    }
    return memory + before;
}

void release(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    auto* const start = static_cast<std::byte*>(memory) - before;
    held -= *std::launder(reinterpret_cast<std::size_t*>(start));
    std::free(start);
}

} // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace {

using namespace cosio;

constexpr std::string_view bucket = "examplebucket-1250000000";
constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t object_size = 48 * mebibyte;

/// An emulator in another process; its end of a pipe tells where it is, and closing ours ends it.
class emulator_process
{
public:
    emulator_process()
    {
        int down[2];
        int up[2];
        REQUIRE(::pipe(down) == 0);
        REQUIRE(::pipe(up) == 0);
        child_ = ::fork();
        if (child_ == 0) {
            ::close(down[1]);
            ::close(up[0]);
            const testing::emulator here;
            const auto text = here.https_endpoint() + "\n" + here.ca_pem();
            const bool told = ::write(up[1], text.data(), text.size()) ==
                static_cast<ssize_t>(text.size());
            ::close(up[1]);
            char end = 0;
            while (told && ::read(down[0], &end, 1) > 0) {
            }
            ::_exit(0);
        }
        ::close(down[0]);
        ::close(up[1]);
        ends_it_ = down[1];
        char piece[1000];
        for (ssize_t count = 0; (count = ::read(up[0], piece, sizeof piece)) > 0;)
            text_.append(piece, static_cast<std::size_t>(count));
        ::close(up[0]);
    }
    emulator_process(const emulator_process&) = delete;
    emulator_process& operator=(const emulator_process&) = delete;
    ~emulator_process()
    {
        ::close(ends_it_);
        ::waitpid(child_, nullptr, 0);
    }

    [[nodiscard]] config client_config() const
    {
        const testing::emulator_options options;
        config out;
        out.region = options.region;
        out.credentials = credentials(options.secret_id, options.secret_key);
        out.connect_to = text_.substr(0, text_.find('\n'));
        out.tls.ca_pem = text_.substr(text_.find('\n') + 1);
        return out;
    }

private:
    pid_t child_ = 0;
    int ends_it_ = -1;
    std::string text_{};
};

/// What can be computed need not be held.
struct computed_source
{
    asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto count = std::min<std::uint64_t>(buffer.size(), left);
        std::ranges::fill(buffer.first(count), static_cast<std::byte>(left % 251));
        left -= count;
        co_return static_cast<std::size_t>(count);
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return std::nullopt; }

    std::uint64_t left = object_size;
};

struct counting_sink
{
    asio::awaitable<result<void>> write(std::span<const std::byte> bytes)
    {
        taken += bytes.size();
        co_return result<void>();
    }
    std::uint64_t taken = 0;
};

/// The most that was held during `start`, beyond what was held before.
template <class Start>
std::size_t peak_of(asio::io_context& context, Start&& start)
{
    const auto already = held.load();
    most_held = already;
    auto done = start();
    context.restart();
    context.run();
    const auto outcome = done.get();
    REQUIRE_MESSAGE(outcome, (outcome ? std::string() : outcome.error().describe()));
    return most_held - already;
}

} // namespace

TEST_CASE("memory: a transfer holds its parts plus a constant, for any size")
{
    const emulator_process emulator;
    const support::temporary_directory files;
    asio::io_context context;
    const client cos(context.get_executor(), emulator.client_config());
    transfer_options options;
    options.part_size = 4 * mebibyte;
    options.parallelism = 4;
    constexpr std::size_t constant = 4 * mebibyte;
    constexpr std::size_t parts = 4 * 4 * mebibyte;

    computed_source source;
    CHECK(peak_of(context, [&] {
        return cos.upload({.bucket = bucket, .key = "k", .body = source, .options = options},
            asio::use_future);
    }) < parts + constant);

    // Files are read and written in pieces.
    const auto path = files / "target";
    CHECK(peak_of(context, [&] {
        return cos.download_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options}, asio::use_future);
    }) < constant);
    CHECK(std::filesystem::file_size(path) == object_size);
    CHECK(peak_of(context, [&] {
        return cos.upload_file(
            {.bucket = bucket, .key = "k", .path = path, .options = options}, asio::use_future);
    }) < constant);

    counting_sink sink;
    CHECK(peak_of(context, [&] {
        return cos.download_to(
            {.bucket = bucket, .key = "k", .options = options}, sink, asio::use_future);
    }) < constant);
    CHECK(sink.taken == object_size);
}

TEST_CASE("memory: an upload that gets no buffer for a part ends in order")
{
    const emulator_process emulator;
    asio::io_context context;
    const client cos(context.get_executor(), emulator.client_config());
    transfer_options options;
    options.part_size = 4 * mebibyte;
    options.parallelism = 4;
    computed_source source;
    may_be_held = held + 10 * mebibyte; // Enough for two.
    auto done = cos.upload(
        {.bucket = bucket, .key = "k", .body = source, .options = options}, asio::use_future);
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        context.run_one();
    may_be_held = ~std::size_t{0};
    const auto outcome = done.get();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::out_of_memory);
    CHECK(held < 8 * mebibyte); // No part is under way any more.
    context.run();
    auto left = asio::co_spawn(
        context, cos.list_multipart_uploads({.bucket = bucket}), asio::use_future);
    context.restart();
    context.run();
    CHECK(left.get().value().uploads.empty());
}
