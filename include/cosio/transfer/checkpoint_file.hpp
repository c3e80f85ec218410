// SPDX-License-Identifier: MIT
//
// The checkpoint on disk: replaced as a whole, so that a reader finds the old or the new one, and
// held by one run at a time. Everything here blocks.

#ifndef COSIO_TRANSFER_CHECKPOINT_FILE_HPP
#define COSIO_TRANSFER_CHECKPOINT_FILE_HPP

#include <cosio/detail/bytes.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/checkpoint.hpp>
#include <cosio/transfer/download_target.hpp>
#include <cosio/transfer/local_file.hpp>
#include <cosio/transfer/temporary_file.hpp>
#include <cosio/transfer/temporary_name.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace cosio::inline v0::transfer {

/// Errors: `errc::invalid_checkpoint`, and the system's.
[[nodiscard]] inline result<checkpoint> read_checkpoint(const local_file& file)
{
    constexpr std::size_t largest = 16 * 1024 * 1024;
    const auto identity = file.identity();
    if (!identity)
        return identity.error();
    if (identity->size > largest)
        return error(errc::invalid_checkpoint, "it is too large to be one", "checkpoint");
    std::string text(identity->size, '\0');
    const auto size = file.read_at(0, std::as_writable_bytes(std::span(text)));
    if (!size)
        return size.error();
    text.resize(*size);
    return decode_checkpoint(text);
}

/// The regular file at `path`; nothing when there is none. Errors: as of `open_for_reading`.
[[nodiscard]] inline result<std::optional<local_file>> open_if_there(const std::string& path)
{
    // Network file systems lock what is open for writing alone.
    auto file = local_file::open_for_reading(path, O_RDWR);
    if (!file)
        file = local_file::open_for_reading(path);
    if (!file && file.error().code == std::errc::no_such_file_or_directory)
        return std::optional<local_file>();
    if (!file)
        return std::move(file).error();
    return std::optional<local_file>(std::move(*file));
}

/// The checkpoint of one run. What it has not loaded or written itself it neither replaces nor
/// removes.
class checkpoint_file
{
public:
    explicit checkpoint_file(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Whether there is a file that was loaded or written by this run.
    [[nodiscard]] bool is_held() const noexcept { return held_.has_value(); }

    /// What is there, whosever it is; nothing when nothing is. Errors: as of `read_checkpoint`.
    [[nodiscard]] result<std::optional<checkpoint>> read() const
    {
        const auto file = open_if_there(path_);
        if (!file)
            return file.error();
        if (!*file)
            return std::optional<checkpoint>();
        auto found = read_checkpoint(**file);
        if (!found)
            return std::move(found).error();
        return std::optional<checkpoint>(std::move(*found));
    }

    /// What an earlier run has left; nothing when there is none. No other run can load it then. What
    /// runs that were killed while they wrote it have left goes.
    /// Errors: `errc::invalid_checkpoint`, `errc::checkpoint_mismatch` when another run is at work
    /// with it, and the system's.
    [[nodiscard]] result<std::optional<checkpoint>> load()
    {
        const auto where = find_download_target(path_);
        if (!where)
            return where.error(); // Such as a link that another user has left for us.
        collect(*where);
        constexpr int most_attempts = 16;
        for (int attempt = 1;; ++attempt) {
            auto file = open_if_there(path_);
            if (!file)
                return std::move(file).error();
            if (!*file)
                return std::optional<checkpoint>();
            struct stat status{};
            if (::stat(path_.c_str(), &status) == 0 && is_planted(path_, status))
                return error(errc::invalid_checkpoint,
                    "'" + path_ + "' is of another user, in a directory that everybody may write to",
                    "checkpoint");
            if (!take_over(**file))
                return error(errc::checkpoint_mismatch,
                    "another run is at work with '" + path_ + "'", "checkpoint");
            if (attempt != most_attempts && (*file)->was_replaced())
                continue; // Before it was locked.
            auto found = read_checkpoint(**file);
            if (!found)
                return std::move(found).error();
            const auto identity = (*file)->identity();
            if (!identity)
                return identity.error();
            held_.emplace(held{std::move(**file), *identity, encode_checkpoint(*found)});
            return std::optional<checkpoint>(std::move(*found));
        }
    }

    /// A symbolic link is followed. Errors: the system's, and `errc::checkpoint_mismatch` when there
    /// is a file that is not of this run; it is as it was then.
    [[nodiscard]] result<void> save(const checkpoint& from)
    {
        auto text = encode_checkpoint(from);
        const auto found = find_download_target(path_);
        if (!found)
            return found.error();
        const split_path target(found->path);
        const auto directory = local_directory::open(target.directory);
        if (!directory)
            return directory.error();
        constexpr mode_t permissions = 0666;
        auto made = make_temporary(*directory, target.name, std::nullopt,
            temporary_name::of_checkpoint, permissions);
        if (!made)
            return std::move(made).error();
        auto done = made->file.write_at(0, detail::bytes_of(text));
        if (done)
            done = made->file.sync();
        if (done)
            done = check_ours(*directory, target.name);
        if (done)
            done = directory->rename(made->name, target.name);
        if (!done) {
            directory->remove(made->name, made->inode);
            return done;
        }
        // Some file systems give what is renamed another inode, or another time.
        auto now = open_if_there(found->path);
        const auto identity =
            now && *now ? (*now)->identity() : result<file_identity>(file_identity());
        held_.emplace(
            held{std::move(made->file), identity.value_or(file_identity()), std::move(text)});
        return directory->sync();
    }

    void remove()
    {
        if (const auto found = find_download_target(path_); held_ && found && found->is_replaced) {
            const split_path target(found->path);
            const auto directory = local_directory::open(target.directory);
            if (directory && check_ours(*directory, target.name))
                directory->remove(target.name);
        }
        held_.reset();
    }

    /// What the name of a temporary file says that this checkpoint may refer to.
    [[nodiscard]] std::string field() const
    {
        std::error_code unknown;
        const auto whole = std::filesystem::weakly_canonical(path_, unknown);
        return temporary_name::field_of(unknown ? path_ : whole.native());
    }

private:
    /// Locked as long as it is open.
    struct held
    {
        local_file file;
        file_identity identity;
        std::string text;
    };

    /// Whether `name` is of no file, or of the one that is held.
    [[nodiscard]] result<void> check_ours(
        const local_directory& in, const std::string& name) const
    {
        const auto found = in.status_of(name);
        if (!found)
            return found.error();
        if (!*found)
            return {};
        if (held_) {
            const auto file = in.reopen(name);
            const auto now = file ? file->identity() : file.error();
            if (!now)
                return now.error();
            if (*now == held_->identity)
                return {};
            // Where inodes and times do not last, the bytes decide.
            std::string text(held_->text.size() + 1, '\0');
            const auto size = file->read_at(0, std::as_writable_bytes(std::span(text)));
            if (!size)
                return size.error();
            if (std::string_view(text).substr(0, *size) == held_->text)
                return {};
        }
        return error(errc::checkpoint_mismatch,
            "'" + path_ + "' is not as this run has left it", "checkpoint");
    }

    static void collect(const download_target& where)
    {
        if (!where.is_replaced)
            return;
        const split_path target(where.path);
        if (const auto directory = local_directory::open(target.directory))
            collect_leftovers(*directory, {.target = temporary_name::field_of(target.name)});
    }

    std::string path_;
    std::optional<held> held_{};
};

} // namespace cosio::inline v0::transfer

#endif
