// One large object to or from a file with cosio, in parts side by side: each part and the whole
// compared with the CRC64 of the reply.

#include "../support/cosio_client.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

namespace {

asio::awaitable<void> download(
    const cosio::client& cos, const std::string& key, const std::string& path)
{
    const auto done =
        co_await cos.download_file({.bucket = bench::bucket, .key = key, .path = path});
    bench::require(done.value().crc64_verified, "the object was not verified");
}

asio::awaitable<void> upload(
    const cosio::client& cos, const std::string& key, const std::string& path)
{
    const auto done =
        co_await cos.upload_file({.bucket = bench::bucket, .key = key, .path = path});
    bench::require(done.value().crc64_verified, "the object was not verified");
}

/// The others connect before they measure, so this does too.
asio::awaitable<void> connect(const cosio::client& cos)
{
    const auto connections = cosio::transfer_options().parallelism;
    const auto opened = co_await cos.warm_up(bench::bucket, connections);
    bench::require(opened.value() == connections, "cannot connect");
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    asio::io_context context(1);
    const auto cos = bench::make_client(context, run);
    const auto key = bench::key_of(run);
    const auto finish = [&](asio::awaitable<void> work) {
        asio::co_spawn(context, std::move(work), bench::rethrow);
        context.restart();
        context.run();
    };
    finish(connect(cos));
    bench::measure(1, run.size,
        [&] { finish(run.put ? upload(cos, key, run.from) : download(cos, key, run.into)); });
}
