// Small objects over bare Asio coroutines: what a careful user writes who wants no library.

#include "../support/asio_connection.hpp"
#include "../support/http.hpp"
#include "../support/latency.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace {

template <class Stream>
class client
{
public:
    client(asio::io_context& context, const bench::options& run, bench::latencies& times)
        : context_(context), times_(times), request_(bench::request_head(run))
    {
        if (run.put) {
            const auto body = bench::object_bytes(run.size);
            request_.append(body.data(), body.size());
        }
        bench::connector<Stream> make(context, run);
        for (unsigned i = 0; i != run.connections; ++i)
            streams_.push_back(make.make());
    }

    void run(std::uint64_t operations)
    {
        left_ = operations;
        for (auto& each : streams_)
            asio::co_spawn(context_, work(each), bench::rethrow);
        context_.restart();
        context_.run();
    }

private:
    asio::awaitable<void> work(Stream& stream)
    {
        std::vector<char> buffer(16 * 1024);
        while (left_ != 0) {
            --left_;
            times_.operation_begins();
            co_await asio::async_write(stream, asio::buffer(request_), asio::use_awaitable);
            std::size_t filled = 0;
            std::size_t length = 0;
            while (length == 0 || filled < length) {
                filled += co_await stream.async_read_some(
                    asio::buffer(buffer.data() + filled, buffer.size() - filled),
                    asio::use_awaitable);
                length = bench::reply_length({buffer.data(), filled});
            }
            times_.operation_ends();
        }
    }

    asio::io_context& context_;
    bench::latencies& times_;
    std::string request_;
    std::vector<Stream> streams_{};
    std::uint64_t left_ = 0;
};

template <class Stream>
void measure(const bench::options& run)
{
    asio::io_context context(1);
    bench::latencies times(run);
    client<Stream> clients(context, run, times);
    clients.run(run.warm_up_operations());
    times.start();
    bench::measure(run.operations, run.operations * run.size, [&] { clients.run(run.operations); });
    times.print();
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    run.tls ? measure<bench::tls_stream>(run) : measure<bench::plain_stream>(run);
}
