// How many bytes wake a reader up, on sockets and without anybody who hurries.

#include <cosio/net/tcp_stream.hpp>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tcp_stream_test {

using namespace std::chrono_literals;
using asio::ip::tcp;
using cosio::net::receive_pace;
using cosio::net::tcp_stream;

/// A stream and its peer.
struct connected
{
    connected() : peer(context)
    {
        tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
        tcp::socket ours(context);
        ours.connect(acceptor.local_endpoint());
        acceptor.accept(peer);
        peer.set_option(tcp::no_delay(true));
        stream.emplace(std::move(ours));
    }

    void sends(std::size_t size) { asio::write(peer, asio::buffer(std::string(size, 'x'))); }

    /// Begins to read, as what is there already is yielded in any case.
    void begins_to_read()
    {
        got.reset();
        asio::co_spawn(
            context,
            [this]() -> asio::awaitable<void> {
                const auto count = co_await stream->read_some(buffer);
                got = count.value();
            },
            asio::detached);
        context.restart();
        context.poll();
    }

    /// How many bytes the read has yielded, if it has within that time.
    std::optional<std::size_t> has_read(std::chrono::milliseconds within)
    {
        context.restart();
        context.run_for(within);
        return got;
    }

    /// Bytes come so fast that a batch of them is worth waiting for, once it is known when they
    /// began.
    void comes_fast(int batches = 3)
    {
        for (; batches != 0; --batches) {
            stream->expect(large);
            sends(receive_pace::batch);
            for (std::size_t received = 0; received != receive_pace::batch;) {
                begins_to_read();
                received += has_read(10s).value();
            }
        }
        stream->expect(large);
    }

    static constexpr std::uint64_t large = 1 << 30;

    asio::io_context context{};
    tcp::socket peer;
    std::optional<tcp_stream> stream{};
    std::optional<std::size_t> got{};
    std::vector<std::byte> buffer = std::vector<std::byte>(receive_pace::batch + 1);
};

TEST_CASE("tcp_stream: where bytes come fast, few do not wake the reader")
{
    connected here;
    here.comes_fast();
    here.begins_to_read();
    here.sends(10);
#if defined(__linux__)
    CHECK_FALSE(here.has_read(50ms));
    here.stream->hurry(); // Tells of what has come.
#endif
    CHECK(here.has_read(10s) == 10);
}

TEST_CASE("tcp_stream: the rest of a body is less than a batch, and not waited for")
{
    for (const std::uint64_t left : {receive_pace::batch - 1, std::size_t{0}}) {
        connected here;
        here.comes_fast();
        here.stream->expect(left);
        here.begins_to_read();
        here.sends(10);
        CHECK(here.has_read(10s) == 10);
    }
}

TEST_CASE("tcp_stream: the end of the peer's side wakes the reader, whatever it waits for")
{
    connected here;
    here.comes_fast();
    here.begins_to_read();
    here.peer.close();
    CHECK(here.has_read(10s) == 0);
}

TEST_CASE("tcp_stream: what is sent says nothing of the pace at which bytes come")
{
    connected here;
    here.comes_fast(1);
    const std::vector<std::byte> much(10 * receive_pace::batch);
    std::span<const std::byte> rest(much);
    std::string sink(much.size(), ' ');
    while (!rest.empty()) {
        const auto written = here.stream->write_available(rest, {}).value();
        rest = rest.subspan(written.bytes);
        here.peer.read_some(asio::buffer(sink));
    }
    here.stream->expect(connected::large);
    here.begins_to_read();
    here.sends(10);
    CHECK(here.has_read(10s) == 10);
}

} // namespace tcp_stream_test
