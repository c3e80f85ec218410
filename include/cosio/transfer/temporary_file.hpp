// SPDX-License-Identifier: MIT
//
// Temporary files: made under a name that nobody has, locked as long as their run lives, and
// collected when it is dead. Everything here blocks.

#ifndef COSIO_TRANSFER_TEMPORARY_FILE_HPP
#define COSIO_TRANSFER_TEMPORARY_FILE_HPP

#include <cosio/result.hpp>
#include <cosio/transfer/local_file.hpp>
#include <cosio/transfer/temporary_name.hpp>

#include <dirent.h>
#include <sys/stat.h>
#if defined(__linux__)
#include <sys/vfs.h>
#endif
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace cosio::inline v0::transfer {

/// A new file that is locked, and its name.
struct temporary_file
{
    std::string name;
    local_file file;
    std::uint64_t inode;
};

/// `permissions` are the most it has, less what the umask takes. Errors of it name its target.
/// Errors: the system's, `errc::crypto_unavailable`.
[[nodiscard]] inline result<temporary_file> make_temporary(const local_directory& in,
    std::string_view target, const std::optional<std::string>& checkpoint, std::string_view ending,
    mode_t permissions)
{
    constexpr int most_attempts = 16;
    for (int attempt = 1;; ++attempt) {
        const auto name = temporary_name::make(target, checkpoint, ending);
        if (!name)
            return name.error();
        auto made = in.create(name->text(), permissions);
        if (!made && made.error().code == std::errc::file_exists && attempt != most_attempts)
            continue;
        if (!made)
            return error(made.error().code,
                "cannot create a temporary file for '" + in.path_of(std::string(target)) + "': " +
                    made.error().code.message(),
                "path");
        made->show_as(in.path_of(std::string(target)));
        const auto lock = made->lock();
        const auto identity = made->identity();
        if (!identity) {
            in.remove(name->text());
            return identity.error();
        }
        // Before it was locked it may have been taken for one of a dead run, and removed.
        const bool is_ours =
            lock != lock_outcome::held_by_another && in.names(name->text(), identity->inode);
        if (!is_ours && attempt != most_attempts) {
            in.remove(name->text(), identity->inode);
            continue;
        }
        return temporary_file{name->text(), std::move(*made), identity->inode};
    }
}

/// Locks what an earlier run has left; waits a moment for one that is just dying. False: another run
/// is at work on it. True too where the file system knows no locks.
[[nodiscard]] inline bool take_over(const local_file& file)
{
    constexpr int attempts = 15;
    for (int attempt = 0; attempt != attempts; ++attempt) {
        if (file.lock() != lock_outcome::held_by_another)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

/// Which temporary files of dead runs nobody can go on with.
struct leftover_rule
{
    /// See `temporary_name::field_of`; nothing: of any target.
    std::optional<std::string> target{};
    /// Of the checkpoint of this run, see `temporary_name::checkpoint`. What another checkpoint may
    /// refer to stays.
    std::optional<std::string> checkpoint{};
    /// The one that the checkpoint of this run refers to: it stays.
    std::string referred{};

    /// Pure. An empty file is of no use to whoever refers to it.
    [[nodiscard]] bool applies_to(
        const temporary_name& one, std::string_view text, bool is_empty) const
    {
        if (text == referred || (target && one.target != *target))
            return false;
        return !one.checkpoint || one.checkpoint == checkpoint || is_empty;
    }
};

/// Whether another machine may be at work in `in` whose locks are not seen here.
[[nodiscard]] inline bool is_shared([[maybe_unused]] const local_directory& in)
{
#if defined(__linux__)
    // Of NFS, SMB (three), FUSE, Lustre, Ceph, 9P, AFS (two), GFS2 and OCFS2. Source: statfs(2), and
    // include/uapi/linux/magic.h.
    constexpr std::uint32_t shared[] = {0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546,
        0x0bd00bd0, 0x00c36400, 0x01021997, 0x5346414f, 0x6b414653, 0x01161970, 0x7461636f};
    struct statfs system{};
    return ::fstatfs(in.native_handle(), &system) != 0 ||
        std::ranges::find(shared, static_cast<std::uint32_t>(system.f_type)) != std::end(shared);
#else
    return false;
#endif
}

/// Removes what dead runs have left in `in`: regular files of this user, with names of ours, that no
/// run has locked; on a file system of several machines, nobody has touched for a day. Looks at the
/// first 65,536 names; what cannot be removed stays.
inline void collect_leftovers(const local_directory& in, const leftover_rule& rule)
{
    constexpr std::size_t most_names = 65'536;
    auto own = in.enter_itself();
    if (!own)
        return;
    const std::unique_ptr<DIR, int (*)(DIR*)> names(::fdopendir(own->native_handle()), ::closedir);
    if (names == nullptr)
        return;
    own->release(); // `closedir` closes it.
    std::optional<bool> shared; // Asked when there is something to remove.
    for (std::size_t count = 0; count != most_names; ++count) {
        const auto* const entry = ::readdir(names.get());
        if (entry == nullptr)
            break;
        const auto parsed = temporary_name::parse(entry->d_name);
        if (!parsed)
            continue;
        const std::string text = entry->d_name;
        if (!rule.applies_to(*parsed, text, true))
            continue;
        const auto status = in.status_of(text);
        if (!status || !*status || !S_ISREG((*status)->st_mode) || (*status)->st_nlink != 1 ||
            (*status)->st_uid != ::geteuid())
            continue;
        if (!shared)
            shared = is_shared(in);
        constexpr std::time_t a_day = 24 * 60 * 60;
        if (*shared && ::time(nullptr) - (*status)->st_ctime < a_day)
            continue;
        const auto file = in.reopen(text);
        if (!file || file->lock() != lock_outcome::locked)
            continue;
        const auto now = file->identity();
        if (now && now->inode == (*status)->st_ino &&
            rule.applies_to(*parsed, text, now->size == 0))
            in.remove(text, now->inode);
    }
}

} // namespace cosio::inline v0::transfer

#endif
