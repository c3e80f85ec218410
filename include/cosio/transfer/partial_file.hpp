// SPDX-License-Identifier: MIT
//
// A file that appears under its name only when it is whole.

#ifndef COSIO_TRANSFER_PARTIAL_FILE_HPP
#define COSIO_TRANSFER_PARTIAL_FILE_HPP

#include <cosio/detail/process_generation.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/checkpoint_keeper.hpp>
#include <cosio/transfer/download_target.hpp>
#include <cosio/transfer/local_file.hpp>
#include <cosio/transfer/temporary_file.hpp>
#include <cosio/transfer/through_file.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace cosio::inline v0::transfer {

/// A temporary file beside its target, which `commit` puts in its place. Everything here blocks.
class partial_file
{
public:
    /// `beneath`: the directory that `path` is a name in; nothing: the path says it.
    partial_file(std::string path, std::optional<local_directory> beneath)
        : path_(std::move(path)), target_(path_), directory_(std::move(beneath)),
          is_beneath_(directory_.has_value())
    {}

    /// Whether the directory was given.
    [[nodiscard]] bool is_beneath() const noexcept { return is_beneath_; }

    /// Opens the directory, and finds out early what cannot become a file. Follows the links that
    /// the path leads through, unless it is a name in a directory that was given.
    [[nodiscard]] result<void> check_target()
    {
        if (!directory_) {
            auto found = find_download_target(path_);
            if (!found)
                return std::move(found).error();
            if (!found->is_replaced) {
                written_to_ = std::move(*found);
                return {};
            }
            target_ = split_path(found->path);
            auto opened = local_directory::open(target_.directory);
            if (!opened)
                return std::move(opened).error();
            directory_.emplace(std::move(*opened));
        }
        if (!target_.names_a_file())
            return error(errc::invalid_argument, "must name a file", "path");
        return directory_->check_replaceable(target_.name);
    }

    /// Whether there is no file to replace, but something that is written to.
    [[nodiscard]] bool is_written_to() const noexcept { return written_to_.has_value(); }

    /// Of what is written to. Nothing as long as nobody has opened a pipe for reading.
    [[nodiscard]] result<std::optional<through_file>> open_to_write() const
    {
        if (!written_to_->descriptor)
            return through_file::open(written_to_->path);
        auto opened = through_file::of_descriptor(*written_to_->descriptor, path_);
        if (!opened)
            return std::move(opened).error();
        return std::optional<through_file>(std::move(*opened));
    }

    /// Removes what dead runs have left beside the target, but what `rule` keeps. Requires
    /// `check_target`, as all that follow do, and a file that is replaced.
    void collect(leftover_rule rule) const
    {
        rule.target = transfer::temporary_name::field_of(target_.name);
        collect_leftovers(*directory_, rule);
    }

    /// `checkpoint`: the field of the temporary file's name that says which may refer to it.
    [[nodiscard]] result<void> create(const std::optional<std::string>& checkpoint = {})
    {
        constexpr mode_t for_everyone = 0666;
        auto made = make_temporary(*directory_, target_.name, checkpoint,
            transfer::temporary_name::of_download,
            directory_->access_of(target_.name) ? for_ourselves : for_everyone);
        if (!made)
            return std::move(made).error();
        temporary_ = std::move(made->name);
        file_.emplace(std::move(made->file));
        inode_ = made->inode;
        return adopt_access(for_ourselves);
    }

    /// Opens what an earlier run created. Errors: `errc::checkpoint_mismatch`.
    [[nodiscard]] result<void> reopen(const std::string& name, std::uint64_t inode)
    {
        const auto parsed = transfer::temporary_name::parse(name);
        if (!parsed || parsed->ending != transfer::temporary_name::of_download)
            return mismatch("the name of the temporary file");
        auto opened = directory_->reopen(name);
        if (!opened)
            return cannot_go_on("the temporary file is gone");
        const auto identity = opened->identity();
        if (!identity || identity->inode != inode)
            return mismatch("the temporary file");
        const auto status = directory_->status_of(name);
        if (!status || !*status || is_planted(directory_->path_of(name), **status))
            return cannot_go_on("the temporary file is of another user");
        if (!take_over(*opened))
            return error(errc::checkpoint_mismatch,
                "another run is at work on '" + directory_->path_of(name) + "'", "checkpoint");
        opened->show_as(directory_->path_of(target_.name));
        temporary_ = name;
        file_.emplace(std::move(*opened));
        inode_ = inode;
        return adopt_access(for_ourselves);
    }

    /// Whether something has that name of a temporary file.
    [[nodiscard]] bool can_reopen(const std::string& name) const
    {
        const auto found = directory_->status_of(name);
        return found && *found;
    }

    /// Whether an earlier run got as far as giving that file its name.
    [[nodiscard]] bool is_target(std::uint64_t inode) const
    {
        return directory_->names(target_.name, inode);
    }

    /// Requires `create` or `reopen`.
    [[nodiscard]] const local_file& content() const noexcept { return *file_; }

    [[nodiscard]] bool was_created() const noexcept { return file_.has_value(); }
    [[nodiscard]] const std::string& temporary_name() const noexcept { return temporary_; }
    /// Known without asking the system.
    [[nodiscard]] std::uint64_t inode() const noexcept { return inode_; }

    [[nodiscard]] result<void> write_at(
        std::uint64_t offset, std::span<const std::byte> bytes) const
    {
        return file_->write_at(offset, bytes);
    }

    [[nodiscard]] result<void> sync() const { return file_->sync(); }

    /// The file is there, under its own name, and stays there. One that it replaces leaves it its
    /// permissions. Requires `sync`. On an error `was_created` is false if the file has its name
    /// nevertheless, or is gone.
    [[nodiscard]] result<void> commit()
    {
        // What has taken the name meanwhile is not to be lost.
        if (auto possible = directory_->check_replaceable(target_.name); !possible)
            return possible;
        const auto found = directory_->status_of(temporary_);
        if (!found)
            return found.error();
        if (!*found || (*found)->st_ino != inode_) {
            file_.reset(); // There is nothing that another run could go on with.
            return error(errc::invalid_argument,
                "'" + directory_->path_of(temporary_) + "' was removed or replaced", "path");
        }
        if (auto set = adopt_access(); !set)
            return set;
        if (auto renamed = directory_->rename(temporary_, target_.name); !renamed)
            return renamed;
        file_.reset();
        return directory_->sync();
    }

    /// Nothing of it is left; but a child process leaves it to its parent.
    void discard()
    {
        if (file_ && generation_ == detail::process_generation())
            directory_->remove(temporary_, inode_);
    }

private:
    /// Another run has to be able to go on with the temporary file.
    static constexpr mode_t for_ourselves = 0600;

    /// Whoever may not read what is replaced may not read this, with `more` besides.
    [[nodiscard]] result<void> adopt_access(mode_t more = 0) const
    {
        auto access = directory_->access_of(target_.name);
        if (!access)
            return {};
        access->mode |= more;
        if (more != 0)
            access->owner.reset(); // It is ours until it is whole.
        return file_->set_access(*access);
    }

    const std::uint32_t generation_ = detail::process_generation();
    std::string path_;
    split_path target_;
    std::optional<local_directory> directory_;
    bool is_beneath_;
    std::optional<download_target> written_to_{};
    std::string temporary_{};
    std::optional<local_file> file_{};
    std::uint64_t inode_ = 0;
};

} // namespace cosio::inline v0::transfer

#endif
