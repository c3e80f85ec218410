// SPDX-License-Identifier: MIT
//
// A byte stream to a peer: TCP, TLS over it, or a script in a test.

#ifndef COSIO_NET_STREAM_HPP
#define COSIO_NET_STREAM_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// Asio has a category of its own for the system's codes, which knows no `std::errc`.
[[nodiscard]] inline std::error_code standard_code(const std::error_code& code)
{
    return code.category() == asio::error::get_system_category()
        ? std::error_code(code.value(), std::system_category())
        : code;
}

/// A code of Asio or the system, as an error of ours.
[[nodiscard]] inline error connection_error(const std::error_code& code)
{
    if (code == asio::error::operation_aborted)
        return error(errc::cancelled);
    if (code == asio::error::eof || code == asio::error::connection_reset ||
        code == asio::error::broken_pipe || code == asio::error::connection_aborted)
        return error(errc::connection_closed, "the peer closed the connection: " + code.message());
    return error(standard_code(code), "the connection failed: " + code.message());
}

/// Virtual rather than a template parameter: one instantiation of everything above it, and a call
/// costs nothing beside a system call. Used by one operation at a time.
class stream : public interruptible
{
public:
    stream() = default;
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    virtual ~stream() = default;

    /// Reads at least one byte; 0 bytes: the peer has ended its side in order.
    [[nodiscard]] virtual asio::awaitable<result<std::size_t>> read_some(
        std::span<std::byte> buffer) = 0;

    /// What the system told of a read. Not a `result`, whose `error` would take its room in the frame
    /// of whoever waits: Asio recycles no frame of more than 1020 bytes.
    struct arrival
    {
        std::error_code code{};
        std::size_t bytes = 0;
    };

    /// As `read_some` in two steps, so that whoever awaits the first needs no coroutine between
    /// itself and the socket: waits until something has come.
    [[nodiscard]] virtual asio::awaitable<arrival> receive(std::span<std::byte> buffer)
    {
        kept_ = co_await read_some(buffer);
        co_return arrival();
    }
    /// The second step, with what `receive` has yielded and the same buffer: what `read_some` would
    /// yield, or nothing when `receive` has to be called again.
    [[nodiscard]] virtual std::optional<result<std::size_t>> received(
        const arrival& got, std::span<std::byte> buffer)
    {
        static_cast<void>(got);
        static_cast<void>(buffer);
        return std::exchange(kept_, std::nullopt);
    }

    /// Writes all of `first`, then all of `second`, in as few packets as possible.
    [[nodiscard]] virtual asio::awaitable<result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) = 0;

    /// What `write_available` has done.
    struct written
    {
        std::size_t bytes = 0; ///< Of what it was given.
        bool all_left = false; ///< All of that was handed to the system, nothing is held back.
    };

    /// Writes what leaves without waiting. Unless all has left, `write` has to follow with the
    /// rest, even if that is empty. A stream need not be able to.
    [[nodiscard]] virtual result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second)
    {
        static_cast<void>(first);
        static_cast<void>(second);
        return written();
    }

    /// Reads what is there without waiting; 0 bytes: nothing. The end of the peer's side is
    /// `errc::connection_closed`.
    [[nodiscard]] virtual result<std::size_t> read_available(std::span<std::byte> buffer) = 0;

    /// At least `left` more bytes are certain to come, so that reads may wait for many of them
    /// together. To be told before each of these reads, and of 0 at the end.
    virtual void expect(std::uint64_t left) noexcept { static_cast<void>(left); }

    /// Whether a piece of what the peer has sent is held back until the rest of it comes.
    [[nodiscard]] virtual bool holds_input() const noexcept { return false; }

    /// Calls `handler` on `executor` once the peer has sent something, or when waiting was given
    /// up. A `write` may go on meanwhile.
    virtual void notify_when_readable(
        const asio::any_io_executor& executor, std::function<void()> handler) = 0;

    /// Makes a `write` that is waiting fail; the stream can still be read.
    virtual void abandon_write() noexcept = 0;

    /// Closes at once, without waiting for the peer.
    virtual void close() noexcept = 0;

    void interrupt() noexcept override { close(); }

private:
    std::optional<result<std::size_t>> kept_{}; // From `receive` to `received`.
};

} // namespace cosio::inline v0::net

#endif
