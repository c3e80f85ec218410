// SPDX-License-Identifier: MIT
//
// What becomes of a reply's body: a document, an object in a string, or the caller's buffer.

#ifndef COSIO_NET_RECEIVE_REPLY_HPP
#define COSIO_NET_RECEIVE_REPLY_HPP

#include <cosio/net/exchange_driver.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace cosio::inline v0::net {

/// What is read of the document of a refusal: one that is longer tells its status alone.
inline constexpr std::uint64_t longest_refusal = 1024 * 1024;

/// Where the body of a successful reply goes: into a string, or into the caller's buffer.
struct destination
{
    /// Used when `into_buffer` is false.
    std::uint64_t limit = longest_refusal;
    std::span<std::byte> buffer{};
    bool into_buffer = false;

    [[nodiscard]] std::uint64_t capacity() const noexcept
    {
        return into_buffer ? buffer.size() : limit;
    }
};

[[nodiscard]] inline error too_long_for_destination(std::uint64_t capacity)
{
    return error(errc::destination_too_small,
        "the object is longer than the " + std::to_string(capacity) + " bytes there is room for");
}

/// Receives the rest of the body behind what `out` holds, at most `limit` bytes in all.
[[nodiscard]] inline asio::awaitable<result<void>> read_into_string(exchange_driver& driver,
    operation_control& control, std::string& out, std::uint64_t limit)
{
    constexpr std::size_t first_step = 16 * 1024;
    constexpr std::size_t longest_step = 8 * 1024 * 1024;
    const auto length = driver.progress().head().content_length;
    for (std::size_t filled = 0;;) {
        // Grows with what arrives, not with what the peer announces.
        const std::size_t step = std::clamp(filled, first_step, longest_step);
        const auto still = driver.progress().body().known_left();
        out.resize(filled + (length ? std::max<std::size_t>(1, std::min<std::uint64_t>(step, still))
                                    : step));
        const auto room = std::as_writable_bytes(std::span(out)).subspan(filled);
        auto got = co_await driver.read_body(control, room);
        filled += got ? *got : 0;
        if (!got || *got == 0 || filled > limit || driver.body_has_ended()) {
            out.resize(filled);
            if (!got)
                co_return std::move(got).error();
            if (filled > limit)
                co_return too_long_for_destination(limit);
            co_return result<void>();
        }
    }
}

[[nodiscard]] inline asio::awaitable<result<void>> read_into_buffer(
    exchange_driver& driver, operation_control& control, std::span<std::byte> buffer)
{
    const auto capacity = buffer.size();
    while (!buffer.empty()) {
        auto got = co_await driver.read_body(control, buffer);
        if (!got)
            co_return std::move(got).error();
        if (*got == 0)
            co_return result<void>();
        buffer = buffer.subspan(*got);
    }
    if (driver.body_has_ended())
        co_return result<void>();
    std::byte one_more{};
    auto got = co_await driver.read_body(control, std::span(&one_more, 1));
    if (!got)
        co_return std::move(got).error();
    if (*got != 0)
        co_return too_long_for_destination(capacity);
    co_return result<void>();
}

/// What is known of a reply whose body has been received, into `out.body` or elsewhere. Gives the
/// connection back if it may serve again.
inline void finish_reply(
    exchange_driver& driver, operation_control& control, operation::reply& out)
{
    auto& progress = driver.progress();
    driver.give_back(control);
    out.body_size = driver.body_size();
    out.body_crc64 = driver.body_crc64();
    out.sent_crc64 = driver.sent_crc64();
    out.body_end_is_framed = progress.body().kind() != http::framing::until_close;
    out.head = std::move(progress.head());
}

/// Whether the body is an object for the caller's buffer, and no document.
[[nodiscard]] inline bool goes_into_buffer(
    const exchange& progress, const destination& to) noexcept
{
    return to.into_buffer && operation::is_success(progress.head().status);
}

/// Bytes there is room for: a refusal is a document, wherever an object would go.
[[nodiscard]] inline std::uint64_t capacity_for(
    const exchange& progress, const destination& to) noexcept
{
    return operation::is_success(progress.head().status) ? to.capacity() : longest_refusal;
}

/// Whether there is room for a body of the length that the head states, if it does.
[[nodiscard]] inline bool has_room(const exchange& progress, const destination& to) noexcept
{
    return progress.body().kind() == http::framing::none ||
        progress.head().content_length.value_or(0) <= capacity_for(progress, to);
}

/// Whether the body has its place in `out.body`, as far as the head tells.
[[nodiscard]] inline bool goes_into_string(
    const exchange& progress, const destination& to) noexcept
{
    return !goes_into_buffer(progress, to) && has_room(progress, to);
}

/// As `receive_reply`, when all of the body has been received. False when it has not, or does not
/// go into the string.
[[nodiscard]] inline bool take_received_reply(exchange_driver& driver, operation_control& control,
    const destination& to, operation::reply& out)
{
    if (!goes_into_string(driver.progress(), to) || !driver.take_received_body(out.body))
        return false;
    finish_reply(driver, control, out);
    return true;
}

/// Receives the body of a reply whose head is there, and gives the connection back if it may serve
/// again. Bodies of refusals are documents whatever the destination is. `out` is a new one.
[[nodiscard]] inline asio::awaitable<result<void>> receive_reply(exchange_driver& driver,
    operation_control& control, const destination& to, operation::reply& out)
{
    const auto& progress = driver.progress();
    const auto capacity = capacity_for(progress, to);
    const bool is_refusal = !operation::is_success(progress.head().status);
    result<void> received;
    if (!has_room(progress, to)) {
        if (!is_refusal)
            co_return too_long_for_destination(capacity);
        finish_reply(driver, control, out);
        co_return received;
    }
    if (goes_into_buffer(progress, to))
        received = co_await read_into_buffer(driver, control, to.buffer);
    else
        received = co_await read_into_string(driver, control, out.body, capacity);
    if (!received && is_refusal && received.error().code == errc::destination_too_small) {
        out.body.clear();
        received = result<void>();
    }
    if (received)
        finish_reply(driver, control, out);
    co_return received;
}

} // namespace cosio::inline v0::net

#endif
