// The emulator as a program: prints where it listens and whom it trusts, serves until SIGTERM or
// SIGINT, and keeps everything in a folder if it is given one.

#include "support/standard_descriptors.hpp"

#include <cosio/testing/emulator.hpp>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

constexpr std::string_view usage = R"(usage: cosio-emulator [options]

A COS server for tests, on loopback. Prints KEY=VALUE lines and READY, serves until SIGTERM.

  --https-port N    port for https; 0, the default, takes any free one
  --http-port N     the same for http
  --directory DIR   keep everything in DIR, and go on with what is there; else in memory
  --secret-id ID    whose requests are accepted
  --secret-key KEY
  --region REGION   ap-guangzhou by default
  --bucket NAME     a bucket to create; examplebucket-1250000000 by default
  --bucket-elsewhere NAME=REGION
                    a bucket of another region, to which requests for it are redirected; may be
                    given several times
  --help
)";

/// What the command line asks for.
struct command_line
{
    cosio::testing::emulator_options options{};
    bool help = false;
};

std::uint16_t port_of(std::string_view option, std::string_view text)
{
    const auto port = cosio::detail::parse_number<std::uint16_t>(text);
    if (!port)
        throw std::invalid_argument(fmt::format("{} takes a port, not '{}'", option, text));
    return *port;
}

/// `NAME=REGION`.
std::pair<std::string, std::string> bucket_and_region(
    std::string_view option, std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
        throw std::invalid_argument(fmt::format("{} takes NAME=REGION, not '{}'", option, text));
    return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

command_line parse(int count, const char* const* words)
{
    command_line out;
    for (int i = 1; i < count; ++i) {
        const std::string_view option = words[i];
        if (option == "--help") {
            out.help = true;
            return out;
        }
        const auto value = [&]() -> std::string_view {
            if (i + 1 == count)
                throw std::invalid_argument(fmt::format("{} takes a value", option));
            return words[++i];
        };
        if (option == "--https-port")
            out.options.https_port = port_of(option, value());
        else if (option == "--http-port")
            out.options.http_port = port_of(option, value());
        else if (option == "--directory")
            out.options.directory = value();
        else if (option == "--secret-id")
            out.options.secret_id = value();
        else if (option == "--secret-key")
            out.options.secret_key = value();
        else if (option == "--region")
            out.options.region = value();
        else if (option == "--bucket")
            out.options.buckets = {std::string(value())};
        else if (option == "--bucket-elsewhere")
            out.options.buckets_elsewhere.insert(bucket_and_region(option, value()));
        else
            throw std::invalid_argument(fmt::format("there is no option '{}'", option));
    }
    return out;
}

/// The authority's certificate as a file: in the emulator's folder, or a temporary one that goes
/// with the program.
class ca_file
{
public:
    ca_file(const std::filesystem::path& directory, const std::string& pem)
        : temporary_(directory.empty())
    {
        if (temporary_) {
            std::string name =
                (std::filesystem::temp_directory_path() / "cosio-emulator-ca-XXXXXX").string();
            const int file = mkstemp(name.data());
            if (file < 0)
                throw std::system_error(errno, std::generic_category(), "cannot make a file");
            close(file);
            path_ = name;
        } else {
            path_ = std::filesystem::absolute(directory) / "ca.pem";
        }
        std::ofstream file(path_);
        file << pem;
        if (!file.flush())
            throw std::runtime_error("cannot write " + path_.string());
    }
    ca_file(const ca_file&) = delete;
    ca_file& operator=(const ca_file&) = delete;
    ~ca_file()
    {
        std::error_code ignored;
        if (temporary_)
            std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    bool temporary_;
    std::filesystem::path path_{};
};

void serve(const cosio::testing::emulator_options& options)
{
    asio::io_context context;
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&context](const std::error_code&, int) { context.stop(); });

    const cosio::testing::emulator server(options);
    const ca_file ca(options.directory, server.ca_pem());
    fmt::print("COSIO_HTTPS_ENDPOINT={}\n", server.https_endpoint());
    fmt::print("COSIO_HTTP_ENDPOINT={}\n", server.http_endpoint());
    fmt::print("COS_SECRET_ID={}\n", options.secret_id);
    fmt::print("COS_SECRET_KEY={}\n", options.secret_key);
    fmt::print("COS_REGION={}\n", options.region);
    fmt::print("COS_BUCKET={}\n", server.bucket());
    fmt::print("COSIO_CA_FILE={}\n", ca.path());
    fmt::print("READY\n");
    if (std::fflush(stdout) != 0) // Nobody would know where it listens.
        throw std::system_error(errno, std::generic_category(), "cannot write standard output");
    context.run();
}

} // namespace

int main(int count, char** words)
{
    occupy_standard_descriptors();
    try {
        const auto asked = parse(count, words);
        if (asked.help)
            fmt::print("{}", usage);
        else
            serve(asked.options);
        return EXIT_SUCCESS;
    } catch (const std::invalid_argument& problem) {
        fmt::print(stderr, "cosio-emulator: {}\n{}", problem.what(), usage);
        return 2;
    } catch (const std::exception& problem) {
        fmt::print(stderr, "cosio-emulator: {}\n", problem.what());
        return EXIT_FAILURE;
    }
}
