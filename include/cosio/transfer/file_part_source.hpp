// SPDX-License-Identifier: MIT
//
// Bytes of a file as the body of a request.

#ifndef COSIO_TRANSFER_FILE_PART_SOURCE_HPP
#define COSIO_TRANSFER_FILE_PART_SOURCE_HPP

#include <cosio/body.hpp>
#include <cosio/transfer/file_executor.hpp>
#include <cosio/transfer/local_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace cosio::inline v0::transfer {

/// `size` bytes of a file from `offset` on, read in pieces while they are sent.
///
/// Read, not mapped: pieces of 128 KiB with their CRC64 take 0.92 (0.90-1.13, 5 rounds of 256 MiB
/// in the page cache) of the CPU time of a mapping, and a file that is cut short is an error, no
/// signal.
///
/// Before the last piece is handed out the file is compared with what it was, so that a request
/// does not come to its end, and stores nothing, with bytes of two states of it:
/// `errc::file_changed`. A part of several may be sent of a file that has another time of change
/// and nothing else that differs: whoever puts the parts together compares them.
/// The file has to outlive it.
class file_part_source
{
public:
    /// `which`: all of the file, or one of several parts.
    enum class extent { whole, part };

    file_part_source(const local_file& file, const file_state& before, asio::any_io_executor files,
        std::uint64_t offset, std::uint64_t size, extent which)
        : file_(&file), before_(before), files_(std::move(files)), offset_(offset), size_(size),
          extent_(which)
    {}

    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto wanted =
            buffer.first(std::min<std::uint64_t>(size_ - position_, buffer.size()));
        if (wanted.empty() && size_ != 0)
            co_return std::size_t{0};
        auto work = [this, wanted]() -> result<std::size_t> {
            auto got = file_->read_at(offset_ + position_, wanted);
            if (!got || (*got == wanted.size() && position_ + *got != size_))
                return got;
            if (auto unchanged = check_unchanged(); !unchanged)
                return std::move(unchanged).error();
            return got;
        };
        auto got = co_await on_file_thread(files_, work);
        if (got)
            position_ += *got;
        co_return got;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }

    bool rewind() noexcept
    {
        position_ = 0;
        return true;
    }

private:
    [[nodiscard]] result<void> check_unchanged() const
    {
        const auto now = file_->state();
        if (!now)
            return now.error();
        const bool same = *now == before_ ||
            (extent_ == extent::part && now->differs_in_change_alone(before_));
        return same ? result<void>() : file_->changed_error();
    }

    const local_file* file_;
    file_state before_;
    asio::any_io_executor files_;
    std::uint64_t offset_;
    std::uint64_t size_;
    extent extent_;
    std::uint64_t position_ = 0;
};

static_assert(replayable_body_source<file_part_source>);

} // namespace cosio::inline v0::transfer

#endif
