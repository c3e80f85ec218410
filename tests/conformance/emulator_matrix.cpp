// The conformance matrix of both clients on the emulator, which serves all of it. Writes the files
// emulator-cos and emulator-s3 into a folder. Usage: emulator_matrix FOLDER

#include "conformance/matrix.hpp"
#include "support/raw_http.hpp"

#include <cosio/testing/emulator.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

namespace {

using namespace cosio;

/// Reads an object by a URL, without a client.
template <class Client>
std::string url_outcome(asio::io_context& context, const testing::emulator& server)
{
    const std::string bucket = server.bucket();
    const Client cos(context.get_executor(), server.client_config(scheme::http));
    auto putting =
        cos.put_object({.bucket = bucket, .key = "by url", .body = "by url"}, asio::use_future);
    context.restart();
    context.run();
    static_cast<void>(putting.get().value());
    const auto url = cos.presign(
        get_object_request{.bucket = bucket, .key = "by url"}, std::chrono::seconds(60));
    const auto reply = support::send_url(server.http_endpoint(), "GET", url.value().url);
    const bool right = reply.starts_with("HTTP/1.1 200 ") && reply.ends_with("\r\n\r\nby url");
    return right ? std::string(conformance::passed) : "FAILED: " + reply;
}

template <class Client>
bool serves_all(const std::string& path)
{
    fmt::print("{}\n", path);
    std::filesystem::remove(path);
    const testing::emulator server;
    asio::io_context context;
    conformance::record into(path);
    conformance::matrix<Client> all(Client(context.get_executor(), server.client_config()),
        server.bucket(), server.options().kms_keys.at(1), into);
    auto done = asio::co_spawn(context, all.run(), asio::use_future);
    context.run();
    done.get();
    into.add("pre-signed URL", "none", url_outcome<Client>(context, server));
    into.add_version("cosio " COSIO_VERSION_STRING);
    return into.all_passed();
}

} // namespace

int main(int count, char** words)
{
    if (count != 2) {
        fmt::print(stderr, "usage: emulator_matrix FOLDER\n");
        return 2;
    }
    try {
        const std::string folder = words[1];
        std::filesystem::create_directories(folder);
        const bool cos = serves_all<client>(folder + "/emulator-cos");
        const bool s3 = serves_all<s3_client>(folder + "/emulator-s3");
        return cos && s3 ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& problem) {
        fmt::print(stderr, "emulator_matrix: {}\n", problem.what());
        return EXIT_FAILURE;
    }
}
