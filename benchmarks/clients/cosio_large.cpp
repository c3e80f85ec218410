// One large object with cosio: signed, and its CRC64 compared with what the reply says.

#include "../support/cosio_client.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

namespace {

/// As a stream: to nowhere, or to a file.
asio::awaitable<void> get_stream(
    const cosio::client& cos, const std::string& key, bench::destination& to)
{
    auto opened = co_await cos.open_object({.bucket = bench::bucket, .key = key});
    auto& object = opened.value();
    for (;;) {
        const auto room = std::as_writable_bytes(std::span(to.space(), to.room()));
        const auto got = co_await object.read_some(room);
        if (got.value() == 0)
            break;
        to.received(*got);
    }
    bench::require(object.properties().crc64_verified, "the object was not verified");
}

asio::awaitable<void> get_into_buffer(
    const cosio::client& cos, const std::string& key, bench::destination& to)
{
    const auto room = std::as_writable_bytes(std::span(to.buffer()));
    const auto got = co_await cos.get_object_into({.bucket = bench::bucket, .key = key}, room);
    bench::require(got.value().crc64_verified, "the object was not verified");
    to.received(got->body_size);
}

asio::awaitable<void> put(
    const cosio::client& cos, const std::string& key, const std::vector<char>& body)
{
    const auto done =
        co_await cos.put_object({.bucket = bench::bucket, .key = key, .body = body});
    bench::require(done.value().crc64_verified, "the object was not verified");
}

/// The others connect before they measure, so this does too.
asio::awaitable<void> connect(const cosio::client& cos)
{
    const auto opened = co_await cos.warm_up(bench::bucket, 1);
    bench::require(opened.value() == 1, "cannot connect");
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    asio::io_context context(1);
    const auto cos = bench::make_client(context, run);
    const auto key = bench::key_of(run);
    bench::destination to(run);
    const auto body = bench::object_bytes(run.put ? run.size : 0);
    const auto finish = [&](asio::awaitable<void> work) {
        asio::co_spawn(context, std::move(work), bench::rethrow);
        context.restart();
        context.run();
    };
    finish(connect(cos));
    bench::measure(1, run.size, [&] {
        finish(run.put               ? put(cos, key, body)
                : run.into == "buffer" ? get_into_buffer(cos, key, to)
                                       : get_stream(cos, key, to));
    });
    bench::require(run.put || to.size() == run.size, "bytes are missing");
}
