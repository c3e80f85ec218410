#include "standard_streams.hpp"

#include <cosio/transfer/file_executor.hpp>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace cli {

namespace {

cosio::error system_error(const char* what)
{
    return cosio::error(std::error_code(errno, std::system_category()), what);
}

bool is_regular(int descriptor)
{
    struct stat state = {};
    return ::fstat(descriptor, &state) == 0 && S_ISREG(state.st_mode);
}

/// Of a standard stream that cannot be used in this way, `cannot`, or was never open.
cosio::error stream_error(const std::string& stream, const char* cannot)
{
    if (errno == EBADF)
        return cosio::error(std::error_code(EBADF, std::system_category()), stream + " is closed");
    return system_error((stream + cannot).c_str());
}

/// How many bytes standard input still has; nothing when it does not keep to a size.
std::optional<std::uint64_t> left_of(const cosio::transfer::source_file& file)
{
    const auto here = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
    if (here < 0 || file.kind() != cosio::transfer::source_kind::sized)
        return std::nullopt;
    const auto all = file.state().identity.size;
    const auto before = static_cast<std::uint64_t>(here);
    return all > before ? all - before : 0;
}

std::optional<std::uint64_t> size_of_standard_input()
{
    if (!is_regular(STDIN_FILENO))
        return std::nullopt;
    auto file = cosio::transfer::source_file::of(STDIN_FILENO, "standard input");
    return file && file->look() ? left_of(*file) : std::nullopt;
}

/// For `poll`; -1: for ever.
int milliseconds_until(const wait_end& end)
{
    using std::chrono::milliseconds;
    if (!end)
        return -1;
    const auto left = std::chrono::ceil<milliseconds>(*end - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(60'000)).count());
}

/// Until `descriptor` is ready, or the other hangs up or `end` comes: `errc::cancelled`.
cosio::result<void> wait_until_ready(int descriptor, short event, int hang_up, const wait_end& end)
{
    struct pollfd waiting[2] = {{descriptor, event, 0}, {hang_up, 0, 0}};
    for (;;) {
        const int ready = ::poll(waiting, 2, milliseconds_until(end));
        if (ready < 0 && errno != EINTR)
            return system_error("cannot wait");
        if (ready > 0)
            break;
        if (end && std::chrono::steady_clock::now() >= *end)
            return cosio::error(cosio::errc::cancelled);
    }
    if (waiting[1].revents != 0)
        return cosio::error(cosio::errc::cancelled);
    return {};
}

/// A little behind the limit, so that the transfer has told of it first.
wait_end end_after(std::optional<std::chrono::seconds> limit)
{
    if (!limit)
        return std::nullopt;
    return std::chrono::steady_clock::now() + *limit + std::chrono::milliseconds(200);
}

} // namespace

standard_input::standard_input(int hang_up, std::optional<std::chrono::seconds> limit)
    : hang_up_(hang_up), end_(end_after(limit)), size_(size_of_standard_input())
{}

asio::awaitable<cosio::result<std::size_t>> standard_input::read(std::span<std::byte> buffer)
{
    auto work = [&] { return read_some(buffer); };
    auto got = co_await cosio::transfer::on_file_thread(thread_.get_executor(), work);
    co_return got;
}

cosio::result<std::size_t> standard_input::read_some(std::span<std::byte> buffer)
{
    if (auto begun = begin(); !begun)
        return std::move(begun).error();
    for (;;) {
        if (auto ready = wait_until_ready(STDIN_FILENO, POLLIN, hang_up_, end_); !ready)
            return std::move(ready).error();
        const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return stream_error("standard input", " cannot be read");
        if (got == 0 && file_)
            if (auto same = file_->content().check_unchanged(file_->state()); !same)
                return std::move(same).error();
        return static_cast<std::size_t>(got);
    }
}

cosio::result<void> standard_input::begin()
{
    if (std::exchange(begun_, true) || !is_regular(STDIN_FILENO))
        return {};
    auto opened = cosio::transfer::source_file::of(STDIN_FILENO, "standard input");
    if (!opened)
        return std::move(opened).error();
    // Until no change of it can have the time that it has.
    constexpr int most_looks = 20;
    for (int looks = 0; looks != most_looks; ++looks) {
        const auto before = opened->state();
        if (auto looked = opened->look(); !looked)
            return looked;
        const auto wait = opened->time_until_settled();
        if (opened->kind() != cosio::transfer::source_kind::sized && !size_)
            return {};
        if (wait == wait.zero() || (looks != 0 && opened->state() == before)) {
            if (size_ && left_of(*opened) != size_)
                break; // The size that was stated for the object is that of before.
            file_ = std::move(*opened);
            return {};
        }
        std::this_thread::sleep_for(wait);
    }
    return opened->content().changed_error();
}

standard_output::standard_output(int hang_up, std::optional<std::chrono::seconds> limit)
    : hang_up_(hang_up), end_(end_after(limit)), may_block_(!is_regular(STDOUT_FILENO))
{}

asio::awaitable<cosio::result<void>> standard_output::write(std::span<const std::byte> bytes)
{
    auto work = [&] { return write_all(bytes); };
    auto done = co_await cosio::transfer::on_file_thread(thread_.get_executor(), work);
    co_return done;
}

cosio::result<void> standard_output::write_all(std::span<const std::byte> bytes) const
{
    while (!bytes.empty()) {
        if (auto ready = wait_until_ready(STDOUT_FILENO, POLLOUT, hang_up_, end_); !ready)
            return ready;
        // This much a pipe takes without waiting when it is ready at all.
        const auto size = may_block_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
        const auto put = ::write(STDOUT_FILENO, bytes.data(), size);
        if (put < 0 && errno != EINTR && errno != EAGAIN)
            return stream_error("standard output", " cannot be written");
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(put, 0)));
    }
    return {};
}

} // namespace cli
