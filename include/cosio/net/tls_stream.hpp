// SPDX-License-Identifier: MIT
//
// TLS over any other stream: moves ciphertext between it and the engine.

#ifndef COSIO_NET_TLS_STREAM_HPP
#define COSIO_NET_TLS_STREAM_HPP

#include <cosio/net/stream.hpp>
#include <cosio/net/tls_engine.hpp>
#include <cosio/net/tls_session_cache.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Records are gathered and sent together, and one receive may bring many.
class tls_stream final : public stream
{
public:
    /// Plaintext that is encrypted before it is sent, so that it stays in the cache: a piece of a
    /// body with a head before it.
    static constexpr std::size_t send_size = 144 * 1024;

    tls_stream(std::unique_ptr<stream> transport, std::unique_ptr<tls_engine> engine) noexcept
        : transport_(std::move(transport)), engine_(std::move(engine))
    {}

    /// The sessions of this connection are kept in `cache`, and the last one there is resumed.
    /// Before the handshake.
    void keep_sessions(std::shared_ptr<tls_session_cache> cache, const origin& where)
    {
        auto session = cache->take(where);
        sessions_ = std::make_unique<session_keeper>(std::move(cache), where);
        engine_->resume(std::move(session), *sessions_);
    }

    /// After the handshake.
    [[nodiscard]] bool resumed() const noexcept { return engine_->resumed(); }

    /// Errors: `errc::tls_certificate_rejected`, `errc::tls_failed`, and those of the transport.
    [[nodiscard]] asio::awaitable<result<void>> handshake()
    {
        for (;;) {
            const auto state = engine_->handshake();
            // Also when it failed: the peer is told why.
            if (auto sent = co_await flush(); !sent)
                co_return state == tls_engine::status::failed ? engine_->failure()
                                                              : std::move(sent).error();
            if (state == tls_engine::status::done) {
                if (sessions_ != nullptr)
                    if (auto session = engine_->reusable_session())
                        sessions_->keep(std::move(session));
                co_return result<void>();
            }
            if (state != tls_engine::status::want_input)
                co_return engine_->failure();
            auto more = co_await transport_->read_some(engine_->input().space());
            if (!more)
                co_return std::move(more).error();
            if (*more == 0)
                co_return error(
                    errc::tls_failed, "the peer closed the connection during the handshake");
            engine_->input().received(*more);
        }
    }

    [[nodiscard]] asio::awaitable<result<std::size_t>> read_some(
        std::span<std::byte> buffer) override
    {
        for (;;) {
            if (auto got = decrypt(buffer))
                co_return std::move(*got);
            if (engine_->has_output()) // The answer to a key update.
                if (auto sent = co_await flush(); !sent)
                    co_return std::move(sent).error();
            auto more = co_await transport_->read_some(engine_->input().space());
            if (auto end = take_input(more))
                co_return std::move(*end);
        }
    }

    [[nodiscard]] asio::awaitable<arrival> receive(std::span<std::byte> buffer) override
    {
        receives_input_ = !engine_->may_yield() && !engine_->has_output();
        return receives_input_ ? transport_->receive(engine_->input().space())
                               : stream::receive(buffer);
    }

    [[nodiscard]] std::optional<result<std::size_t>> received(
        const arrival& got, std::span<std::byte> buffer) override
    {
        if (!receives_input_)
            return stream::received(got, buffer);
        auto more = transport_->received(got, engine_->input().space());
        if (!more)
            return std::nullopt;
        if (auto end = take_input(*more))
            return std::move(*end);
        return decrypt(buffer);
    }

    [[nodiscard]] asio::awaitable<result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        if (const auto rest = std::exchange(held_back_, {}); !rest.empty())
            if (auto sent = co_await transport_->write(rest, {}); !sent)
                co_return sent;
        while (!first.empty() || !second.empty()) {
            if (!encrypt(first, second))
                co_return engine_->failure();
            if (auto sent = co_await transport_->write(sending_, {}); !sent)
                co_return sent;
        }
        co_return result<void>();
    }

    [[nodiscard]] result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        const auto size = first.size() + second.size();
        if (!held_back_.empty())
            return written();
        if (!encrypt(first, second))
            return engine_->failure();
        auto sent = transport_->write_available(sending_, {});
        if (!sent)
            return sent;
        held_back_ = std::span<const std::byte>(sending_).subspan(sent->bytes);
        const auto left_over = first.size() + second.size();
        return written{size - left_over, held_back_.empty() && left_over == 0};
    }

    [[nodiscard]] result<std::size_t> read_available(std::span<std::byte> buffer) override
    {
        auto& input = engine_->input();
        auto more = transport_->read_available(input.space());
        if (!more)
            return more;
        input.received(*more);
        if (!engine_->may_yield())
            return std::size_t{0};
        const auto got = engine_->read(buffer);
        if (got.state == tls_engine::status::failed)
            return engine_->failure();
        if (got.state == tls_engine::status::closed)
            return error(errc::connection_closed, "the peer ended the TLS session");
        return got.bytes;
    }

    /// As much ciphertext comes at least, but for what has come already and what may: a read that
    /// yields nothing consumes part of a record and goes on to wait, so a whole one is always taken
    /// off.
    void expect(std::uint64_t left) noexcept override
    {
        const auto held = engine_->most_held();
        transport_->expect(left > held ? left - held : 0);
    }

    void hurry() noexcept override { transport_->hurry(); }

    [[nodiscard]] bool holds_input() const noexcept override
    {
        return !engine_->input().unread().empty();
    }

    void notify_when_readable(
        const asio::any_io_executor& executor, std::function<void()> handler) override
    {
        transport_->notify_when_readable(executor, std::move(handler));
    }

    void abandon_write() noexcept override { transport_->abandon_write(); }
    void close() noexcept override { transport_->close(); }

    [[nodiscard]] std::uint64_t bytes_moved() const noexcept override
    {
        return transport_->bytes_moved();
    }

private:
    class session_keeper final : public tls_session_sink
    {
    public:
        session_keeper(std::shared_ptr<tls_session_cache> cache, origin where)
            : cache_(std::move(cache)), where_(std::move(where))
        {}

        void keep(openssl::owned<SSL_SESSION> session) noexcept override
        {
            try {
                cache_->put(where_, std::move(session));
            } catch (...) { // Without memory to keep it in, the next handshake is a full one.
            }
        }

    private:
        std::shared_ptr<tls_session_cache> cache_;
        origin where_;
    };

    /// Encrypts from the front of both, as much as is sent at once, into `sending_`.
    [[nodiscard]] bool encrypt(
        std::span<const std::byte>& first, std::span<const std::byte>& second)
    {
        std::size_t room = send_size;
        for (auto* const part : {&first, &second}) {
            const auto piece = part->first(std::min(room, part->size()));
            if (engine_->write(piece) != tls_engine::status::done)
                return false;
            room -= piece.size();
            *part = part->subspan(piece.size());
        }
        engine_->exchange_output(sending_);
        return true;
    }

    /// Nothing when that takes more ciphertext.
    std::optional<result<std::size_t>> decrypt(std::span<std::byte> buffer)
    {
        if (!engine_->may_yield())
            return std::nullopt;
        const auto got = engine_->read(buffer);
        switch (got.state) {
        case tls_engine::status::done: return got.bytes;
        case tls_engine::status::closed: return std::size_t{0};
        case tls_engine::status::failed: return engine_->failure();
        case tls_engine::status::want_input: break;
        }
        return std::nullopt;
    }

    /// What the transport has yielded; an error when nothing more will come.
    std::optional<error> take_input(result<std::size_t>& more)
    {
        if (!more)
            return std::move(more).error();
        if (*more == 0) // Without close_notify the end proves nothing.
            return error(errc::connection_closed,
                "the connection was closed without the end of the TLS session");
        engine_->input().received(*more);
        return std::nullopt;
    }

    asio::awaitable<result<void>> flush()
    {
        if (!engine_->has_output())
            co_return result<void>();
        engine_->exchange_output(sending_);
        co_return co_await transport_->write(sending_, {});
    }

    std::unique_ptr<stream> transport_;
    std::unique_ptr<session_keeper> sessions_{}; // Before the engine, which refers to it.
    std::unique_ptr<tls_engine> engine_;
    bool receives_input_ = false; // And not plaintext, since `receive`.
    std::vector<std::byte> sending_{};
    std::span<const std::byte> held_back_{}; // Of `sending_`: what did not leave without waiting.
};

} // namespace cosio::inline v0::net

#endif
