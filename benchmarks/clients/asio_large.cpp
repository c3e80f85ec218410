// One large object over bare Asio coroutines.

#include "../support/asio_connection.hpp"
#include "../support/http.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <array>

namespace {

template <class Stream>
asio::awaitable<void> get(Stream& stream, const std::string& head, bench::destination& to)
{
    co_await asio::async_write(stream, asio::buffer(head), asio::use_awaitable);
    std::vector<char> buffer(bench::piece_size);
    std::size_t filled = 0;
    std::size_t length = 0;
    while (length == 0) {
        filled += co_await stream.async_read_some(
            asio::buffer(buffer.data() + filled, buffer.size() - filled), asio::use_awaitable);
        length = bench::reply_length({buffer.data(), filled});
    }
    const auto end = std::string_view(buffer.data(), filled).find("\r\n\r\n") + 4;
    to.take(buffer.data() + end, filled - end);
    for (auto left = length - filled; left != 0;) {
        const auto count = co_await stream.async_read_some(
            asio::buffer(to.space(), std::min(to.room(), left)), asio::use_awaitable);
        to.received(count);
        left -= count;
    }
}

template <class Stream>
asio::awaitable<void> put(
    Stream& stream, const std::string& head, const std::vector<char>& body)
{
    const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
    co_await asio::async_write(stream, both, asio::use_awaitable);
    std::array<char, 4096> reply{};
    std::size_t filled = 0;
    while (bench::reply_length({reply.data(), filled}) == 0)
        filled += co_await stream.async_read_some(
            asio::buffer(reply.data() + filled, reply.size() - filled), asio::use_awaitable);
}

template <class Stream>
void measure(const bench::options& run)
{
    asio::io_context context(1);
    bench::connector<Stream> make(context, run);
    auto stream = make.make();
    const auto head = bench::request_head(run);
    bench::destination to(run);
    const auto body = bench::object_bytes(run.put ? run.size : 0);
    bench::measure(1, run.size, [&] {
        asio::co_spawn(
            context, run.put ? put(stream, head, body) : get(stream, head, to), bench::rethrow);
        context.run();
    });
    bench::require(run.put || to.size() == run.size, "bytes are missing");
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    run.tls ? measure<bench::tls_stream>(run) : measure<bench::plain_stream>(run);
}
