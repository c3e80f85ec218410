// SPDX-License-Identifier: MIT
//
// One request and its reply on one connection, as a pure state machine: it is told what happened
// on the connection and says what that means.

#ifndef COSIO_NET_EXCHANGE_HPP
#define COSIO_NET_EXCHANGE_HPP

#include <cosio/http/response_body.hpp>
#include <cosio/http/response_parser.hpp>
#include <cosio/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

/// What decides whether a connection may serve another request.
struct reuse_facts
{
    bool reply_complete = false;
    bool keep_alive = false;
    /// The end of the connection was the end of the reply.
    bool ended_by_close = false;
    /// Bytes that belong to no reply were received.
    bool surplus = false;
    bool request_sent_whole = false;
    bool interrupted = false;
};

/// A connection is kept only when both sides agree on where they are.
[[nodiscard]] constexpr bool is_reusable(const reuse_facts& facts) noexcept
{
    return facts.reply_complete && facts.keep_alive && !facts.ended_by_close && !facts.surplus &&
        facts.request_sent_whole && !facts.interrupted;
}

/// Follows one exchange. The driver reports each event; `failure()` is set once it cannot succeed.
///
/// A reply may arrive before it is known that the request was sent whole: a refusal then stands,
/// and nothing more is sent; a success is true only if nothing more was to be sent, as when it
/// overtakes the news that the last bytes have left. When sending fails, the reply that explains
/// why may be waiting already, so the exchange goes on to receive before it gives up.
class exchange
{
public:
    enum class phase { sending, receiving_head, receiving_body, complete, failed };

    /// `body_size` is empty for a chunked request body.
    exchange(http::method method, std::optional<std::uint64_t> body_size,
        http::head_limits limits = {})
        : method_(method), body_size_(body_size), parser_(limits)
    {}

    [[nodiscard]] phase state() const noexcept { return phase_; }
    [[nodiscard]] const error& failure() const noexcept { return failure_; }
    [[nodiscard]] const http::response_head& head() const noexcept { return head_; }
    /// Whether that is whole, and of the final reply.
    [[nodiscard]] bool has_head() const noexcept { return has_head_; }
    /// For moving the head out once the exchange is complete.
    [[nodiscard]] http::response_head& head() noexcept { return head_; }
    [[nodiscard]] const http::response_body& body() const noexcept { return body_; }
    /// Whether any byte of the request was handed to the system.
    [[nodiscard]] bool request_was_sent() const noexcept { return request_was_sent_; }
    /// Whether any byte of a reply was received.
    [[nodiscard]] bool reply_has_begun() const noexcept { return reply_has_begun_; }

    // While sending.

    /// Sending begins; from here on the service may have seen the request.
    void sending_begins() noexcept { request_was_sent_ = true; }

    /// The body source yielded `count` more bytes, 0 for its end. Whether they may be sent: not
    /// when they are more than the source said, nor when it ends early.
    [[nodiscard]] bool body_continues(std::size_t count)
    {
        body_sent_ += count;
        const bool too_many = body_size_ && body_sent_ > *body_size_;
        const bool too_few = body_size_ && count == 0 && body_sent_ < *body_size_;
        if (too_many || too_few)
            fail(error(errc::body_size_mismatch,
                "said " + std::to_string(*body_size_) + " bytes, yielded " +
                    (too_many ? "more" : "only " + std::to_string(body_sent_)),
                "body"));
        return !too_many && !too_few;
    }

    /// More of the request is about to be sent. Whether it may: not after a reply.
    [[nodiscard]] bool sends_more()
    {
        if (phase_ == phase::sending && early_success_)
            fail(error(errc::malformed_response,
                "a reply of success came before the request was sent whole"));
        return phase_ == phase::sending;
    }

    /// Whether a head was received already, though sending goes on.
    [[nodiscard]] bool has_early_reply() const noexcept { return early_success_; }

    /// All of the request has been sent.
    void sent() noexcept
    {
        if (phase_ != phase::sending)
            return;
        request_sent_whole_ = true;
        phase_ = phase::receiving_head;
        if (early_success_)
            body_begins();
    }

    /// Sending failed. Does nothing when a reply has ended it already.
    void send_failed(error why)
    {
        if (phase_ != phase::sending)
            return;
        if (early_success_)
            return fail(std::move(why));
        send_failure_ = std::move(why);
        phase_ = phase::receiving_head;
    }

    // While receiving.

    /// `window` is everything received and not consumed yet, maybe while still sending. Yields how
    /// much of it is consumed: heads, as far as they are whole.
    [[nodiscard]] std::size_t received_head(std::string_view window)
    {
        reply_has_begun_ = reply_has_begun_ || !window.empty();
        std::size_t consumed = 0;
        while (!early_success_ &&
            (phase_ == phase::receiving_head || phase_ == phase::sending)) {
            const auto length = parser_.parse(window.substr(consumed), head_);
            if (!length) {
                fail(length.error());
                break;
            }
            if (*length == 0)
                break;
            consumed += *length;
            head_is_whole();
        }
        return consumed;
    }

    /// Takes the framing off one piece of the body; requires `phase::receiving_body`.
    [[nodiscard]] http::decoded_piece received_body(std::string_view window)
    {
        auto piece = body_.next(window);
        if (!piece) {
            fail(std::move(piece).error());
            return {};
        }
        body_may_be_done();
        return *piece;
    }

    /// `count` bytes of body went straight to where they belong, see `http::response_body::took`.
    void received_body_directly(std::size_t count)
    {
        body_.took(count);
        body_may_be_done();
    }

    /// The peer ended its side in order.
    void peer_closed()
    {
        if (phase_ == phase::receiving_body) {
            if (auto whole = body_.closed(); !whole)
                return fail(std::move(whole).error());
            return body_may_be_done();
        }
        receive_failed(error(errc::connection_closed,
            reply_has_begun_ ? "the peer closed the connection within the head of its reply"
                             : "the peer closed the connection without a reply"));
    }

    /// Receiving failed. If sending had failed before, that is the error to report.
    void receive_failed(error why)
    {
        if (phase_ == phase::receiving_body && why.code == errc::connection_closed)
            return fail(error(errc::truncated_body, std::move(why.message)));
        fail(send_failure_ && !reply_has_begun_ ? std::move(*send_failure_) : std::move(why));
    }

    /// The operation has to stop, whatever became of the exchange.
    void stop(error why)
    {
        phase_ = phase::failed;
        failure_ = std::move(why);
    }

    /// Ends the exchange with an error, unless it has failed already.
    void fail(error why)
    {
        if (phase_ == phase::failed)
            return;
        phase_ = phase::failed;
        failure_ = std::move(why);
    }

    /// Whether the connection may serve another request; `surplus` are bytes left unconsumed.
    [[nodiscard]] bool reusable(std::size_t surplus, bool interrupted) const noexcept
    {
        reuse_facts facts;
        facts.reply_complete = phase_ == phase::complete;
        facts.keep_alive = head_.keep_alive;
        facts.ended_by_close = body_.kind() == http::framing::until_close;
        facts.surplus = surplus != 0;
        facts.request_sent_whole = request_sent_whole_;
        facts.interrupted = interrupted;
        return is_reusable(facts);
    }

private:
    static constexpr int most_interim_replies = 16;

    void head_is_whole()
    {
        constexpr unsigned switching_protocols = 101;
        if (head_.status < 200) {
            if (head_.status == switching_protocols)
                return fail(error(errc::malformed_response, "the peer switched protocols unasked"));
            if (++interim_replies_ > most_interim_replies)
                return fail(error(errc::malformed_response, "too many interim replies"));
            return;
        }
        has_head_ = true;
        if (phase_ == phase::sending && head_.status < 300)
            early_success_ = true;
        else if (!request_sent_whole_ && head_.status < 300)
            fail(error(errc::malformed_response,
                "a reply of success came although the request could not be sent whole"));
        else
            body_begins();
    }

    void body_begins() noexcept
    {
        body_ = http::response_body(method_, head_);
        phase_ = phase::receiving_body;
        body_may_be_done();
    }

    void body_may_be_done() noexcept
    {
        if (body_.done())
            phase_ = phase::complete;
    }

    http::method method_;
    std::optional<std::uint64_t> body_size_;
    std::uint64_t body_sent_ = 0;
    http::response_parser parser_;
    http::response_head head_{};
    http::response_body body_{};
    phase phase_ = phase::sending;
    error failure_{};
    std::optional<error> send_failure_{};
    int interim_replies_ = 0;
    bool request_was_sent_ = false;
    bool request_sent_whole_ = false;
    bool reply_has_begun_ = false;
    bool early_success_ = false;
    bool has_head_ = false;
};

} // namespace cosio::inline v0::net

#endif
