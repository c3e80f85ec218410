// SPDX-License-Identifier: MIT
//
// Plain TCP.

#ifndef COSIO_NET_TCP_STREAM_HPP
#define COSIO_NET_TCP_STREAM_HPP

#include <cosio/net/fork_watch.hpp>
#include <cosio/net/receive_pace.hpp>
#include <cosio/net/stream.hpp>

#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/socket_base.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::net {

/// A connected socket. In a child process it fails with `errc::other_process` and leaves the socket
/// alone, which is the parent's.
class tcp_stream final : public stream, private fork_registry::listener
{
public:
    /// Packets leave at once: requests and replies wait for each other, never for company.
    explicit tcp_stream(asio::ip::tcp::socket socket)
        : listener(socket.get_executor()), socket_(std::move(socket))
    {
        std::error_code ignored;
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
    }

    [[nodiscard]] asio::awaitable<result<std::size_t>> read_some(
        std::span<std::byte> buffer) override
    {
        return asio::async_initiate<const asio::use_awaitable_t<>&, void(result<std::size_t>)>(
            read_initiation<result<std::size_t>>{this}, asio::use_awaitable, buffer);
    }

    [[nodiscard]] asio::awaitable<arrival> receive(std::span<std::byte> buffer) override
    {
        return asio::async_initiate<const asio::use_awaitable_t<>&, void(arrival)>(
            read_initiation<arrival>{this}, asio::use_awaitable, buffer);
    }

    [[nodiscard]] std::optional<result<std::size_t>> received(
        const arrival& got, std::span<std::byte>) override
    {
        return has_read(got.code, got.bytes);
    }

    [[nodiscard]] asio::awaitable<result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        while (!first.empty() || !second.empty()) {
            if (!is_ours())
                co_return error(errc::other_process);
            const std::array<asio::const_buffer, 2> buffers{
                asio::buffer(first.data(), first.size()),
                asio::buffer(second.data(), second.size())};
            std::error_code code;
            const auto count = co_await socket_.async_write_some(
                buffers, asio::redirect_error(asio::use_awaitable, code));
            if (code)
                co_return failure(code);
            sent_ += count;
            const auto of_first = std::min(count, first.size());
            first = first.subspan(of_first);
            second = second.subspan(count - of_first);
        }
        co_return result<void>();
    }

    [[nodiscard]] result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        if (!is_ours())
            return error(errc::other_process);
        std::error_code code;
        const auto count = write_some(first, second, code);
        if (code && code != asio::error::would_block)
            return connection_error(code);
        sent_ += count;
        return written{count, count == first.size() + second.size()};
    }

    [[nodiscard]] result<std::size_t> read_available(std::span<std::byte> buffer) override
    {
        if (!is_ours())
            return error(errc::other_process);
        std::error_code code;
        const auto count =
            socket_.read_some(asio::buffer(buffer.data(), buffer.size()), code);
        if (code == asio::error::would_block)
            return std::size_t{0};
        if (code)
            return connection_error(code);
        received_ += count;
        return count;
    }

    void expect(std::uint64_t left) noexcept override
    {
        wake_up_for(left < receive_pace::batch
                ? 1
                : pace_.worth_waiting_for(received_, receive_pace::clock::now()));
    }

    void hurry() noexcept override
    {
        pace_.slowed_down(received_, receive_pace::clock::now());
        wake_up_for(1);
    }

    void notify_when_readable(
        const asio::any_io_executor& executor, std::function<void()> handler) override
    {
        if (!is_ours())
            close();
        socket_.async_wait(asio::ip::tcp::socket::wait_read,
            asio::bind_executor(executor,
                [handler = std::move(handler)](const std::error_code&) { handler(); }));
    }

    void abandon_write() noexcept override
    {
        std::error_code ignored;
        socket_.cancel(ignored);
    }

    void close() noexcept override
    {
        std::error_code ignored;
        socket_.close(ignored);
    }

    [[nodiscard]] std::uint64_t bytes_moved() const noexcept override { return sent_ + received_; }

private:
    /// Turns what the socket tells into what `read_some` or `receive` yields. A handler, and not a coroutine
    /// around the socket's operation: most requests wait once, here, and a frame costs.
    template <class Yielded, class Handler>
    struct read_handler
    {
        using executor_type = asio::associated_executor_t<Handler>;
        using allocator_type = asio::associated_allocator_t<Handler>;
        using cancellation_slot_type = asio::associated_cancellation_slot_t<Handler>;

        [[nodiscard]] executor_type get_executor() const noexcept
        {
            return asio::get_associated_executor(then);
        }
        [[nodiscard]] allocator_type get_allocator() const noexcept
        {
            return asio::get_associated_allocator(then);
        }
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept
        {
            return asio::get_associated_cancellation_slot(then);
        }

        void operator()(const std::error_code& code, std::size_t count)
        {
            // The stream may go with the coroutine that waits, so it is not touched afterwards.
            if constexpr (std::is_same_v<Yielded, arrival>)
                std::move(then)(arrival{code, count});
            else
                std::move(then)(on->has_read(code, count));
        }

        Handler then;
        tcp_stream* on;
        std::size_t room;
    };

    template <class Yielded>
    struct read_initiation
    {
        template <class Handler>
        void operator()(Handler&& then, std::span<std::byte> buffer) const
        {
            using handler = read_handler<Yielded, std::decay_t<Handler>>;
            if (!on->is_ours())
                on->close(); // So that nothing is read: it fails at once.
            on->socket_.async_read_some(asio::buffer(buffer.data(), buffer.size()),
                handler{std::forward<Handler>(then), on, buffer.size()});
        }

        tcp_stream* on;
    };

    /// One piece is handed over by `send`, which costs less than `sendmsg`.
    std::size_t write_some(std::span<const std::byte> first, std::span<const std::byte> second,
        std::error_code& code)
    {
        const auto one = asio::buffer(first.data(), first.size());
        if (second.empty())
            return socket_.write_some(one, code);
        const std::array<asio::const_buffer, 2> both{
            one, asio::buffer(second.data(), second.size())};
        return socket_.write_some(both, code);
    }

    /// Sets how many bytes make the socket readable; fewer do at the end of the peer's side. When
    /// the mark is lowered, Linux tells at once of what has come. Elsewhere that is not sure.
    void wake_up_for(std::size_t bytes) noexcept
    {
        if (std::exchange(low_water_mark_, bytes) == bytes || !is_ours())
            return;
#if defined(__linux__)
        std::error_code ignored;
        socket_.set_option(
            asio::socket_base::receive_low_watermark(static_cast<int>(bytes)), ignored);
#endif
    }

    result<std::size_t> has_read(const std::error_code& code, std::size_t count)
    {
        if (code == asio::error::eof)
            return std::size_t{0};
        if (code)
            return failure(code);
        received_ += count;
        return count;
    }

    [[nodiscard]] error failure(const std::error_code& code) const
    {
        return is_ours() ? connection_error(code) : error(errc::other_process);
    }

    void forked() noexcept override { abandon(socket_); }

    asio::ip::tcp::socket socket_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    receive_pace pace_{};
    std::size_t low_water_mark_ = 1;
};

} // namespace cosio::inline v0::net

#endif
