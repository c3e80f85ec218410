// A program of somebody who uses cosio.

#include <cosio.hpp>

#include <asio/io_context.hpp>

#include <string_view>

int main()
{
    asio::io_context context;
    cosio::config config;
    config.region = "ap-guangzhou";
    config.credentials = cosio::credentials("id", "key");
    const cosio::client cos(context.get_executor(), config);
    const auto url = cos.presign(
        cosio::get_object_request{.bucket = "examplebucket-1250000000", .key = "k"},
        std::chrono::minutes(1));
    fmt::print("{}\n", url.value().url);
    return std::string_view(COSIO_VERSION_STRING) == EXPECTED_VERSION ? 0 : 1;
}
