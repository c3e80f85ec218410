// SPDX-License-Identifier: MIT
//
// A file that is to be uploaded: one that states its size and keeps to it, or a stream that is read
// until it ends. Everything here blocks, see `file_executor`.

#ifndef COSIO_TRANSFER_SOURCE_FILE_HPP
#define COSIO_TRANSFER_SOURCE_FILE_HPP

#include <cosio/result.hpp>
#include <cosio/transfer/local_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace cosio::inline v0::transfer {

/// How a file is read.
enum class source_kind {
    /// A regular file, which has as many bytes as it states: in any order, and again.
    sized,
    /// A regular file that states another size than it has, as those of /proc and /sys do.
    unsized,
    /// A pipe or a device: bytes come when they come, and once.
    stream,
};

/// For how long a later change of a file might have the same time as its last one: clocks of file
/// systems advance in steps. Kernels step at least a hundred times a second; a time in whole
/// seconds is taken for that of a file system which knows no others, of which FAT has two at once.
[[nodiscard]] constexpr std::chrono::nanoseconds clock_step_of(std::uint64_t changed) noexcept
{
    using namespace std::chrono_literals;
    return changed % std::uint64_t{1'000'000'000} == 0 ? std::chrono::nanoseconds(2s) : 20ms;
}

/// How long to wait until every change of a file, which was changed last at `changed`, will have
/// another time than that. `now`: nanoseconds since the epoch. Pure.
///
/// A file that was changed in the future is of another clock: one step is waited for then.
[[nodiscard]] constexpr std::chrono::nanoseconds time_until_settled(
    std::uint64_t changed, std::uint64_t now) noexcept
{
    const auto step = static_cast<std::uint64_t>(clock_step_of(changed).count());
    if (now >= changed && now - changed >= step)
        return {};
    const auto left = now >= changed ? step - (now - changed) : step;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(left));
}

/// Whether the file ends where it says: reads its last byte and beyond.
[[nodiscard]] inline result<bool> ends_at(const local_file& file, std::uint64_t size)
{
    std::array<std::byte, 2> bytes{};
    const std::size_t before = size == 0 ? 0 : 1;
    const auto got = file.read_at(size - before, std::span(bytes).first(before + 1));
    return got ? result<bool>(*got == before) : got.error();
}

/// A file as it was opened, or looked at again.
class source_file
{
public:
    /// Does not wait for the other end of a pipe.
    /// Errors: the system's, and `errc::invalid_argument` for a directory.
    [[nodiscard]] static result<source_file> open(const std::string& path)
    {
        return of(
            descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), path);
    }

    /// Another descriptor of what is open as `number`. Errors: as of `open`.
    [[nodiscard]] static result<source_file> of(int number, const std::string& name)
    {
        return of(descriptor(::fcntl(number, F_DUPFD_CLOEXEC, 3)), name);
    }

    source_file() = default;

    /// Looks at the file: its state, and what of it can be relied on.
    /// Errors: the system's, and `errc::file_changed`.
    [[nodiscard]] result<void> look()
    {
        if (kind_ == source_kind::stream)
            return {};
        constexpr int most_looks = 8; // At one that is written to all the time.
        for (int looks = 0; looks != most_looks; ++looks) {
            const auto now = file_.state();
            if (!now)
                return now.error();
            state_ = *now;
            const auto keeps_to_it = ends_at(file_, state_.identity.size);
            if (!keeps_to_it)
                return keeps_to_it.error();
            kind_ = *keeps_to_it ? source_kind::sized : source_kind::unsized;
            if (*keeps_to_it)
                return {};
            // It may have been written to just now.
            const auto again = file_.state();
            if (!again)
                return again.error();
            if (*again == state_)
                return {};
        }
        return file_.changed_error();
    }

    [[nodiscard]] const local_file& content() const noexcept { return file_; }
    [[nodiscard]] source_kind kind() const noexcept { return kind_; }
    /// When it was looked at last, unless it is a stream.
    [[nodiscard]] const file_state& state() const noexcept { return state_; }

    [[nodiscard]] std::chrono::nanoseconds time_until_settled() const
    {
        if (kind_ != source_kind::sized)
            return {};
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
        return transfer::time_until_settled(
            state_.changed, static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)));
    }

private:
    [[nodiscard]] static result<source_file> of(descriptor opened, const std::string& path)
    {
        if (opened.get() < 0)
            return file_error("open", path);
        struct stat status{};
        if (::fstat(opened.get(), &status) != 0)
            return file_error("look at", path);
        if (S_ISDIR(status.st_mode))
            return error(errc::invalid_argument, "'" + path + "' is a directory", "path");
        return source_file(local_file(std::move(opened), path), S_ISREG(status.st_mode));
    }

    source_file(local_file file, bool regular) noexcept
        : file_(std::move(file)), kind_(regular ? source_kind::sized : source_kind::stream)
    {}

    local_file file_{};
    source_kind kind_ = source_kind::sized;
    file_state state_{};
};

} // namespace cosio::inline v0::transfer

#endif
