// SPDX-License-Identifier: MIT
//
// The server's side of a connection: plain, or TLS by Asio's own stream, so that the client's TLS
// engine meets another implementation.

#ifndef COSIO_TESTING_EMULATION_CHANNEL_HPP
#define COSIO_TESTING_EMULATION_CHANNEL_HPP

#include <cosio/detail/asio.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/socket_base.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// Virtual, so that the server is compiled once for both kinds.
class channel
{
public:
    channel() = default;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    virtual ~channel() = default;

    /// 0 bytes: the peer has closed, or something failed.
    [[nodiscard]] virtual asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer) = 0;
    /// False: something failed.
    [[nodiscard]] virtual asio::awaitable<bool> write(std::string_view bytes) = 0;
    /// Ends in order, TLS included.
    [[nodiscard]] virtual asio::awaitable<void> finish() = 0;
    [[nodiscard]] virtual asio::ip::tcp::socket& socket() = 0;

    /// Ends with a reset instead of in order.
    void reset()
    {
        std::error_code ignored;
        socket().set_option(asio::socket_base::linger(true, 0), ignored);
        socket().close(ignored);
    }
};

class plain_channel final : public channel
{
public:
    explicit plain_channel(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    [[nodiscard]] asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer) override
    {
        std::error_code code;
        co_return co_await socket_.async_read_some(
            buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    [[nodiscard]] asio::awaitable<bool> write(std::string_view bytes) override
    {
        std::error_code code;
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
            asio::redirect_error(asio::use_awaitable, code));
        co_return !code;
    }
    [[nodiscard]] asio::awaitable<void> finish() override
    {
        std::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        co_return;
    }
    [[nodiscard]] asio::ip::tcp::socket& socket() override { return socket_; }

private:
    asio::ip::tcp::socket socket_;
};

class tls_channel final : public channel
{
public:
    tls_channel(asio::ip::tcp::socket socket, asio::ssl::context& context)
        : stream_(std::move(socket), context)
    {}

    [[nodiscard]] asio::awaitable<bool> handshake()
    {
        std::error_code code;
        co_await stream_.async_handshake(asio::ssl::stream_base::server,
            asio::redirect_error(asio::use_awaitable, code));
        co_return !code;
    }
    [[nodiscard]] bool resumed() { return SSL_session_reused(stream_.native_handle()) == 1; }

    [[nodiscard]] asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer) override
    {
        std::error_code code;
        co_return co_await stream_.async_read_some(
            buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    [[nodiscard]] asio::awaitable<bool> write(std::string_view bytes) override
    {
        std::error_code code;
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
            asio::redirect_error(asio::use_awaitable, code));
        co_return !code;
    }
    [[nodiscard]] asio::awaitable<void> finish() override
    {
        // Sends close_notify and waits for the peer's, but not for ever.
        constexpr std::chrono::milliseconds patience(300);
        asio::steady_timer timer(stream_.get_executor(), patience);
        const auto here = std::make_shared<tls_channel*>(this);
        timer.async_wait([here](const std::error_code& code) {
            std::error_code ignored;
            if (!code && *here != nullptr)
                (*here)->socket().close(ignored);
        });
        std::error_code ignored;
        co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
        *here = nullptr;
    }
    [[nodiscard]] asio::ip::tcp::socket& socket() override { return stream_.next_layer(); }

private:
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

} // namespace cosio::inline v0::testing::emulation

#endif
