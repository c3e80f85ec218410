// SPDX-License-Identifier: MIT
//
// Listens, reads requests, has them served and sends the replies, with the faults that strike.

#ifndef COSIO_TESTING_EMULATION_SERVER_HPP
#define COSIO_TESTING_EMULATION_SERVER_HPP

#include <cosio/net/fork_watch.hpp>
#include <cosio/testing/emulation/certificate.hpp>
#include <cosio/testing/emulation/channel.hpp>
#include <cosio/testing/emulation/fault.hpp>
#include <cosio/testing/emulation/reply_writer.hpp>
#include <cosio/testing/emulation/request_reader.hpp>
#include <cosio/testing/emulation/server_counters.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/ssl/context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Serves on loopback until its `io_context` stops.
class server
{
public:
    /// Answers a request; called on the thread that runs the `io_context`.
    using handler = std::function<http_reply(const http_request&, bool ignores_encryption)>;

    server(asio::io_context& context, const certificates& identity, fault_list& faults,
        handler answer)
        : context_(context), tls_(asio::ssl::context::tls_server), faults_(faults),
          answer_(std::move(answer))
    {
        tls_.use_certificate_chain(asio::buffer(identity.server));
        tls_.use_private_key(asio::buffer(identity.server_key), asio::ssl::context::pem);
    }

    /// Begins to listen at both addresses that `localhost` may stand for; 0 takes any free port.
    /// Returns the port. Throws `std::system_error`; not for IPv6, which a machine may not have.
    std::uint16_t listen(std::uint16_t port, bool secure)
    {
        const auto taken = listen_at(asio::ip::address_v4::loopback(), port, secure);
        try {
            listen_at(asio::ip::address_v6::loopback(), taken, secure);
        } catch (const std::system_error&) {
        }
        return taken;
    }

    [[nodiscard]] const server_counters& counters() const noexcept { return counters_; }

private:
    std::uint16_t listen_at(const asio::ip::address& where, std::uint16_t port, bool secure)
    {
        auto acceptor = std::make_unique<asio::ip::tcp::acceptor>(
            context_, asio::ip::tcp::endpoint(where, port));
        net::keep_from_programs(*acceptor);
        const auto taken = acceptor->local_endpoint().port();
        asio::co_spawn(context_, accept(*acceptor, secure), asio::detached);
        acceptors_.push_back(std::move(acceptor));
        return taken;
    }

    static constexpr std::size_t read_size = 64 * 1024;
    /// Small, so that a fault that cuts a request off finds most of its body unread.
    static constexpr std::size_t head_read_size = 4 * 1024;
    static constexpr std::size_t longest_head = 64 * 1024;

    /// Bytes of one connection, and what faults allow of them.
    struct session
    {
        std::unique_ptr<channel> peer{};
        std::string input{};
        std::size_t received = 0; ///< Of the request being read.
        bool secure = false;
    };

    asio::awaitable<void> accept(asio::ip::tcp::acceptor& acceptor, bool secure)
    {
        for (;;) {
            std::error_code code;
            auto socket =
                co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, code));
            if (code)
                co_return;
            net::keep_from_programs(socket);
            std::error_code ignored;
            socket.set_option(asio::ip::tcp::no_delay(true), ignored);
            ++counters_.connections;
            asio::co_spawn(context_, serve_connection(std::move(socket), secure), asio::detached);
        }
    }

    asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, bool secure)
    {
        session here;
        here.secure = secure;
        if (secure) {
            auto tls = std::make_unique<tls_channel>(std::move(socket), tls_);
            if (!co_await tls->handshake())
                co_return;
            counters_.resumed_sessions += tls->resumed() ? 1U : 0U;
            here.peer = std::move(tls);
        } else {
            here.peer = std::make_unique<plain_channel>(std::move(socket));
        }
        while (co_await serve_request(here)) {
        }
    }

    /// A request begins with the capitals of its method; a TLS handshake, say, does not.
    static bool speaks_something_else(std::string_view input)
    {
        return !input.empty() && !detail::is_upper(input.front());
    }

    /// More input, at most so many bytes; false at the end of the connection.
    static asio::awaitable<bool> receive(session& here, std::size_t most)
    {
        const auto before = here.input.size();
        here.input.resize(before + most);
        const auto count =
            co_await here.peer->read_some(asio::buffer(here.input.data() + before, most));
        here.input.resize(before + count);
        here.received += count;
        co_return count != 0;
    }

    /// Whether the connection goes on.
    asio::awaitable<bool> serve_request(session& here)
    {
        http_request request;
        request.secure = here.secure;
        here.received = here.input.size();
        std::size_t end = here.input.find("\r\n\r\n");
        while (end == std::string::npos && !speaks_something_else(here.input)) {
            if (here.input.size() > longest_head || !co_await receive(here, head_read_size))
                co_return false;
            end = here.input.find("\r\n\r\n");
        }
        ++counters_.requests;
        std::optional<refusal> malformed;
        body_framing framing;
        try {
            framing = read_head(
                std::string_view(here.input).substr(0, std::min(end, here.input.size()) + 2),
                request);
        } catch (const refusal& why) {
            malformed = why;
        }
        if (malformed) {
            const auto bytes = write_reply(
                describe_refusal(*malformed, request, make_request_id(now())), false);
            co_await here.peer->write(bytes);
            co_await here.peer->finish();
            co_return false;
        }
        here.input.erase(0, end + 4);

        const auto faults = faults_.striking(request.method, request.target);
        const bool early =
            std::ranges::any_of(faults, [](const fault& each) { return each.early; });
        if (!early) {
            if (framing.expects_continue &&
                !co_await here.peer->write("HTTP/1.1 100 Continue\r\n\r\n"))
                co_return false;
            if (!co_await receive_body(here, request, framing, faults))
                co_return false;
        }
        const bool goes_on = co_await answer(here, request, faults, early);
        co_return goes_on;
    }

    /// Reads the body; false when the connection, or a fault, ends it first.
    static asio::awaitable<bool> receive_body(session& here, http_request& request,
        const body_framing& framing, const std::vector<fault>& faults)
    {
        const auto cut = std::ranges::find_if(
            faults, [](const fault& each) { return each.request_limit.has_value(); });
        for (;;) {
            auto most = read_size;
            if (cut != faults.end()) {
                if (here.received >= *cut->request_limit) {
                    if (cut->resets)
                        here.peer->reset();
                    else
                        co_await here.peer->finish();
                    co_return false;
                }
                most = std::min(most, *cut->request_limit - here.received);
            }
            if (framing.chunked ? take_chunks(here.input, request.body)
                                : here.input.size() >= framing.length)
                break;
            if (!co_await receive(here, most))
                co_return false;
        }
        if (!framing.chunked) {
            request.body = here.input.substr(0, framing.length);
            here.input.erase(0, framing.length);
        }
        for (const auto& each : faults)
            if (each.request_bit && !request.body.empty()) {
                const auto bit = *each.request_bit % (request.body.size() * 8);
                request.body[bit / 8] = static_cast<char>(request.body[bit / 8] ^ (1 << bit % 8));
            }
        co_return true;
    }

    asio::awaitable<bool> answer(session& here, const http_request& request,
        const std::vector<fault>& faults, bool early)
    {
        const bool in_the_clear = std::ranges::any_of(
            faults, [](const fault& each) { return each.ignores_encryption; });
        auto reply = injected_refusal(faults, request, now());
        if (!reply) {
            reply = answer_(request, in_the_clear);
            spoil(*reply, faults);
        }
        const bool stays = request.keep_alive && !early;
        std::string bytes = write_reply(*reply, stays);
        std::size_t limit = bytes.size();
        std::size_t at_once = 0;
        std::size_t piece = bytes.size();
        std::chrono::milliseconds pause(0);
        bool cut = false;
        bool resets = false;
        for (const auto& each : faults) {
            if (each.raw) {
                bytes = *each.raw;
                limit = piece = bytes.size();
                cut = true;
            }
            if (each.reply_limit) {
                limit = std::min(*each.reply_limit, bytes.size());
                resets = each.resets;
                cut = true;
            }
            if (each.piece != 0) {
                at_once = each.at_once;
                piece = each.piece;
                pause = each.pause;
            }
            co_await sleep(each.wait);
        }
        auto rest = std::string_view(bytes).substr(0, limit);
        while (!rest.empty()) {
            const auto next = rest.substr(0, std::max(std::exchange(at_once, 0), piece));
            if (!co_await here.peer->write(next))
                co_return false;
            rest.remove_prefix(next.size());
            co_await sleep(pause);
        }
        if (stays && !cut)
            co_return true;
        if (resets)
            here.peer->reset();
        else
            co_await here.peer->finish();
        co_return false;
    }

    asio::awaitable<void> sleep(std::chrono::milliseconds time)
    {
        if (time.count() == 0)
            co_return;
        std::error_code ignored;
        asio::steady_timer timer(context_, time);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

    static time_point now()
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    asio::io_context& context_;
    asio::ssl::context tls_;
    fault_list& faults_;
    handler answer_;
    server_counters counters_{};
    std::vector<std::unique_ptr<asio::ip::tcp::acceptor>> acceptors_{};
};

} // namespace cosio::inline v0::testing::emulation

#endif
