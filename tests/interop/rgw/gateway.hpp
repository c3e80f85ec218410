// The gateway that run.sh has started, as the rows of the checks see it.

#ifndef COSIO_TESTS_INTEROP_RGW_GATEWAY_HPP
#define COSIO_TESTS_INTEROP_RGW_GATEWAY_HPP

#include <cosio.hpp>
#include <cosio/dialect/s3.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace rgw {

using namespace cosio;

constexpr std::string_view bucket = "sealed-objects";
constexpr std::string_view plain = "the plaintext";
constexpr std::size_t part_size = dialect::s3::minimum_part_size;

inline std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>((i * 31 + i / 253) & 255U);
    return text;
}

inline std::string variable(const char* name)
{
    const char* const value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error(fmt::format("{} is not set", name));
    return value;
}

/// How the client reaches the gateway.
enum class way { path, virtual_host, http };

inline config settings(way how)
{
    config out;
    out.region = "default";
    out.credentials = credentials(variable("RGW_ACCESS_KEY"), variable("RGW_SECRET_KEY"));
    out.tls.ca_file = variable("RGW_CA_FILE");
    out.retry.maximum_attempts = 1;
    const auto https = variable("RGW_HTTPS_ENDPOINT");
    if (how == way::http) {
        out.scheme = scheme::http;
        out.endpoint = variable("RGW_HTTP_ENDPOINT");
    } else if (how == way::path) {
        out.endpoint = https;
    } else {
        out.endpoint = variable("RGW_NAME") + https.substr(https.find(':'));
        out.connect_to = https;
    }
    return out;
}

/// Clients of the gateway, and what counts their failures.
class rows
{
public:
    rows()
        : one_(customer_key::from_text("00000000000000000000000000000001").value()),
          two_(customer_key::from_text("00000000000000000000000000000002").value()),
          s3_(context_.get_executor(), settings(way::path)),
          by_host_(context_.get_executor(), settings(way::virtual_host)),
          over_http_(context_.get_executor(), settings(way::http))
    {}

protected:
    template <class Body>
    void run(std::string_view what, Body&& body)
    {
        const auto before = failures_;
        try {
            auto done = asio::co_spawn(context_, body(), asio::use_future);
            context_.restart();
            context_.run();
            done.get();
        } catch (const std::exception& problem) {
            fmt::print("    FAILED: {}\n", problem.what());
            ++failures_;
        }
        fmt::print("  {}: {}\n", what, failures_ == before ? "right" : "WRONG");
        std::fflush(stdout);
    }

    void right(bool is_right, std::string_view what)
    {
        if (is_right)
            return;
        fmt::print("    FAILED: {}\n", what);
        ++failures_;
    }

    /// The result is an error with this code, an `errc` or a `service_errc`.
    template <class T>
    void fails(const result<T>& got, std::error_code code, std::string_view what)
    {
        if (!got && got.error().code == code)
            return;
        fmt::print("    FAILED: {}: {}, not {}\n", what,
            got ? std::string("success") : got.error().describe(), code.message());
        ++failures_;
    }

    template <class T>
    void succeeds(const result<T>& got, std::string_view what)
    {
        if (got)
            return;
        fmt::print("    FAILED: {}: {}\n", what, got.error().describe());
        ++failures_;
    }

    [[nodiscard]] static sse::customer with(const customer_key& key) { return {key, key.md5()}; }

    customer_key one_;
    customer_key two_;
    asio::io_context context_{};
    s3_client s3_;
    s3_client by_host_;
    s3_client over_http_;
    int failures_ = 0;
};

} // namespace rgw

#endif
