// SPDX-License-Identifier: MIT
//
// The body of a request, cut into the pieces in which it is sent.

#ifndef COSIO_NET_OUTGOING_BODY_HPP
#define COSIO_NET_OUTGOING_BODY_HPP

#include <cosio/body.hpp>
#include <cosio/crypto/crc64.hpp>
#include <cosio/net/exchange.hpp>
#include <cosio/net/source_read.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace cosio::inline v0::net {

/// Yields pieces that stay in the processor's cache while they are summed, encrypted and sent.
class outgoing_body
{
public:
    static constexpr std::size_t piece_size = 128 * 1024;
    /// Of a source, which may have to change threads for each piece.
    static constexpr std::size_t source_piece_size = 256 * 1024;

    /// `size` is empty when the body is sent chunked.
    outgoing_body(const body_view& bytes, std::optional<std::uint64_t> size)
        : body_(bytes), chunked_(!size.has_value()), left_(size.value_or(0)),
          unsent_(bytes.bytes())
    {}

    [[nodiscard]] bool in_memory() const noexcept { return body_.in_memory(); }

    /// The CRC64 of the pieces so far, without their chunked framing.
    [[nodiscard]] std::uint64_t crc64() const noexcept { return sum_.value(); }
    /// Bytes of the pieces so far.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// What the pieces are cut from.
    [[nodiscard]] const body_view& whole() const noexcept { return body_; }

    /// The next piece of a body in memory; empty at the end.
    [[nodiscard]] std::span<const std::byte> next_in_memory() noexcept
    {
        const auto piece = unsent_.first(std::min(piece_size, unsent_.size()));
        unsent_ = unsent_.subspan(piece.size());
        sum_.update(piece);
        size_ += piece.size();
        return piece;
    }

    /// The next piece, valid until the next call; empty at the end. `progress` is told of each
    /// piece before it may be sent, and fails when the body is not of the size it said.
    [[nodiscard]] asio::awaitable<result<std::span<const std::byte>>> next(
        exchange& progress, source_read& reading)
    {
        if (body_.in_memory())
            co_return next_in_memory();
        if (ended_)
            co_return std::span<const std::byte>();
        auto piece = co_await next_of_source(progress, reading);
        co_return piece;
    }

private:
    // A chunk is framed by its size in hexadecimal before it and a line end behind it.
    static constexpr std::size_t room_before = 18;
    static constexpr std::size_t room_behind = 2;

    asio::awaitable<result<std::span<const std::byte>>> next_of_source(
        exchange& progress, source_read& reading)
    {
        if (buffer_ == nullptr)
            buffer_ =
                std::make_unique_for_overwrite<std::byte[]>(
                    room_before + source_piece_size + room_behind);
        const std::span<std::byte> room(buffer_.get() + room_before, source_piece_size);
        const auto wanted =
            chunked_ ? room : room.first(std::min<std::uint64_t>(left_, room.size()));
        std::size_t count = 0;
        if (!wanted.empty()) {
            auto got = co_await read(reading, wanted);
            if (!got)
                co_return std::move(got).error();
            count = *got;
            if (!progress.body_continues(count))
                co_return progress.failure();
        }
        if (!chunked_) {
            left_ -= count;
            // The last bytes are held back until the source confirms that they are the last.
            if (left_ == 0 && !co_await source_has_ended(progress, reading))
                co_return progress.failure();
        }
        const auto piece = room.first(count);
        sum_.update(piece);
        size_ += count;
        if (!chunked_)
            co_return piece;
        ended_ = count == 0;
        co_return framed(count);
    }

    asio::awaitable<bool> source_has_ended(exchange& progress, source_read& reading)
    {
        ended_ = true;
        std::array<std::byte, 1> one_more{};
        auto got = co_await read(reading, one_more);
        if (!got) {
            progress.fail(std::move(got).error());
            co_return false;
        }
        co_return progress.body_continues(*got);
    }

    asio::awaitable<result<std::size_t>> read(source_read& reading, std::span<std::byte> room)
    {
        auto got = co_await reading.read(body_, room);
        if (got && *got > room.size())
            co_return error(errc::body_source_failed, "yielded more than it was given room for",
                "body");
        if (!got && !got.error().code)
            co_return error(errc::body_source_failed, std::move(got.error().message), "body");
        co_return got;
    }

    std::span<const std::byte> framed(std::size_t count)
    {
        std::array<char, room_before> digits{};
        auto* const end =
            std::to_chars(digits.data(), digits.data() + room_before - 2, count, 16).ptr;
        end[0] = '\r';
        end[1] = '\n';
        const auto length = static_cast<std::size_t>(end + 2 - digits.data());
        auto* const start = buffer_.get() + room_before - length;
        std::memcpy(start, digits.data(), length);
        std::memcpy(buffer_.get() + room_before + count, "\r\n", room_behind);
        return {start, length + count + room_behind};
    }

    body_view body_;
    bool chunked_;
    std::uint64_t left_; // Of a source that knows its size.
    std::span<const std::byte> unsent_; // Of a body in memory.
    std::unique_ptr<std::byte[]> buffer_{};
    crypto::crc64 sum_{};
    std::uint64_t size_ = 0;
    bool ended_ = false;
};

} // namespace cosio::inline v0::net

#endif
