// SPDX-License-Identifier: MIT
//
// What a path leads to: a file that can be replaced as a whole, or something that cannot.

#ifndef COSIO_TRANSFER_DOWNLOAD_TARGET_HPP
#define COSIO_TRANSFER_DOWNLOAD_TARGET_HPP

#include <cosio/result.hpp>
#include <cosio/transfer/local_file.hpp>
#include <cosio/transfer/through_file.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::transfer {

/// Where the bytes for a path go.
struct download_target
{
    /// With all symbolic links followed: of a regular file, of one to be, or of a device or pipe.
    std::string path{};
    bool is_replaced = true; ///< As a whole, by another file; else it is written to.
    std::optional<int> descriptor{}; ///< Of this process, if the path names one.
};

/// Whether another user may have put this where everybody may: the kernel's `protected_symlinks` and
/// `protected_fifos` do not look at links that we follow ourselves.
[[nodiscard]] inline bool is_planted(const std::string& path, const struct stat& one)
{
    struct stat place{};
    const auto directory = split_path(path).directory;
    return ::stat(directory.empty() ? "." : directory.c_str(), &place) == 0 &&
        (place.st_mode & S_ISVTX) != 0 && (place.st_mode & S_IWOTH) != 0 &&
        one.st_uid != ::geteuid() && one.st_uid != place.st_uid;
}

namespace target_search {

[[nodiscard]] inline result<std::string> content_of_link(const std::string& path)
{
    std::array<char, PATH_MAX> text{};
    const auto size = ::readlink(path.c_str(), text.data(), text.size());
    if (size < 0)
        return file_error("follow", path);
    return std::string(text.data(), static_cast<std::size_t>(size));
}

[[nodiscard]] inline error refused(const std::string& path, std::string_view why)
{
    return error(
        errc::invalid_argument, std::string("'").append(path).append("' ").append(why), "path");
}

} // namespace target_search

/// Follows the links that `path` leads through, also to a file that is not there yet. Blocks.
/// Errors: the system's, and `errc::invalid_argument` for what can be neither replaced nor written
/// to: a directory, a socket, a block device, or a link or pipe that another user has put where
/// everybody may.
[[nodiscard]] inline result<download_target> find_download_target(const std::string& path)
{
    using target_search::refused;
    struct stat whole{}; // What the system finds.
    const bool is_there = ::stat(path.c_str(), &whole) == 0;
    auto at = path;
    constexpr int most_links = 40; // As the kernel has it.
    for (int links = 0; links <= most_links; ++links) {
        if (const auto number = descriptor_named(at))
            return download_target{at, false, number};
        struct stat here{};
        const bool found = ::lstat(at.c_str(), &here) == 0;
        if (found && !S_ISREG(here.st_mode) && is_planted(at, here))
            return refused(path,
                "is of another user, in a directory that everybody may write to");
        if (found && S_ISLNK(here.st_mode) && split_path(at).names_a_file()) {
            auto next = target_search::content_of_link(at);
            if (!next)
                return std::move(next).error();
            const auto directory = at.substr(0, at.rfind('/') + 1);
            at = next->starts_with('/') ? std::move(*next) : directory + *next;
            continue;
        }
        if (is_there && !S_ISREG(whole.st_mode)) {
            const auto problem = why_not_writable(whole.st_mode);
            if (!problem.empty())
                return refused(path, problem);
            return download_target{path, false, {}};
        }
        if (!found && (errno != ENOENT || is_there))
            return file_error("look at", at);
        if (!split_path(at).names_a_file())
            return refused(path, "must name a file");
        // Links of /proc do not always say where they lead.
        if (found != is_there ||
            (found && (here.st_ino != whole.st_ino || here.st_dev != whole.st_dev)))
            return refused(path, "leads to a file without a name, or was replaced just now");
        return download_target{std::move(at), true, {}};
    }
    errno = ELOOP;
    return file_error("follow", path);
}

} // namespace cosio::inline v0::transfer

#endif
