// SPDX-License-Identifier: MIT
//
// A stream with the bytes that were received from it and not used yet.

#ifndef COSIO_NET_CONNECTION_HPP
#define COSIO_NET_CONNECTION_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/net/stream.hpp>
#include <cosio/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Owned by one operation at a time, or by the pool.
class connection
{
public:
    using clock = std::chrono::steady_clock;

    /// A head and a small body fit.
    static constexpr std::size_t initial_capacity = 16 * 1024;

    explicit connection(std::unique_ptr<stream> bytes)
        : stream_(std::move(bytes)), buffer_(initial_capacity)
    {}

    [[nodiscard]] stream& bytes() noexcept { return *stream_; }

    /// Received and not consumed. Valid until `space()`.
    [[nodiscard]] std::string_view unread() const noexcept
    {
        return {buffer_.data() + begin_, end_ - begin_};
    }
    void consume(std::size_t count) noexcept { begin_ += count; }

    /// Room for at least one more byte, growing if need be: the caller's limits bound what is kept.
    [[nodiscard]] std::span<std::byte> space()
    {
        if (begin_ == end_)
            begin_ = end_ = 0;
        if (end_ == buffer_.size()) {
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
            end_ -= begin_;
            begin_ = 0;
            buffer_.resize(std::max(initial_capacity, 2 * end_));
        }
        return std::as_writable_bytes(std::span(buffer_).subspan(end_));
    }
    void received(std::size_t count) noexcept { end_ += count; }

    /// Where the heads of requests are written, so that they need no memory of their own. Empty
    /// in between: `clear` wipes them.
    struct request_memory
    {
        http::field_list attempt_fields{};
        crypto::secret_buffer head{};

        void clear() noexcept
        {
            attempt_fields.clear();
            head.clear();
        }
    };
    [[nodiscard]] request_memory& for_request() noexcept { return for_request_; }

    /// Whether nothing has come since the last reply, or since the connection was opened, not even
    /// an end. What a server says unasked (a 408 before it closes, the rest of a reply that was
    /// longer than its head said) must not be taken for the reply to the next request, so this asks
    /// the system, before each request: a reply that comes late looks like the answer.
    ///
    /// What arrives between this look and the first byte of the request, or was on its way then,
    /// cannot be told from an early answer, such as a refusal sent before the request was read:
    /// HTTP/1.1 numbers neither requests nor replies, the system does not say when bytes arrived,
    /// and a byte stream does not show what its peer had received when it spoke. The proof that
    /// replies have to give (`operation::missing_proof`) is what is left then.
    [[nodiscard]] bool is_quiet()
    {
        const auto got = stream_->read_available(space());
        return got && *got == 0 && unread().empty() && !stream_->holds_input();
    }

    /// The error of a connection that a request was meant for and that is not quiet.
    [[nodiscard]] static error spoke_unasked()
    {
        return error(errc::connection_closed, "the peer spoke or closed before it was asked");
    }

private:
    std::unique_ptr<stream> stream_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    request_memory for_request_{};
};

} // namespace cosio::inline v0::net

#endif
