// SPDX-License-Identifier: MIT
//
// Bytes of a file as the body of a request.

#ifndef COSIO_TRANSFER_FILE_PART_SOURCE_HPP
#define COSIO_TRANSFER_FILE_PART_SOURCE_HPP

#include <cosio/body.hpp>
#include <cosio/transfer/checkpoint.hpp>
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
/// `errc::file_changed`.
/// The file has to outlive it.
class file_part_source
{
public:
    file_part_source(const local_file& file, const file_identity& before,
        asio::any_io_executor files, std::uint64_t offset, std::uint64_t size)
        : file_(&file), before_(before), files_(std::move(files)), offset_(offset), size_(size)
    {}

    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto wanted =
            buffer.first(std::min<std::uint64_t>(size_ - position_, buffer.size()));
        if (wanted.empty())
            co_return std::size_t{0};
        auto work = [this, wanted]() -> result<std::size_t> {
            auto got = file_->read_at(offset_ + position_, wanted);
            if (!got || (*got == wanted.size() && position_ + *got != size_))
                return got;
            if (auto unchanged = file_->check_unchanged(before_); !unchanged)
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
    const local_file* file_;
    file_identity before_;
    asio::any_io_executor files_;
    std::uint64_t offset_;
    std::uint64_t size_;
    std::uint64_t position_ = 0;
};

static_assert(replayable_body_source<file_part_source>);

} // namespace cosio::inline v0::transfer

#endif
