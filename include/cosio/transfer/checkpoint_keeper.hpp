// SPDX-License-Identifier: MIT
//
// The checkpoint of a transfer while it goes on: what it binds, and when it is written.

#ifndef COSIO_TRANSFER_CHECKPOINT_KEEPER_HPP
#define COSIO_TRANSFER_CHECKPOINT_KEEPER_HPP

#include <cosio/detail/process_generation.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/checkpoint_file.hpp>
#include <cosio/transfer/encryption_fingerprint.hpp>
#include <cosio/transfer/file_executor.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::transfer {

/// Why a transfer cannot go on from a checkpoint.
[[nodiscard]] inline error cannot_go_on(std::string_view why)
{
    return error(errc::checkpoint_mismatch,
        std::string(why).append("; remove the checkpoint to begin anew"), "checkpoint");
}

[[nodiscard]] inline error mismatch(std::string_view what)
{
    return cannot_go_on(std::string(what).append(" differs"));
}

/// Compares what `found` binds with what is asked for now. Pure.
/// Errors: `errc::checkpoint_mismatch`, which says what differs.
template <class Asked>
[[nodiscard]] result<void> check_binding(
    const checkpoint& found, const checkpoint& asked, const Asked& encryption)
{
    if (found.kind != asked.kind)
        return mismatch("the direction of the transfer");
    if (found.bucket != asked.bucket)
        return mismatch("the bucket");
    if (found.key != asked.key)
        return mismatch("the key of the object");
    if (found.version_id != asked.version_id)
        return mismatch("the version of the object");
    if (!encryption_fingerprint::matches(encryption, found.encryption))
        return mismatch("the encryption or its key");
    if (found.object_size != asked.object_size || found.object_etag != asked.object_etag ||
        found.object_crc64 != asked.object_crc64)
        return mismatch("the object");
    if (found.part_size != asked.part_size)
        return mismatch("the size of the parts");
    return {};
}

/// A checkpoint that is written to its file from time to time: before and after the first part,
/// then every `interval` at most, before an upload is completed, and when the transfer ends early.
class checkpoint_keeper
{
public:
    /// An empty `path`: nothing is kept.
    checkpoint_keeper(
        std::string path, std::chrono::milliseconds interval, asio::any_io_executor files)
        : file_(std::move(path)), interval_(interval), files_(std::move(files))
    {}

    [[nodiscard]] bool is_on() const noexcept { return !file_.path().empty(); }
    /// Whether there is a checkpoint of this transfer, as it is now or was, whoever has written it.
    /// One that cannot be read now is taken for the one that was.
    [[nodiscard]] asio::awaitable<bool> is_on_disk()
    {
        auto work = [this] {
            const auto there = file_.read();
            if (!there)
                return file_.is_held();
            return *there && (*there)->upload_id == content_.upload_id &&
                (*there)->file_name == content_.file_name;
        };
        const bool is = co_await on_file_thread(files_, work);
        co_return is;
    }
    [[nodiscard]] const checkpoint_file& file() const noexcept { return file_; }
    [[nodiscard]] checkpoint& content() noexcept { return content_; }
    [[nodiscard]] const checkpoint& content() const noexcept { return content_; }

    /// What an earlier run left. Errors: as of `checkpoint_file::load`.
    [[nodiscard]] asio::awaitable<result<std::optional<checkpoint>>> load()
    {
        if (!is_on())
            co_return std::optional<checkpoint>();
        auto work = [this] { return file_.load(); };
        auto found = co_await on_file_thread(files_, work);
        co_return found;
    }

    [[nodiscard]] bool is_due() const
    {
        return is_on() && !saving_ &&
            (!saved_at_ || std::chrono::steady_clock::now() - *saved_at_ >= interval_);
    }

    /// Writes the content as it is now, once `flush` has put on the disk what it promises.
    template <class Flush>
    [[nodiscard]] asio::awaitable<result<void>> save_after(Flush& flush)
    {
        if (!is_on())
            co_return result<void>();
        saving_ = true;
        auto work = [this, &flush, now = content_]() -> result<void> {
            auto flushed = flush();
            return flushed ? file_.save(now) : flushed;
        };
        auto done = co_await on_file_thread(files_, work);
        saving_ = false;
        saved_at_ = std::chrono::steady_clock::now();
        co_return done;
    }

    /// Writes the content as it is now.
    [[nodiscard]] asio::awaitable<result<void>> save()
    {
        auto nothing = [] { return result<void>(); };
        auto done = co_await save_after(nothing);
        co_return done;
    }

    /// Writes the content before there is a part: the first one is due at once.
    [[nodiscard]] asio::awaitable<result<void>> save_beginning()
    {
        auto done = co_await save();
        saved_at_.reset();
        co_return done;
    }

    /// A child process leaves it to its parent.
    [[nodiscard]] asio::awaitable<void> remove()
    {
        if (!is_on() || generation_ != detail::process_generation())
            co_return;
        auto work = [this] {
            file_.remove();
            return true;
        };
        co_await on_file_thread(files_, work);
    }

private:
    const std::uint32_t generation_ = detail::process_generation();
    checkpoint_file file_;
    std::chrono::milliseconds interval_;
    asio::any_io_executor files_;
    checkpoint content_{};
    std::optional<std::chrono::steady_clock::time_point> saved_at_{};
    bool saving_ = false;
};

} // namespace cosio::inline v0::transfer

#endif
