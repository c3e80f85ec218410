// SPDX-License-Identifier: MIT
//
// Runs an exchange on a connection: a thin coroutine that does what the state machine says.

#ifndef COSIO_NET_EXCHANGE_DRIVER_HPP
#define COSIO_NET_EXCHANGE_DRIVER_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/net/connection.hpp>
#include <cosio/net/exchange.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/outgoing_body.hpp>
#include <cosio/net/pool.hpp>
#include <cosio/net/source_read.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

/// One exchange on a connection of its own: send, receive the head, receive the body piece by
/// piece. Destroying it before the reply is complete closes the connection.
class exchange_driver
{
public:
    /// Requires a lease with a connection.
    exchange_driver(lease<connection> on, http::method method,
        std::optional<std::uint64_t> body_size)
        : connection_(std::move(on)), exchange_(method, body_size),
          may_be_drawn_out_(method == http::method::put || method == http::method::post)
    {}

    exchange_driver(const exchange_driver&) = delete;
    exchange_driver& operator=(const exchange_driver&) = delete;
    ~exchange_driver() { stop_watching(); }

    [[nodiscard]] exchange& progress() noexcept { return exchange_; }
    [[nodiscard]] const exchange& progress() const noexcept { return exchange_; }
    /// Bytes of body received so far, and their CRC64, but for those of one that broke off.
    [[nodiscard]] std::uint64_t body_size() const noexcept { return body_size_; }
    [[nodiscard]] std::uint64_t body_crc64() const noexcept { return body_sum_.value(); }
    /// Bytes of the request's body handed to the system, and their CRC64.
    [[nodiscard]] std::uint64_t sent_size() const noexcept { return sent_size_; }
    [[nodiscard]] std::uint64_t sent_crc64() const noexcept { return sent_crc64_; }

    /// Sends the request and receives the head of the reply. Look at `progress()` afterwards:
    /// it has failed, or is at the body, or is complete. `head` may be added to.
    [[nodiscard]] asio::awaitable<void> run_to_head(
        operation_control& control, crypto::secret_buffer& head, outgoing_body& body)
    {
        if (!send_at_once(control, head, body))
            co_await send_rest(control, body);
        while (awaits_head(control)) {
            const auto got = co_await more_of_reply();
            received_of_reply(got);
        }
    }

    // The same step by step, so that a small request needs no coroutine but the one that waits for
    // its reply.

    /// Begins to send; whether that is done, well or not, without anything to wait for. Otherwise
    /// `send_rest` has to follow. Both arguments must live until then.
    [[nodiscard]] bool send_at_once(
        operation_control& control, crypto::secret_buffer& head, outgoing_body& body)
    {
        const bool small = is_small(body.whole());
        // What is sent at once leaves nothing to wait for but the reply.
        waiting_.emplace(
            control, connection_->bytes(), small ? step::first_byte : step::transfer);
        exchange_.sending_begins();
        if (small)
            body_left_ = body.next_in_memory();
        if (body_left_.size() <= copied_body)
            head.append(detail::text_of(std::exchange(body_left_, {})));
        head_left_ = detail::bytes_of(head.view());
        if (!small)
            return false;
        began_at_once_ = true;
        if (!write_at_once(head_left_, body_left_)) {
            waiting_->enter(step::transfer);
            return false;
        }
        sent(body);
        return true;
    }

    /// Whether `send_at_once` may be able to send that.
    [[nodiscard]] static bool is_small(const body_view& body) noexcept
    {
        return body.in_memory() && body.bytes().size() <= small_body;
    }

    /// Sends what `send_at_once` could not.
    [[nodiscard]] asio::awaitable<void> send_rest(operation_control& control, outgoing_body& body)
    {
        if (began_at_once_) {
            auto written = co_await connection_->bytes().write(head_left_, body_left_);
            if (!written)
                exchange_.send_failed(std::move(written).error());
        } else {
            co_await send_pieces(control, body);
        }
        sent(body);
    }

    /// Whether `more_of_reply` is needed, and `received_of_reply` is to be told what it yields.
    [[nodiscard]] bool awaits_head(operation_control& control)
    {
        return awaits_reply(control, [] { return false; });
    }

    /// Likewise, and for a small body behind it when `also_body()`, which is asked once the head is
    /// there: `take_received_body` has that body then.
    template <class Predicate>
    [[nodiscard]] bool awaits_reply(operation_control& control, const Predicate& also_body)
    {
        if (!control.interrupted() &&
            ((exchange_.state() == exchange::phase::receiving_head && !receive_buffered_head()) ||
                (is_small_body_coming() && also_body())))
            return true;
        stop_if_interrupted(control);
        if (waiting_ && exchange_.state() == exchange::phase::failed &&
            exchange_.body().kind() == http::framing::length)
            body_size_ += connection_->unread().size(); // Of a body that did not come whole.
        waiting_.reset();
        return false;
    }

    [[nodiscard]] asio::awaitable<stream::arrival> more_of_reply()
    {
        if (exchange_.reply_has_begun())
            waiting_->enter(step_of_reply());
        else if (waiting_->in() != step::first_byte)
            waiting_->enter(step::first_byte);
        return connection_->bytes().receive(connection_->space());
    }

    void received_of_reply(const stream::arrival& got)
    {
        if (auto read = connection_->bytes().received(got, connection_->space()))
            received(std::move(*read));
    }

    /// Receives body into `buffer`; 0 at its end. Requires that the head has been received.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read_body(
        operation_control& control, std::span<std::byte> buffer)
    {
        const operation_control::waiting waiting(
            control, connection_->bytes(), step_of_reply());
        std::size_t count = 0;
        while (count == 0 && !buffer.empty()) {
            if (!payload_.empty()) {
                count = take_payload(buffer);
            } else if (exchange_.state() != exchange::phase::receiving_body) {
                break;
            } else if (!connection_->unread().empty() && decode_buffered()) {
                continue;
            } else if (goes_straight_to(buffer.size())) {
                expect_body(control);
                auto got = co_await connection_->bytes().read_some(part_of_body(buffer));
                count = received_directly(std::move(got));
            } else {
                expect_body(control);
                auto got = co_await connection_->bytes().read_some(connection_->space());
                received(std::move(got));
            }
        }
        stop_if_interrupted(control);
        if (exchange_.state() == exchange::phase::failed)
            co_return exchange_.failure();
        body_size_ += count;
        body_sum_.update(buffer.first(count));
        co_return count;
    }

    /// The whole body, when nothing of it has to be waited for: a small one mostly comes with its
    /// head. False, and nothing taken, when that is not so.
    [[nodiscard]] bool take_received_body(std::string& out)
    {
        if (body_has_ended())
            return true;
        const auto& body = exchange_.body();
        if (exchange_.state() != exchange::phase::receiving_body ||
            body.kind() != http::framing::length ||
            body.known_left() > connection_->unread().size())
            return false;
        static_cast<void>(decode_buffered());
        out.assign(std::exchange(payload_, {}));
        const auto bytes = detail::bytes_of(out);
        body_size_ += bytes.size();
        body_sum_.update(bytes);
        return true;
    }

    /// Whether `read_body` has nothing left to yield, and no failure to report.
    [[nodiscard]] bool body_has_ended() const noexcept
    {
        return payload_.empty() && exchange_.state() == exchange::phase::complete;
    }

    /// Gives the connection back, to be called once at the end; whether it may serve again.
    bool give_back(const operation_control& control)
    {
        stop_watching();
        const bool serves_again =
            exchange_.reusable(connection_->unread().size(), control.interrupted());
        if (serves_again) {
            connection_->bytes().expect(0);
            const auto now = connection::clock::now();
            connection_.keep(now);
        }
        connection_ = lease<connection>();
        return serves_again;
    }

    /// The connection turned out to be no good: the right to open another one.
    [[nodiscard]] lease<connection> take_lease() noexcept
    {
        stop_watching();
        connection_.set(nullptr);
        return std::move(connection_);
    }

private:
    /// Lets a reply that comes while a long body is sent be seen at once. Outlives the driver, as
    /// the wait for it may.
    struct reply_watch
    {
        exchange_driver* driver = nullptr;
    };

    [[nodiscard]] step step_of_reply() const noexcept
    {
        return may_be_drawn_out_ && exchange_.state() == exchange::phase::receiving_body
            ? step::working
            : step::transfer;
    }

    /// What was read into the connection's buffer.
    void received(result<std::size_t> got)
    {
        if (!got)
            exchange_.receive_failed(std::move(got).error());
        else if (*got == 0)
            exchange_.peer_closed();
        else
            connection_->received(*got);
    }

    void stop_if_interrupted(operation_control& control)
    {
        if (control.interrupted())
            if (auto why = control.stopped())
                exchange_.stop(std::move(*why));
    }

    /// A body that is sent together with its head, without looking for an early reply.
    static constexpr std::size_t small_body = 64 * 1024;
    /// One that is copied behind its head: cheaper than a TLS record of its own.
    static constexpr std::size_t copied_body = 4 * 1024;
    /// A body that is received behind its head in the connection's buffer, which need not grow for
    /// it, as one that has come with it.
    static constexpr std::size_t small_reply = connection::initial_capacity - 4 * 1024;

    /// Takes off both what left without waiting; whether that was all, or sending failed.
    [[nodiscard]] bool write_at_once(
        std::span<const std::byte>& first, std::span<const std::byte>& second)
    {
        auto done = connection_->bytes().write_available(first, second);
        if (!done) {
            exchange_.send_failed(std::move(done).error());
            return true;
        }
        const auto of_first = std::min(done->bytes, first.size());
        first = first.subspan(of_first);
        second = second.subspan(done->bytes - of_first);
        return done->all_left;
    }

    /// The request has left, or never will.
    void sent(const outgoing_body& body) noexcept
    {
        exchange_.sent();
        sent_size_ = body.size();
        sent_crc64_ = body.crc64();
    }

    asio::awaitable<void> send_pieces(operation_control& control, outgoing_body& body)
    {
        for (bool more = true; more && exchange_.state() == exchange::phase::sending;) {
            result<std::span<const std::byte>> piece;
            if (body.in_memory()) {
                piece = body.next_in_memory();
            } else {
                source_read reading(control);
                waiting_->enter(step::untimed, reading); // The caller's source may take its time.
                piece = co_await body.next(exchange_, reading);
                waiting_->enter(step::transfer, connection_->bytes());
            }
            if (!piece) {
                exchange_.fail(std::move(piece).error());
                break;
            }
            more = !piece->empty();
            // What came while the source was waited for is no answer to what is sent now.
            if (!head_left_.empty() && !body.in_memory() && !connection_->is_quiet()) {
                exchange_.fail(connection_->spoke_unasked());
                break;
            }
            // A source may take its time, and the reply come meanwhile.
            if ((!more && head_left_.empty()) || !exchange_.sends_more())
                break;
            auto written = co_await connection_->bytes().write(head_left_, *piece);
            if (!written)
                exchange_.send_failed(std::move(written).error());
            head_left_ = {};
            if (more && watch_ == nullptr && piece->size() >= outgoing_body::piece_size)
                watch(control);
        }
        stop_watching();
    }

    void watch(const operation_control& control)
    {
        watch_ = std::make_shared<reply_watch>();
        watch_->driver = this;
        wait_for_reply(control.executor());
    }

    void stop_watching() noexcept
    {
        if (watch_ != nullptr)
            watch_->driver = nullptr;
    }

    void wait_for_reply(const asio::any_io_executor& executor)
    {
        connection_->bytes().notify_when_readable(executor, [executor, watch = watch_] {
            if (watch->driver != nullptr && watch->driver->something_came())
                watch->driver->wait_for_reply(executor);
        });
    }

    /// Whether to go on watching: not once a reply has ended the sending, nor after an error,
    /// which sending will meet as well.
    bool something_came()
    {
        const auto got = connection_->bytes().read_available(connection_->space());
        if (!got)
            return false;
        connection_->received(*got);
        static_cast<void>(receive_buffered_head());
        if (exchange_.state() == exchange::phase::sending)
            return !exchange_.has_early_reply(); // Its body can wait.
        connection_->bytes().abandon_write();
        return false;
    }

    /// Whether what was received already is, or ends, a head.
    bool receive_buffered_head()
    {
        connection_->consume(exchange_.received_head(connection_->unread()));
        return exchange_.state() != exchange::phase::receiving_head &&
            exchange_.state() != exchange::phase::sending;
    }

    [[nodiscard]] bool is_small_body_coming() const noexcept
    {
        const auto& body = exchange_.body();
        return exchange_.state() == exchange::phase::receiving_body &&
            body.kind() == http::framing::length && body.known_left() <= small_reply &&
            body.known_left() > connection_->unread().size();
    }

    /// Large pieces of an unframed body need no buffer in between.
    [[nodiscard]] bool goes_straight_to(std::size_t size) const noexcept
    {
        constexpr std::size_t worthwhile = 4096;
        const auto& body = exchange_.body();
        return connection_->unread().empty() && size >= worthwhile &&
            (body.kind() == http::framing::until_close ||
                (body.kind() == http::framing::length && body.known_left() >= worthwhile));
    }

    [[nodiscard]] std::span<std::byte> part_of_body(std::span<std::byte> buffer) const
    {
        const auto& body = exchange_.body();
        return body.kind() == http::framing::length
            ? buffer.first(std::min<std::uint64_t>(buffer.size(), body.known_left()))
            : buffer;
    }

    /// What was read into the caller's buffer; how many bytes of body that is.
    [[nodiscard]] std::size_t received_directly(result<std::size_t> got)
    {
        if (got && *got != 0) {
            exchange_.received_body_directly(*got);
            return *got;
        }
        if (!got)
            exchange_.receive_failed(std::move(got).error());
        else
            exchange_.peer_closed();
        return 0;
    }

    /// Tells the stream what it may wait for. What it holds back comes when stalls are looked for,
    /// so nothing is to be held back without a limit for these.
    void expect_body(const operation_control& control) noexcept
    {
        const auto left = exchange_.body().known_left();
        connection_->bytes().expect(control.limits().stall.is_finite() ? left : 0);
    }

    /// Whether a step could be decoded from what was received already.
    bool decode_buffered()
    {
        const auto piece = exchange_.received_body(connection_->unread());
        payload_ = piece.payload; // Stays where it is until more is received.
        connection_->consume(piece.consumed);
        return piece.consumed != 0 || exchange_.state() != exchange::phase::receiving_body;
    }

    std::size_t take_payload(std::span<std::byte> buffer) noexcept
    {
        const auto count = std::min(buffer.size(), payload_.size());
        std::memcpy(buffer.data(), payload_.data(), count);
        payload_.remove_prefix(count);
        return count;
    }

    lease<connection> connection_;
    exchange exchange_;
    std::span<const std::byte> head_left_{}; // Of the request, not written yet.
    std::span<const std::byte> body_left_{}; // Of a small one.
    bool may_be_drawn_out_; // The body of the reply, while the service works.
    bool began_at_once_ = false;
    std::shared_ptr<reply_watch> watch_{};
    std::string_view payload_{}; // Decoded, in the connection's buffer, not taken yet.
    crypto::crc64 body_sum_{};
    std::uint64_t body_size_ = 0;
    std::uint64_t sent_size_ = 0;
    std::uint64_t sent_crc64_ = 0;
    std::optional<operation_control::waiting> waiting_{}; // Until the head is there.
};

} // namespace cosio::inline v0::net

#endif
