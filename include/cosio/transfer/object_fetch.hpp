// SPDX-License-Identifier: MIT
//
// Receives a range of one object that must not change, and goes on where a connection broke.

#ifndef COSIO_TRANSFER_OBJECT_FETCH_HPP
#define COSIO_TRANSFER_OBJECT_FETCH_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/net/attempts.hpp>
#include <cosio/net/client_core.hpp>
#include <cosio/object_properties.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/crew.hpp>
#include <cosio/transfer/part_plan.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace cosio::inline v0::transfer {

/// Where bytes go, in order: `room()` is where the next ones may be received to, `commit(n)` takes
/// the first n of it.
template <class T>
concept part_destination = requires(T& to, std::size_t count) {
    { to.room() } -> std::same_as<std::span<std::byte>>;
    { to.commit(count) } -> std::same_as<asio::awaitable<result<void>>>;
};

/// The object to read. Views that outlive the transfer.
struct fetch_source
{
    std::string_view bucket{};
    std::string_view key{};
    cosio::sse::on_read sse{};
    std::string_view version_id{};
    std::uint64_t traffic_limit = 0;
};

/// Reads one state of one object. Touched on the transfer's executor only.
template <class Client>
class object_fetch
{
public:
    object_fetch(Client cos, std::shared_ptr<net::client_core> core, const fetch_source& source)
        : cos_(std::move(cos)), core_(std::move(core)), source_(source)
    {}

    /// Asks which object it is that is to be read.
    [[nodiscard]] asio::awaitable<result<void>> head(lane& in)
    {
        const head_object_request request{.bucket = source_.bucket, .key = source_.key,
            .sse = source_.sse, .version_id = source_.version_id};
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto found = co_await cos_.head_object(request, in.token());
        if (!found)
            co_return std::move(found).error();
        object_ = std::move(*found);
        co_return result<void>();
    }

    /// As the reply to HEAD told.
    [[nodiscard]] const object_properties& object() const noexcept { return object_; }

    /// Receives `which` of the object, all of it by one request when `whole`. Yields its CRC64.
    ///
    /// A connection that breaks is replaced as often as it brings the range forward, and as
    /// `retry_settings` say otherwise. Errors: `errc::object_changed`, those of the destination,
    /// and those of GET Object.
    template <part_destination Destination>
    [[nodiscard]] asio::awaitable<result<std::uint64_t>> fetch(
        lane& in, part which, bool whole, Destination& to)
    {
        position at{which.offset, which.offset + which.size, {}};
        for (unsigned failures = 0;;) {
            const auto before = at.next;
            auto received = co_await receive(in, whole && before == which.offset, at, to);
            if (received)
                co_return at.sum.value();
            auto why = std::move(received).error();
            failures = at.next != before ? 1 : failures + 1;
            if (!at.broken || failures >= core_->retry.maximum_attempts ||
                !core_->budget.take())
                co_return why;
            co_await in.pause(net::backoff_delay(core_->retry, failures, core_->random()));
        }
    }

private:
    struct position
    {
        std::uint64_t next;
        std::uint64_t end;
        crypto::crc64 sum;
        bool broken = false; ///< The connection broke within the body: another may do better.
    };

    template <part_destination Destination>
    [[nodiscard]] asio::awaitable<result<void>> receive(
        lane& in, bool whole, position& at, Destination& to)
    {
        at.broken = false;
        get_object_request request{.bucket = source_.bucket, .key = source_.key,
            .sse = source_.sse, .version_id = source_.version_id,
            .traffic_limit = source_.traffic_limit};
        if (!whole)
            request.range = byte_range::between(at.next, at.end - 1);
        request.conditions.if_match = object_.etag;
        if (in.interrupted())
            co_return error(errc::cancelled);
        auto opened = co_await cos_.open_object(request, in.token());
        if (!opened)
            co_return changed_or(std::move(opened).error());
        if (opened->properties().etag != object_.etag) // A service may not know If-Match.
            co_return error(errc::object_changed, "its ETag is another than before");
        if (opened->properties().size == 0 && object_.size != 0)
            co_return error(
                errc::malformed_response, "the reply does not state the length of the object");
        if (opened->properties().size != object_.size)
            co_return error(errc::object_changed, "its size is another than before");
        for (;;) {
            if (in.interrupted())
                co_return error(errc::cancelled);
            const auto room = to.room();
            auto got = co_await opened->read(room, in.token());
            if (!got) {
                at.broken = got.error().code == condition::connection;
                co_return std::move(got).error();
            }
            if (*got == 0)
                break;
            const auto bytes = room.first(*got);
            if (bytes.size() > at.end - at.next)
                co_return error(errc::malformed_response, "the range is longer than asked for");
            at.sum.update(bytes);
            if (auto taken = co_await to.commit(bytes.size()); !taken)
                co_return std::move(taken).error();
            at.next += bytes.size();
        }
        if (at.next != at.end)
            co_return error(errc::truncated_body, "the range did not come whole");
        co_return result<void>();
    }

    [[nodiscard]] static error changed_or(error why)
    {
        if (why.code == condition::precondition_failed) {
            why.code = errc::object_changed;
            why.message = "its ETag is another than before";
        }
        return why;
    }

    Client cos_;
    std::shared_ptr<net::client_core> core_;
    fetch_source source_;
    object_properties object_{};
};

} // namespace cosio::inline v0::transfer

#endif
