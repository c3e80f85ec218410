// Small objects with cosio: signed, checked, typed.

#include "../support/cosio_client.hpp"
#include "../support/latency.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

namespace {

class workload
{
public:
    workload(asio::io_context& context, const bench::options& run, bench::latencies& times)
        : context_(context), run_(run), times_(times), cos_(bench::make_client(context, run)),
          key_(bench::key_of(run)), body_(bench::object_bytes(run.size))
    {}

    void run(std::uint64_t operations)
    {
        left_ = operations;
        for (unsigned i = 0; i != run_.connections; ++i)
            asio::co_spawn(context_, run_.put ? put() : get(), bench::rethrow);
        context_.restart();
        context_.run();
    }

private:
    asio::awaitable<void> get()
    {
        while (left_ != 0) {
            --left_;
            times_.operation_begins();
            const auto got = co_await cos_.get_object({.bucket = bench::bucket, .key = key_});
            bench::require(got.value().body.size() == run_.size && got->crc64_verified,
                "the object is not what it should be");
            times_.operation_ends();
        }
    }

    asio::awaitable<void> put()
    {
        while (left_ != 0) {
            --left_;
            times_.operation_begins();
            const auto done = co_await cos_.put_object(
                {.bucket = bench::bucket, .key = key_, .body = body_});
            bench::require(done.value().crc64_verified, "the object was not verified");
            times_.operation_ends();
        }
    }

    asio::io_context& context_;
    const bench::options& run_;
    bench::latencies& times_;
    cosio::client cos_;
    std::string key_;
    std::vector<char> body_;
    std::uint64_t left_ = 0;
};

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    asio::io_context context(1);
    bench::latencies times(run);
    workload clients(context, run, times);
    clients.run(run.warm_up_operations());
    times.start();
    bench::measure(run.operations, run.operations * run.size, [&] { clients.run(run.operations); });
    times.print();
}
