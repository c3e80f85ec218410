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

/// `size` bytes of a file from `offset` on, read in pieces while they are sent. Fewer when the file
/// has become shorter, which fails the request. The file has to outlive it.
class file_part_source
{
public:
    file_part_source(const local_file& file, asio::any_io_executor files, std::uint64_t offset,
        std::uint64_t size)
        : file_(&file), files_(std::move(files)), offset_(offset), size_(size)
    {}

    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        const auto wanted =
            buffer.first(std::min<std::uint64_t>(size_ - position_, buffer.size()));
        if (wanted.empty())
            co_return std::size_t{0};
        auto work = [this, wanted] { return file_->read_at(offset_ + position_, wanted); };
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
    asio::any_io_executor files_;
    std::uint64_t offset_;
    std::uint64_t size_;
    std::uint64_t position_ = 0;
};

static_assert(replayable_body_source<file_part_source>);

} // namespace cosio::inline v0::transfer

#endif
