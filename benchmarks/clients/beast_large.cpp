// One large object with Boost.Beast and coroutines.

#include "../support/beast_connection.hpp"

#include <boost/asio/redirect_error.hpp>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

template <class Stream>
asio::awaitable<void> get(Stream& stream, const bench::options& run, bench::destination& to)
{
    http::request<http::empty_body> request;
    bench::prepare(request, run);
    co_await http::async_write(stream, request, asio::use_awaitable);
    auto buffer = bench::read_buffer();
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(run.size);
    co_await http::async_read_header(stream, buffer, parser, asio::use_awaitable);
    bench::require(parser.get().result() == http::status::ok, "the reply is not a success");
    while (!parser.is_done()) {
        const auto room = to.room();
        parser.get().body().data = to.space();
        parser.get().body().size = room;
        boost::system::error_code code;
        co_await http::async_read(
            stream, buffer, parser, asio::redirect_error(asio::use_awaitable, code));
        bench::require(!code || code == http::error::need_buffer, "the body did not come whole");
        to.received(room - parser.get().body().size);
    }
}

template <class Stream>
asio::awaitable<void> put(
    Stream& stream, const bench::options& run, const std::vector<char>& body)
{
    http::request<http::span_body<const char>> request;
    bench::prepare(request, run);
    request.body() = boost::beast::span<const char>(body.data(), body.size());
    request.prepare_payload();
    co_await http::async_write(stream, request, asio::use_awaitable);
    auto buffer = bench::read_buffer();
    http::response<http::string_body> reply;
    co_await http::async_read(stream, buffer, reply, asio::use_awaitable);
    bench::require(reply.result() == http::status::ok, "the reply is not a success");
}

template <class Stream>
void measure(const bench::options& run)
{
    asio::io_context context(1);
    bench::connector<Stream> make(context, run);
    const auto stream = make.make();
    bench::destination to(run);
    const auto body = bench::object_bytes(run.put ? run.size : 0);
    bench::measure(1, run.size, [&] {
        asio::co_spawn(
            context, run.put ? put(*stream, run, body) : get(*stream, run, to), bench::rethrow);
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
