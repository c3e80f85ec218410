// The credentials of a machine's role, from a stand-in of the metadata service on loopback.

#include "support/emulated.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cvm_role_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;

/// Answers GET requests by their path; 404 for others.
struct metadata_service
{
    explicit metadata_service(asio::io_context& context)
        : acceptor(context, {asio::ip::make_address("127.0.0.1"), 0})
    {
        asio::co_spawn(context, serve(), [](const std::exception_ptr&) {});
    }

    asio::awaitable<void> serve()
    {
        for (;;) {
            auto socket = co_await acceptor.async_accept(asio::use_awaitable);
            std::string request;
            std::error_code code;
            co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n",
                asio::redirect_error(asio::use_awaitable, code));
            const auto path = request.substr(4, request.find(' ', 4) - 4);
            asked.push_back(path);
            const auto found = answers.find(path);
            const auto body = found == answers.end() ? std::string("no such thing")
                                                     : found->second;
            const auto reply = std::string("HTTP/1.1 ") +
                (found == answers.end() ? "404 Not Found" : "200 OK") +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
            co_await asio::async_write(socket, asio::buffer(reply),
                asio::redirect_error(asio::use_awaitable, code));
        }
    }

    [[nodiscard]] cvm_role_settings settings() const
    {
        cvm_role_settings made;
        made.endpoint = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
        return made;
    }

    asio::ip::tcp::acceptor acceptor;
    std::map<std::string, std::string> answers{};
    std::vector<std::string> asked{};
};

const std::string root = "/latest/meta-data/cam/security-credentials/";

std::string document(const emulated& here, std::string_view token = "a token")
{
    const auto& who = here.server.options();
    return "{\n  \"TmpSecretId\": \"" + who.secret_id + "\", \"TmpSecretKey\": \"" +
        who.secret_key + "\",\n  \"ExpiredTime\": 4102444800, \"Expiration\": " +
        "\"2100-01-01T00:00:00Z\", \"Token\": \"" + std::string(token) +
        "\", \"Code\": \"Success\"}\n";
}

TEST_CASE("role: asked for by name, or by the name the machine has")
{
    testing::emulator_options options;
    options.session_token = "to/ken";
    emulated here(std::move(options));
    metadata_service metadata(here.context);
    metadata.answers[root] = "reader\n";
    metadata.answers[root + "reader"] = document(here, "to\\/k\\u0065n");
    here.config.credentials = credentials();
    for (const auto* const role : {"", "reader"}) {
        auto settings = metadata.settings();
        settings.role = role;
        here.config.provider = cvm_role_credentials(settings);
        auto cos = here.client(here.config);
        std::optional<result<head_bucket_result>> got;
        cos.head_bucket({.bucket = bucket}, [&](auto done) { got = std::move(done); });
        here.context.restart();
        while (!got)
            here.context.run_one();
        CHECK(*got);
    }
    CHECK(metadata.asked ==
        std::vector<std::string>{root, root + "reader", root + "reader"});
}

TEST_CASE("role: answers that are no credentials")
{
    emulated here;
    metadata_service metadata(here.context);
    auto settings = metadata.settings();
    settings.role = "r";
    settings.timeouts.connect = 1s;
    const auto ask = [&](const cvm_role_settings& how) {
        std::optional<result<expiring_credentials>> got;
        const auto provider = cvm_role_credentials(how);
        asio::co_spawn(here.context, provider->fetch(),
            [&](const std::exception_ptr&, result<expiring_credentials> done) {
                got = std::move(done);
            });
        here.context.restart();
        while (!got)
            here.context.run_one();
        return *got;
    };
    metadata.answers[root + "r"] = document(here);
    REQUIRE(ask(settings));
    CHECK(ask(settings)->expires == std::chrono::sys_seconds(4102444800s));

    const auto good = document(here);
    for (const char* const member :
        {"TmpSecretId", "TmpSecretKey", "Token", "ExpiredTime", "Code", "\"Success\"", "}"}) {
        auto broken = good;
        broken.replace(broken.find(member), 2, "??");
        metadata.answers[root + "r"] = broken;
        CAPTURE(broken);
        const auto got = ask(settings);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::malformed_response);
        CHECK(got.error().describe().find(here.server.options().secret_key) ==
            std::string::npos);
    }
    metadata.answers.clear();
    CHECK(ask(settings).error().code == condition::not_found);
    settings.role.clear();
    metadata.answers[root] = "";
    CHECK(ask(settings).error().code == errc::missing_credentials);
    settings.endpoint = "127.0.0.1:1";
    CHECK(ask(settings).error().code == condition::connection);
    settings.endpoint = "not a host";
    CHECK(ask(settings).error().code == errc::invalid_configuration);
}

} // namespace cvm_role_test
