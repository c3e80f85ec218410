// Connect, handshake, GET, close, with cosio: no connection is kept for the next operation. Whether
// a session can be resumed is up to the server.

#include "../support/cosio_client.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

namespace {

asio::awaitable<void> get(const cosio::client& cos, const std::string& key, std::uint64_t number)
{
    for (; number != 0; --number) {
        const auto got = co_await cos.get_object({.bucket = bench::bucket, .key = key});
        bench::require(got.value().crc64_verified, "the object was not verified");
    }
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    asio::io_context context(1);
    auto settings = bench::client_settings(run);
    settings.pool.maximum_idle = 0;
    const cosio::client cos(context.get_executor(), settings);
    const auto key = bench::key_of(run);
    const auto times = [&](std::uint64_t number) {
        asio::co_spawn(context, get(cos, key, number), bench::rethrow);
        context.restart();
        context.run();
    };
    times(run.warm_up_operations());
    const auto before = cos.counters();
    bench::measure(run.operations, run.operations * run.size, [&] { times(run.operations); });
    const auto after = cos.counters();
    bench::require(after.opened - before.opened == run.operations &&
            after.resumed - before.resumed == (run.resumes ? run.operations : 0),
        "sessions were resumed, or not, against what was asked for");
}
