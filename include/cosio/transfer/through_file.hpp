// SPDX-License-Identifier: MIT
//
// What is written to in order and cannot be replaced: a device, a pipe, an open descriptor.

#ifndef COSIO_TRANSFER_THROUGH_FILE_HPP
#define COSIO_TRANSFER_THROUGH_FILE_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/local_file.hpp>
#include <cosio/transfer/write_signals.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::transfer {

/// Why what has `mode` cannot be written to; empty when it can.
[[nodiscard]] inline std::string_view why_not_writable(mode_t mode) noexcept
{
    if (S_ISDIR(mode))
        return "is a directory";
    if (S_ISBLK(mode))
        return "is a block device";
    if (S_ISSOCK(mode))
        return "is a socket";
    return {};
}

/// The number of the descriptor of this process that `path` names, as `/dev/stdout` does; -1 when it
/// is one of them that cannot be.
[[nodiscard]] inline std::optional<int> descriptor_named(const std::string& path)
{
    const auto plain = std::filesystem::path(path).lexically_normal().native();
    if (plain == "/dev/stdout")
        return STDOUT_FILENO;
    if (plain == "/dev/stderr")
        return STDERR_FILENO;
    const auto own = "/proc/" + std::to_string(::getpid()) + "/fd/";
    for (const std::string_view folder :
        {std::string_view("/dev/fd/"), std::string_view("/proc/self/fd/"),
            std::string_view("/proc/thread-self/fd/"), std::string_view(own)})
        if (plain.starts_with(folder)) {
            const auto number =
                detail::parse_number<unsigned>(std::string_view(plain).substr(folder.size()));
            constexpr int none = -1;
            return number && *number <= unsigned{std::numeric_limits<int>::max()}
                ? static_cast<int>(*number)
                : none;
        }
    return std::nullopt;
}

/// Everything here blocks, for a twentieth of a second at most where somebody else is waited for.
class through_file
{
public:
    /// Another descriptor of what is open as `number`. Errors: the system's, and
    /// `errc::invalid_argument` for a directory or a block device.
    [[nodiscard]] static result<through_file> of_descriptor(int number, const std::string& path)
    {
        descriptor open(::fcntl(number, F_DUPFD_CLOEXEC, 3));
        struct stat status{};
        if (open.get() < 0 || ::fstat(open.get(), &status) != 0)
            return file_error("open", path);
        const auto problem = why_not_writable(status.st_mode);
        // What is open already may be a connection.
        if (!problem.empty() && !S_ISSOCK(status.st_mode))
            return refused(path, problem);
        const int flags = ::fcntl(open.get(), F_GETFL);
        if ((flags & O_ACCMODE) == O_RDONLY) {
            errno = EBADF;
            return file_error("write to", path);
        }
        const bool may_block = (flags & O_NONBLOCK) == 0 && !S_ISREG(status.st_mode);
        return through_file(std::move(open), path, may_block);
    }

    /// A device or a named pipe. Nothing as long as nobody has opened the pipe for reading.
    /// Errors: the system's, and `errc::invalid_argument` for what cannot be written to.
    [[nodiscard]] static result<std::optional<through_file>> open(const std::string& path)
    {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0)
            return file_error("look at", path);
        if (const auto problem = why_not_writable(status.st_mode); !problem.empty())
            return refused(path, problem);
        descriptor open(
            ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (open.get() < 0 && errno == ENXIO && S_ISFIFO(status.st_mode))
            return std::optional<through_file>();
        if (open.get() < 0)
            return file_error("open", path);
        if (::fstat(open.get(), &status) != 0)
            return file_error("look at", path);
        if (!S_ISCHR(status.st_mode) && !S_ISFIFO(status.st_mode))
            return refused(path, "was replaced by another file");
        return std::optional<through_file>(through_file(std::move(open), path, false));
    }

    /// How many of `bytes` were written: none when it takes nothing at the moment.
    [[nodiscard]] result<std::size_t> write_some(std::span<const std::byte> bytes) const
    {
        constexpr int patience = 50; // In milliseconds.
        struct pollfd ready{descriptor_.get(), POLLOUT, 0};
        const int count = ::poll(&ready, 1, patience);
        if (count < 0 && errno != EINTR)
            return file_error("wait for", path_);
        if (count <= 0)
            return std::size_t{0};
        // This much a pipe takes without waiting when it is ready at all.
        const auto size = may_block_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
        const auto put = [&] {
            const write_signals_blocked guard;
            return ::write(descriptor_.get(), bytes.data(), size);
        }();
        if (put < 0 && (errno == EINTR || errno == EAGAIN))
            return std::size_t{0};
        if (put < 0)
            return file_error("write", path_);
        return static_cast<std::size_t>(put);
    }

private:
    through_file(descriptor open, std::string path, bool may_block) noexcept
        : descriptor_(std::move(open)), path_(std::move(path)), may_block_(may_block)
    {}

    [[nodiscard]] static error refused(const std::string& path, std::string_view why)
    {
        return error(
            errc::invalid_argument, std::string("'").append(path).append("' ").append(why), "path");
    }

    descriptor descriptor_;
    std::string path_;
    bool may_block_;
};

} // namespace cosio::inline v0::transfer

#endif
