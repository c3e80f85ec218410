// What the work between a call and its bytes costs. Compare figures of one run only:
//
//     cmake -B build-benchmarks -DCMAKE_BUILD_TYPE=Release -DCOSIO_BUILD_TESTS=OFF
//     cmake --build build-benchmarks --target pure_layers
//     build-benchmarks/benchmarks/pure_layers

#include <cosio/auth/q_signer.hpp>
#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/crc64.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/dialect/cos.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/http/response_parser.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/list_objects.hpp>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using cos = cosio::dialect::cos;
using get_object = cosio::operation::get_object<cos>;
using list_objects = cosio::operation::list_objects<cos>;

constexpr std::string_view bucket = "examplebucket-1250000000";
constexpr std::string_view object_key = "photos/2026/11/a picture.jpg";

cosio::service_endpoint endpoint()
{
    cosio::service_endpoint made;
    made.protects_customer_keys = made.protects_tokens = true;
    made.region = "ap-guangzhou";
    made.host = cos::service_host(made.region);
    return made;
}

void encode_get(benchmark::State& state)
{
    const auto where = endpoint();
    const auto key = cosio::customer_key::from_text("00000000000000000000000000000001").value();
    for (auto _ : state)
        benchmark::DoNotOptimize(get_object::encode(
            {.bucket = bucket, .key = object_key, .sse = cosio::sse::customer{key, key.md5()}},
            where));
}
BENCHMARK(encode_get);

/// With the SignKey cached: four fields are signed, Host among them.
void q_sign_of_4_fields(benchmark::State& state)
{
    const auto request = get_object::encode(
        {.bucket = bucket, .key = object_key, .range = cosio::byte_range::between(0, 1023),
            .conditions = {.if_match = "\"0123456789abcdef\""}, .traffic_limit = 819'200},
        endpoint());
    cosio::auth::q_signer signer;
    const cosio::credentials who("AKIDEXAMPLE", "secret");
    const auto now = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
    for (auto _ : state) {
        cosio::http::field_list fields;
        fields.add("Host", request->host);
        benchmark::DoNotOptimize(signer.sign(request->head.method, request->head.target,
            request->head.fields, fields, who, now));
        benchmark::DoNotOptimize(fields);
    }
}
BENCHMARK(q_sign_of_4_fields);

std::string head_of_15_fields()
{
    std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nConnection: keep-alive\r\n"
                       "x-cos-hash-crc64ecma: 11051210869376104954\r\n"
                       "ETag: \"0123456789abcdef\"\r\n";
    for (int i = 0; i != 11; ++i)
        head += fmt::format("x-cos-meta-field-{}: value number {}\r\n", i, i);
    return head + "\r\n";
}

void parse_head_of_15_fields(benchmark::State& state)
{
    const auto head = head_of_15_fields();
    cosio::http::response_parser parser;
    cosio::http::response_head out;
    for (auto _ : state) {
        benchmark::DoNotOptimize(parser.parse(head, out));
        parser = cosio::http::response_parser();
    }
}
BENCHMARK(parse_head_of_15_fields);

/// What decoding a reply asks for, most of which it does not have.
void look_up_14_fields(benchmark::State& state)
{
    using header = cos::header;
    cosio::http::response_head head;
    if (!cosio::http::response_parser().parse(head_of_15_fields(), head))
        state.SkipWithError("the head was not understood");
    for (auto _ : state)
        for (const std::string_view name :
            {header::crc64, std::string_view("ETag"), header::encryption,
                header::customer_algorithm, std::string_view("Content-Type"),
                std::string_view("Cache-Control"), std::string_view("Content-Disposition"),
                std::string_view("Content-Encoding"), std::string_view("Expires"),
                std::string_view("Last-Modified"), header::storage_class, header::version_id,
                header::restore, header::request_id})
            benchmark::DoNotOptimize(head.get(name));
}
BENCHMARK(look_up_14_fields);

void decode_listing_of_1000_keys(benchmark::State& state)
{
    std::string body = "<ListBucketResult><Name>b</Name><MaxKeys>1000</MaxKeys>"
                       "<IsTruncated>false</IsTruncated>";
    for (int i = 0; i != 1000; ++i)
        body += fmt::format("<Contents><Key>photos/{:06}.jpg</Key>"
                            "<LastModified>2026-11-23T00:00:00.000Z</LastModified>"
                            "<ETag>&quot;{:032x}&quot;</ETag><Size>{}</Size>"
                            "<StorageClass>STANDARD</StorageClass></Contents>",
            i, i, 1000 * i);
    body += "</ListBucketResult>";
    const auto request = list_objects::encode({.bucket = bucket}, endpoint());
    for (auto _ : state) {
        cosio::operation::reply got;
        got.head.status = 200;
        got.body = body;
        const auto listed =
            cosio::operation::decoded<list_objects>(request->expected, std::move(got));
        if (!listed || listed->objects.size() != 1000)
            state.SkipWithError("the listing was not understood");
        benchmark::DoNotOptimize(listed);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(body.size()) * state.iterations());
}
BENCHMARK(decode_listing_of_1000_keys)->Unit(benchmark::kMicrosecond);

void sum(benchmark::State& state, cosio::crypto::crc64_form update)
{
    const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{7});
    std::uint64_t sum = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(sum = update(sum, bytes));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}

template <auto Update>
void crc64(benchmark::State& state)
{
    sum(state, Update);
}
BENCHMARK(crc64<cosio::crypto::crc64_update_table>)->Arg(100)->Arg(1024)->Arg(128 * 1024);
BENCHMARK(crc64<cosio::crypto::crc64_update_carry_less>)->Arg(100)->Arg(1024)->Arg(128 * 1024);

/// The one for 512 bits where the processor has it.
void crc64_wide(benchmark::State& state)
{
    if (cosio::crypto::crc64_has_256_bits())
        sum(state, cosio::crypto::crc64_fastest());
    else
        state.SkipWithError("this processor does not multiply 256 bits without carries");
}
BENCHMARK(crc64_wide)->Arg(100)->Arg(1024)->Arg(128 * 1024);

void base64_of_a_key(benchmark::State& state)
{
    const std::vector<std::byte> bytes(32, std::byte{7});
    for (auto _ : state)
        benchmark::DoNotOptimize(cosio::crypto::base64(bytes));
}
BENCHMARK(base64_of_a_key);

void percent_encode_a_key(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(
            cosio::http::percent_encoded(object_key, cosio::http::slash::keep));
}
BENCHMARK(percent_encode_a_key);

} // namespace
