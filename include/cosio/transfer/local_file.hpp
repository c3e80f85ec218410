// SPDX-License-Identifier: MIT
//
// Files and directories of the operating system (POSIX). Everything here may block: it is called on
// the executor for files, see `file_executor`.

#ifndef COSIO_TRANSFER_LOCAL_FILE_HPP
#define COSIO_TRANSFER_LOCAL_FILE_HPP

#include <cosio/result.hpp>
#include <cosio/transfer/checkpoint.hpp>
#include <cosio/transfer/write_signals.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__)
#    include <sys/xattr.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace cosio::inline v0::transfer {

/// What the last call of the system failed with, in the generic category.
[[nodiscard]] inline error file_error(std::string_view what, std::string_view path)
{
    const std::error_code code(errno, std::generic_category());
    return error(code,
        std::string("cannot ").append(what).append(" '").append(path).append("': ") +
            code.message(),
        "path");
}

/// A descriptor that is closed when it goes.
class descriptor
{
public:
    descriptor() = default;
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor()
    {
        if (number_ >= 0)
            ::close(number_);
    }

    [[nodiscard]] int get() const noexcept { return number_; }
    /// Somebody else closes it.
    void release() noexcept { number_ = -1; }

private:
    int number_ = -1;
};

/// Who may do what with a file. Access control lists beyond that are not looked at.
struct file_access
{
    mode_t mode = 0; ///< To read, write and run it; not what makes it run as somebody else.
    gid_t group = 0;
    std::optional<uid_t> owner{}; ///< Nothing: whoever made the file.
    std::string acl{};            ///< Its access control list as Linux has it; empty without one.

    /// The group may do no more than everybody from now on.
    void restrict_group() noexcept
    {
        constexpr mode_t of_everybody = 07;
        constexpr mode_t of_group = 070;
        mode &= ~of_group | (mode & of_everybody) << 3;
    }
};

#if defined(__linux__)
/// The attribute that holds a file's access control list (acl(5)).
inline constexpr const char* acl_attribute = "system.posix_acl_access";
#endif

/// Tells one state of an open file from another. Whoever writes to a file may put its time of
/// modification back, but not that of its last change.
struct file_state
{
    file_identity identity{};
    std::uint64_t device = 0;
    /// Nanoseconds since the epoch: when its bytes, its permissions, names or attributes changed.
    std::uint64_t changed = 0;

    /// Whether this is `other` but for the time of its last change: permissions or names may have
    /// changed, or it was written to and its time of modification put back.
    [[nodiscard]] bool differs_in_change_alone(const file_state& other) const noexcept
    {
        return identity == other.identity && device == other.device && changed != other.changed;
    }

    friend bool operator==(const file_state&, const file_state&) = default;
};

enum class lock_outcome {
    locked,
    held_by_another,
    /// The file system knows no locks, or has none left.
    unavailable
};

/// An open file. Reading and writing at positions is safe from several threads.
class local_file
{
public:
    local_file() = default;
    local_file(descriptor open, std::string path) noexcept
        : descriptor_(std::move(open)), path_(std::move(path))
    {}

    /// Errors: the system's, and `errc::invalid_argument` for what is not a regular file.
    [[nodiscard]] static result<local_file> open_for_reading(
        const std::string& path, int access = O_RDONLY)
    {
        // Without O_NONBLOCK a pipe nobody writes to would hold the thread for ever.
        descriptor open(::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK));
        if (open.get() < 0)
            return file_error("open", path);
        struct stat status{};
        if (::fstat(open.get(), &status) != 0)
            return file_error("look at", path);
        if (!S_ISREG(status.st_mode))
            return error(errc::invalid_argument, "'" + path + "' is not a regular file", "path");
        return local_file(std::move(open), path);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Errors name it `path` from now on, whatever its name is.
    void show_as(std::string path) noexcept { path_ = std::move(path); }

    [[nodiscard]] int native_handle() const noexcept { return descriptor_.get(); }

    [[nodiscard]] result<file_state> state() const
    {
        struct stat status{};
        if (::fstat(descriptor_.get(), &status) != 0)
            return file_error("look at", path_);
        return file_state{{static_cast<std::uint64_t>(status.st_size),
                              nanoseconds(status.st_mtim), status.st_ino},
            static_cast<std::uint64_t>(status.st_dev), nanoseconds(status.st_ctim)};
    }

    [[nodiscard]] result<file_identity> identity() const
    {
        const auto now = state();
        return now ? result<file_identity>(now->identity) : now.error();
    }

    /// Errors: `errc::file_changed` when it is not as it was `before`, and the system's.
    [[nodiscard]] result<void> check_unchanged(const file_state& before) const
    {
        const auto now = state();
        if (!now)
            return now.error();
        if (*now != before)
            return changed_error();
        return {};
    }

    /// Of a file that is not as it was.
    [[nodiscard]] error changed_error() const
    {
        return error(
            errc::file_changed, "'" + path_ + "' was changed while it was read", "path");
    }

    /// How many bytes were read: fewer than there is room for only at the end of the file.
    [[nodiscard]] result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> to) const
    {
        std::size_t done = 0;
        while (done != to.size()) {
            const auto count = ::pread(descriptor_.get(), to.data() + done, to.size() - done,
                static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return file_error("read", path_);
            if (count == 0)
                break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    /// All of `from`, or an error, also where a signal would come with it.
    [[nodiscard]] result<void> write_at(std::uint64_t offset, std::span<const std::byte> from) const
    {
        while (!from.empty()) {
            const auto count = [&] {
                const write_signals_blocked guard;
                return ::pwrite(
                    descriptor_.get(), from.data(), from.size(), static_cast<off_t>(offset));
            }();
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return file_error("write", path_);
            offset += static_cast<std::uint64_t>(count);
            from = from.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }

    /// What was written is on the disk when this returns.
    [[nodiscard]] result<void> sync() const
    {
        if (::fsync(descriptor_.get()) != 0)
            return file_error("flush", path_);
        return {};
    }

    /// Keeps the file from all others that lock it, until it is closed or the process has ended; a
    /// child that was forked meanwhile has it as well. Does not wait.
    [[nodiscard]] lock_outcome lock() const noexcept
    {
        if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0)
            return lock_outcome::locked;
        return errno == EWOULDBLOCK ? lock_outcome::held_by_another : lock_outcome::unavailable;
    }

    /// Whether the path that it was opened by does not lead to it any more.
    [[nodiscard]] bool was_replaced() const noexcept
    {
        struct stat here{};
        struct stat there{};
        return ::fstat(descriptor_.get(), &here) == 0 &&
            (::stat(path_.c_str(), &there) != 0 || there.st_ino != here.st_ino ||
                there.st_dev != here.st_dev);
    }

    /// A group that cannot be given the file may not do more than everybody: the group the file has
    /// is another one.
    [[nodiscard]] result<void> set_access(file_access to) const
    {
        constexpr mode_t all = 07777;
        struct stat status{};
        if (::fstat(descriptor_.get(), &status) != 0)
            return file_error("look at", path_);
        // Few may give files away. For all others the file is theirs then.
        if (to.owner && status.st_uid != *to.owner)
            static_cast<void>(
                !::fchown(descriptor_.get(), *to.owner, static_cast<gid_t>(-1)));
        if (status.st_gid != to.group &&
            ::fchown(descriptor_.get(), static_cast<uid_t>(-1), to.group) != 0)
            to.restrict_group();
        set_acl(to);
        if (::fstat(descriptor_.get(), &status) != 0)
            return file_error("look at", path_);
        // Some file systems have permissions that cannot be changed.
        if ((status.st_mode & all) != to.mode && ::fchmod(descriptor_.get(), to.mode) != 0)
            return file_error("set the permissions of", path_);
        return {};
    }

private:
    /// With a list, the bits of the group are the most that anybody in the list may do, and not
    /// what the group may. A list that the directory has given to the file goes.
    void set_acl(file_access& to) const
    {
#if defined(__linux__)
        if (to.acl.empty())
            static_cast<void>(!::fremovexattr(descriptor_.get(), acl_attribute));
        else if (::fsetxattr(descriptor_.get(), acl_attribute, to.acl.data(), to.acl.size(), 0) != 0)
            to.restrict_group();
#else
        static_cast<void>(to);
#endif
    }

    [[nodiscard]] static std::uint64_t nanoseconds(const timespec& time) noexcept
    {
        constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;
        return static_cast<std::uint64_t>(time.tv_sec) * nanoseconds_per_second +
            static_cast<std::uint64_t>(time.tv_nsec);
    }

    descriptor descriptor_{};
    std::string path_{};
};

/// An open directory; names are looked up in it, whatever happens to its path meanwhile.
class local_directory
{
public:
    /// Follows symbolic links: `path` is the caller's. An empty one is the current directory.
    [[nodiscard]] static result<local_directory> open(const std::string& path)
    {
        const std::string where = path.empty() ? "." : path;
        descriptor open(::open(where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (open.get() < 0)
            return file_error("open directory", where);
        return local_directory(std::move(open), where);
    }

    /// Another handle of this directory.
    [[nodiscard]] result<local_directory> enter_itself() const
    {
        descriptor open(::openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (open.get() < 0)
            return file_error("open directory", path_);
        return local_directory(std::move(open), path_);
    }

    /// The directory `name` in this one, which is made if it is not there. Follows no symbolic
    /// link.
    [[nodiscard]] result<local_directory> enter(const std::string& name) const
    {
        if (::mkdirat(descriptor_.get(), name.c_str(), 0777) != 0 && errno != EEXIST)
            return file_error("make directory", path_of(name));
        descriptor open(::openat(descriptor_.get(), name.c_str(),
            O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
        if (open.get() < 0)
            return file_error("open directory", path_of(name));
        return local_directory(std::move(open), path_of(name));
    }

    /// A new, empty file for reading and writing; fails when there is one of that name.
    /// `permissions` are the most it has, less what the umask of the process takes.
    [[nodiscard]] result<local_file> create(
        const std::string& name, mode_t permissions = everyone) const
    {
        return open_file(name, O_CREAT | O_EXCL, "create", permissions);
    }

    /// A file that is there, for reading and writing.
    [[nodiscard]] result<local_file> reopen(const std::string& name) const
    {
        return open_file(name, 0, "open");
    }

    /// Of the regular file `name`; nothing when there is none.
    [[nodiscard]] std::optional<file_access> access_of(const std::string& name) const
    {
        constexpr mode_t all = 0777;
        struct stat status{};
        if (::fstatat(descriptor_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode))
            return std::nullopt;
        return file_access{status.st_mode & all, status.st_gid, status.st_uid, acl_of(name)};
    }

    /// What has that name, links not followed; nothing when nothing has. Errors: the system's.
    [[nodiscard]] result<std::optional<struct stat>> status_of(const std::string& name) const
    {
        struct stat status{};
        if (::fstatat(descriptor_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
            return std::optional<struct stat>(status);
        if (errno == ENOENT)
            return std::optional<struct stat>();
        return file_error("look at", path_of(name));
    }

    /// Whether that name is of the regular file with this inode.
    [[nodiscard]] bool names(const std::string& name, std::uint64_t inode) const
    {
        const auto found = status_of(name);
        return found && *found && S_ISREG((*found)->st_mode) && (*found)->st_ino == inode;
    }

    /// Whether `name` can be made, or replaced by another file, in this directory by this process.
    /// Errors: the system's, and `errc::invalid_argument` for what is not a regular file.
    [[nodiscard]] result<void> check_replaceable(const std::string& name) const
    {
        if (::faccessat(descriptor_.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
            return file_error("make files in", path_);
        const auto found = status_of(name);
        if (!found)
            return found.error();
        if (!*found)
            return {};
        const auto& status = **found;
        if (!S_ISREG(status.st_mode))
            return error(errc::invalid_argument,
                "'" + path_of(name) + "' is there and no regular file", "path");
        if (const auto why = why_it_stays(name); !why.empty())
            return error(
                errc::invalid_argument, "'" + path_of(name) + "' " + std::string(why), "path");
        // Who may not write to a file should not replace it either.
        if (::faccessat(descriptor_.get(), name.c_str(), W_OK, AT_EACCESS) != 0)
            return file_error("replace", path_of(name));
        struct stat here{};
        if (::fstat(descriptor_.get(), &here) != 0)
            return file_error("look at", path_);
        const auto user = ::geteuid();
        if ((here.st_mode & S_ISVTX) != 0 && user != 0 && here.st_uid != user &&
            status.st_uid != user) {
            errno = EPERM;
            return file_error("replace", path_of(name));
        }
        return {};
    }

    /// `from` takes the place of `to` at once; for good after `sync`.
    [[nodiscard]] result<void> rename(const std::string& from, const std::string& to) const
    {
        if (::renameat(descriptor_.get(), from.c_str(), descriptor_.get(), to.c_str()) != 0)
            return file_error("rename '" + path_of(from) + "' to", path_of(to));
        return {};
    }

    /// The names in it are on the disk when this returns, where the file system can do that.
    [[nodiscard]] result<void> sync() const
    {
        if (::fsync(descriptor_.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
            return file_error("flush directory", path_);
        return {};
    }

    void remove(const std::string& name) const noexcept
    {
        ::unlinkat(descriptor_.get(), name.c_str(), 0);
    }

    /// When it is the name of the regular file with this inode.
    void remove(const std::string& name, std::uint64_t inode) const
    {
        if (names(name, inode))
            remove(name);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string path_of(const std::string& name) const
    {
        return path_.ends_with('/') ? path_ + name : path_ + "/" + name;
    }

    [[nodiscard]] int native_handle() const noexcept { return descriptor_.get(); }
    /// Somebody else closes the descriptor.
    void release() noexcept { descriptor_.release(); }

private:
    /// Why a file keeps its name whatever its permissions say; empty when it need not.
    [[nodiscard]] std::string_view why_it_stays(const std::string& name) const noexcept
    {
#if defined(STATX_ATTR_MOUNT_ROOT)
        struct statx status{};
        if (::statx(descriptor_.get(), name.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0)
            return {};
        if ((status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
            return "is mounted there, and cannot be replaced";
        if ((status.stx_attributes & (STATX_ATTR_APPEND | STATX_ATTR_IMMUTABLE)) != 0)
            return "may only be added to, or not be changed (chattr), and cannot be replaced";
#else
        static_cast<void>(name);
#endif
        return {};
    }

    [[nodiscard]] std::string acl_of(const std::string& name) const
    {
        std::string acl;
#if defined(__linux__)
        // There is no call for a name in an open directory.
        const auto path = "/proc/self/fd/" + std::to_string(descriptor_.get()) + "/" + name;
        const auto size = ::lgetxattr(path.c_str(), acl_attribute, nullptr, 0);
        if (size <= 0)
            return acl;
        acl.resize(static_cast<std::size_t>(size));
        const auto got = ::lgetxattr(path.c_str(), acl_attribute, acl.data(), acl.size());
        acl.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
#else
        static_cast<void>(name);
#endif
        return acl;
    }

    static constexpr mode_t everyone = 0666; // May read and write, if the umask lets them.

    local_directory(descriptor open, std::string path) noexcept
        : descriptor_(std::move(open)), path_(std::move(path))
    {}

    [[nodiscard]] result<local_file> open_file(const std::string& name, int flags,
        std::string_view what, mode_t permissions = everyone) const
    {
        descriptor open(::openat(descriptor_.get(), name.c_str(),
            O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, permissions));
        if (open.get() < 0)
            return file_error(what, path_of(name));
        return local_file(std::move(open), path_of(name));
    }

    descriptor descriptor_;
    std::string path_;
};

/// A path as the directory that holds it and its last component.
struct split_path
{
    std::string directory;
    std::string name;

    explicit split_path(std::string_view path)
    {
        const auto slash = path.rfind('/');
        name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
        if (slash != std::string_view::npos)
            directory = path.substr(0, std::max<std::size_t>(slash, 1));
    }

    [[nodiscard]] bool names_a_file() const noexcept
    {
        return !name.empty() && name != "." && name != "..";
    }
};

} // namespace cosio::inline v0::transfer

#endif
