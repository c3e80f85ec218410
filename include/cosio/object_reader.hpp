// SPDX-License-Identifier: MIT
//
// An object as a stream: the caller pulls, so nothing is received before there is room for it.

#ifndef COSIO_OBJECT_READER_HPP
#define COSIO_OBJECT_READER_HPP

#include <cosio/net/initiation.hpp>
#include <cosio/request/get_object.hpp>

#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace cosio::inline v0 {

/// The bytes of one object, from `client::open_object`. Movable; holds one connection until its
/// end has been read or it is destroyed, which closes the connection if bytes are left.
///
/// One read at a time. Reads may be made from any thread; each completes where its token says.
class object_reader
{
public:
    /// A reader that is at its end.
    object_reader() = default;
    explicit object_reader(std::shared_ptr<net::object_stream> stream) : stream_(std::move(stream))
    {}

    /// What the head of the reply told, compared with what was asked for. `body_size` and
    /// `crc64_verified` are set once the end has been read. Requires a reader that was opened.
    [[nodiscard]] const get_object_result& properties() const noexcept
    {
        return net::head_of(*stream_);
    }

    /// Reads 1 byte or more into `buffer`, which must live until the read is done; 0 at the end
    /// of the object, and only if it came whole and its CRC64 is that of the reply.
    ///
    /// Signature `void(result<std::size_t>)`. Errors: `errc::truncated_body`,
    /// `errc::checksum_mismatch`, `errc::malformed_response`, `errc::cancelled`, and those of the
    /// connection; an error is final. Cancellation (terminal) closes the connection.
    template <class Token = asio::use_awaitable_t<>>
    auto read_some(std::span<std::byte> buffer, Token&& token = {})
    {
        return net::complete(net::core_of(*stream_),
            net::prepare_read(stream_, buffer, net::read_until::some), std::forward<Token>(token));
    }

    /// As `read_some`, but fills `buffer`: with less than that only at the end of the object, or
    /// before an error, which the next read then yields. For those who would wait for the rest
    /// anyway.
    template <class Token = asio::use_awaitable_t<>>
    auto read(std::span<std::byte> buffer, Token&& token = {})
    {
        return net::complete(net::core_of(*stream_),
            net::prepare_read(stream_, buffer, net::read_until::full), std::forward<Token>(token));
    }

private:
    std::shared_ptr<net::object_stream> stream_{};
};

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/net/object_stream.hpp>
#endif

#endif
