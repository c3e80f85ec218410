// Small objects with Boost.Beast and coroutines.

#include "../support/beast_connection.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

template <class Stream>
class client
{
public:
    client(asio::io_context& context, const bench::options& run) : context_(context), run_(run)
    {
        bench::connector<Stream> make(context, run);
        for (unsigned i = 0; i != run.connections; ++i)
            streams_.push_back(make.make());
    }

    void run(std::uint64_t operations)
    {
        left_ = operations;
        for (auto& each : streams_)
            asio::co_spawn(context_, work(*each), bench::rethrow);
        context_.restart();
        context_.run();
    }

private:
    asio::awaitable<void> work(Stream& stream)
    {
        auto buffer = bench::read_buffer();
        http::request<http::string_body> request;
        bench::prepare(request, run_);
        if (run_.put) {
            const auto body = bench::object_bytes(run_.size);
            request.body().assign(body.data(), body.size());
            request.prepare_payload();
        }
        while (left_ != 0) {
            --left_;
            co_await http::async_write(stream, request, asio::use_awaitable);
            http::response<http::string_body> reply;
            co_await http::async_read(stream, buffer, reply, asio::use_awaitable);
            bench::require(reply.result() == http::status::ok, "the reply is not a success");
        }
    }

    asio::io_context& context_;
    const bench::options& run_;
    std::vector<std::unique_ptr<Stream>> streams_{};
    std::uint64_t left_ = 0;
};

template <class Stream>
void measure(const bench::options& run)
{
    asio::io_context context(1);
    client<Stream> clients(context, run);
    clients.run(run.warm_up_operations());
    bench::measure(run.operations, run.operations * run.size, [&] { clients.run(run.operations); });
}

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    run.tls ? measure<bench::tls_stream>(run) : measure<bench::plain_stream>(run);
}
