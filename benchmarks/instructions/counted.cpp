// What is counted by check.py: `counted CASE operations=N [port=N scheme=... ca=...]`.

#include "../support/cosio_client.hpp"

#include <cosio/auth/q_signer.hpp>
#include <cosio/http/response_parser.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

#include <chrono>

namespace {

using get_object = cosio::operation::get_object<cosio::dialect::cos>;

void sign(const bench::options& run)
{
    cosio::service_endpoint endpoint;
    endpoint.region = "ap-guangzhou";
    endpoint.host = "cos.ap-guangzhou.myqcloud.com";
    const cosio::header metadata[] = {{"one", "1"}, {"two", "2"}, {"three", "3"}};
    cosio::put_object_request put{.bucket = bench::bucket, .key = "photos/a picture.jpg"};
    put.headers.metadata = metadata;
    const auto request =
        cosio::operation::put_object<cosio::dialect::cos>::encode(put, endpoint).value();
    cosio::auth::q_signer signer;
    const cosio::credentials who("AKIDEXAMPLE", "secret");
    const std::chrono::sys_seconds now(std::chrono::seconds(1'700'000'000));
    const auto once = [&] {
        cosio::http::field_list fields;
        fields.add("Host", request.host);
        signer.sign(request.head.method, request.head.target, request.head.fields, fields, who, now)
            .value();
    };
    once();
    bench::measure(run.operations, 0, [&] {
        for (std::uint64_t i = 0; i != run.operations; ++i)
            once();
    });
}

void parse_head(const bench::options& run)
{
    std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nConnection: keep-alive\r\n"
                       "x-cos-hash-crc64ecma: 11051210869376104954\r\n"
                       "ETag: \"0123456789abcdef\"\r\n";
    for (int i = 0; i != 11; ++i)
        text.append("x-cos-meta-field-").append(std::to_string(i)).append(": a value\r\n");
    text.append("\r\n");
    cosio::http::response_parser parser;
    cosio::http::response_head head;
    const auto once = [&] {
        bench::require(parser.parse(text, head).value() == text.size(), "the head was not parsed");
    };
    once();
    bench::measure(run.operations, 0, [&] {
        for (std::uint64_t i = 0; i != run.operations; ++i)
            once();
    });
}

asio::awaitable<void> get(const cosio::client& cos, const std::string& key, std::uint64_t number)
{
    for (; number != 0; --number) {
        const auto got = co_await cos.get_object({.bucket = bench::bucket, .key = key});
        bench::require(got.value().crc64_verified, "the object was not verified");
    }
}

asio::awaitable<void> put(const cosio::client& cos, const std::string& key, std::uint64_t number)
{
    const std::string body(1024, 'x');
    for (; number != 0; --number) {
        const auto done =
            co_await cos.put_object({.bucket = bench::bucket, .key = key, .body = body});
        bench::require(done.has_value(), "the object was not stored");
    }
}

using operation = asio::awaitable<void> (*)(
    const cosio::client&, const std::string&, std::uint64_t);

void one_after_another(const bench::options& run, operation what)
{
    asio::io_context context(1);
    const auto cos = bench::make_client(context, run);
    const auto key = bench::key_of(run);
    const auto times = [&](std::uint64_t number) {
        asio::co_spawn(context, what(cos, key, number), bench::rethrow);
        context.restart();
        context.run();
    };
    times(run.warm_up_operations());
    bench::measure(run.operations, run.operations * run.size, [&] { times(run.operations); });
}

} // namespace

int main(int argc, char** argv)
{
    const std::string_view what(argc > 1 ? argv[1] : "");
    const bench::options run(argc - 1, argv + 1);
    if (what == "signature")
        sign(run);
    else if (what == "head")
        parse_head(run);
    else
        one_after_another(run, what == "put" ? &put : &get);
}
