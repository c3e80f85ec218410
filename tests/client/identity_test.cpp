// Who signs, how, and what is refused before it is sent.

#include "support/emulated.hpp"
#include "support/raw_http.hpp"

#include <cosio/crypto/base64.hpp>
#include <cosio/dialect/cos.hpp>
#include <cosio/net/client_core.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace identity_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::with;

TEST_CASE("configurations that cannot work are refused when the client is made")
{
    asio::io_context context;
    const auto made_with = [&](auto change) {
        cosio::config config;
        config.region = "ap-guangzhou";
        config.credentials = credentials("id", "key");
        change(config);
        return client::make(context.get_executor(), config);
    };
    CHECK(made_with([](cosio::config&) {}));
    for (const char* const region : {"", "a/b", "a b", "evil.com/x", "-x", "x-", ".x", "a..b", "a@b"}) {
        const auto made = made_with([&](cosio::config& config) { config.region = region; });
        REQUIRE_FALSE(made);
        CHECK(made.error().code == errc::invalid_configuration);
        CHECK(made.error().field == "region");
    }
    for (const char* const endpoint : {"a b", "host:", "host:0", "host:70000", "host:8x", "http://host",
             "user@host", "[::1", "[zz]", "host/path", "127.0.0.1.", "127.0.0.1.:9000", "127.0.0.256",
             "1.2.3", "2130706433", "host..", "."}) {
        CHECK(made_with([&](cosio::config& config) { config.endpoint = endpoint; }).error().field ==
            "endpoint");
        CHECK(made_with([&](cosio::config& config) { config.connect_to = endpoint; })
                  .error()
                  .field == "connect_to");
    }
    for (const char* const right : {"[::1]:9000", "[::1]", "::1", "example.com:9000",
             "example.com.", "example.com.:9000", "1.example.com", "3com"})
        for (const auto member : {&cosio::config::endpoint, &cosio::config::connect_to}) {
            CAPTURE(right);
            CHECK(made_with([&](cosio::config& config) { config.*member = right; }));
        }
    CHECK(made_with([](cosio::config& config) { config.tls.ca_file = "/nonexistent"; })
              .error()
              .field == "tls.ca_file");
    cosio::config invalid;
    CHECK_THROWS_AS(client(context.get_executor(), invalid), cosio::exception);
}

TEST_CASE("credentials that are missing or wrong")
{
    emulated here;
    const auto code_with = [&](credentials who) {
        auto config = here.config;
        config.credentials = std::move(who);
        return here.get(here.client(config).get_object({.bucket = bucket, .key = "k"}))
            .error()
            .code;
    };
    const auto before = here.server.counters().connections.load();
    CHECK(code_with({}) == errc::missing_credentials);
    CHECK(code_with({"id", ""}) == errc::missing_credentials);
    for (const auto& [who, field] : {std::pair(credentials("id\n", "key"), "secret_id"),
             std::pair(credentials("id", "key\n"), "secret_key"),
             std::pair(credentials("id", "key", " token"), "session_token")}) {
        auto config = here.config;
        config.credentials = who;
        const auto made = client::make(here.context.get_executor(), config);
        REQUIRE_FALSE(made);
        CHECK(made.error().code == errc::invalid_credentials);
        CHECK(made.error().field == field);
    }
    CHECK(here.server.counters().connections == before);
    CHECK(code_with({"other", "key"}) == service_errc::invalid_access_key_id);
    CHECK(code_with({here.server.options().secret_id, "wrong"}) ==
        service_errc::signature_does_not_match);
    CHECK(code_with(credentials::anonymous()) == service_errc::no_such_key);
}

TEST_CASE("session tokens are sent, signed, and never over http")
{
    testing::emulator_options options;
    options.session_token = "TOKENexample+/=";
    emulated here(std::move(options));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "x"})));
    const auto request = here.server.requests().back();
    CHECK(request.get("x-cos-security-token") == "TOKENexample+/=");
    CHECK(request.get("Authorization").find(";x-cos-security-token&") != std::string_view::npos);

    auto config = here.config;
    config.credentials =
        credentials(here.server.options().secret_id, here.server.options().secret_key, "stale");
    CHECK(here.get(here.client(config).get_object({.bucket = bucket, .key = "k"})).error().code ==
        service_errc::expired_token);

    const auto before = here.server.counters().connections.load();
    const auto over_http = here.client(here.server.client_config(scheme::http));
    CHECK(here.get(over_http.get_object({.bucket = bucket, .key = "k"})).error().code ==
        errc::token_requires_tls);
    CHECK(here.server.counters().connections == before);
}

TEST_CASE("public objects are read without a signature, encrypted ones never")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "open",
        .body = "for all",
        .headers = {.acl = acl::public_read}})));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "sealed",
        .body = "not for all",
        .sse = sse::cos_managed{},
        .headers = {.acl = acl::public_read}})));
    auto config = here.config;
    config.credentials = credentials::anonymous();
    const auto anyone = here.client(config);
    CHECK(here.get(anyone.get_object({.bucket = bucket, .key = "open"})).value().body == "for all");
    CHECK(here.server.requests().back().get("Authorization").empty());
    CHECK(here.get(anyone.get_object({.bucket = bucket, .key = "sealed"})).error().code ==
        condition::access_denied);
    CHECK(here.get(anyone.put_object({.bucket = bucket, .key = "x"})).error().code ==
        condition::access_denied);
}

TEST_CASE("virtual hosts, path style, endpoints of other names")
{
    testing::emulator_options options;
    options.hosts = {"storage.example"};
    emulated here(std::move(options));
    const auto host_of = [&](auto change) {
        auto config = here.config;
        change(config);
        const auto cos = here.client(config);
        CHECK(here.get(cos.put_object({.bucket = bucket, .key = "a/b c", .body = "x"})));
        CHECK(here.get(cos.get_object({.bucket = bucket, .key = "a/b c"})).value().body == "x");
        return std::pair(here.server.requests().back().host, here.server.requests().back().target);
    };
    const std::string name(bucket);
    CHECK(host_of([](cosio::config&) {}) ==
        std::pair(name + ".cos.ap-guangzhou.myqcloud.com", std::string("/a/b%20c")));
    CHECK(host_of([](cosio::config& config) { config.path_style = true; }) ==
        std::pair(std::string("cos.ap-guangzhou.myqcloud.com"), "/" + name + "/a/b%20c"));
    CHECK(host_of([](cosio::config& config) { config.endpoint = "storage.example:8443"; }) ==
        std::pair(name + ".storage.example:8443", std::string("/a/b%20c")));
    // A name that is fully qualified: the dot is in the query for its address alone.
    CHECK(host_of([](cosio::config& config) { config.endpoint = "storage.example.:8443"; }) ==
        std::pair(name + ".storage.example:8443", std::string("/a/b%20c")));
    // An address takes the bucket into the path, and is connected to as it stands.
    CHECK(host_of([&](cosio::config& config) {
        config.endpoint = here.server.https_endpoint();
        config.connect_to.clear();
    }) == std::pair(here.server.https_endpoint(), "/" + name + "/a/b%20c"));
    CHECK(host_of([&](cosio::config& config) {
        config.scheme = scheme::http;
        config.endpoint = here.server.http_endpoint();
        config.connect_to.clear();
    }).first == here.server.http_endpoint());
    const auto port = here.server.https_endpoint().substr(here.server.https_endpoint().find(':'));
    CHECK(host_of([&](cosio::config& config) {
        config.endpoint = "localhost" + port;
        config.path_style = true;
        config.connect_to.clear();
    }).first == "localhost" + port);
}

TEST_CASE("a dot at the end of an endpoint keeps its names out of search domains, and out of URLs")
{
    cosio::config settings;
    settings.region = "ap-guangzhou";
    settings.credentials = cosio::credentials("id", "key");
    settings.endpoint = "cos.ap-guangzhou.myqcloud.com.";
    asio::io_context context;
    const auto core =
        net::make_client_core<dialect::cos>(context.get_executor(), settings).value();
    CHECK(core->endpoint.host == "cos.ap-guangzhou.myqcloud.com");
    const auto to = core->origin_of("b-1.cos.ap-guangzhou.myqcloud.com");
    CHECK(to->host == "b-1.cos.ap-guangzhou.myqcloud.com.");
    CHECK(to->tls_name == "b-1.cos.ap-guangzhou.myqcloud.com");
    CHECK(core->origin_of("b-1.cos.ap-guangzhou.myqcloud.com") == to);
    CHECK(core->service.backup_host(to->tls_name) == "b-1.cos.ap-guangzhou.tencentcos.cn");
    const get_object_request request{.bucket = "b-1", .key = "k"};
    const auto url =
        client(context.get_executor(), settings).presign(request, std::chrono::seconds(60));
    REQUIRE(url);
    CHECK(url->url.find("myqcloud.com/k") != std::string::npos);
}

std::string send_url(
    const emulated& here, const presigned_url& url, const std::string& extra = {},
    const std::string& body = {})
{
    return support::send_url(
        here.server.http_endpoint(), std::string(url.method), url.url, extra, body);
}

TEST_CASE("pre-signed URLs work for who has them, and for nothing else")
{
    emulated here;
    const auto cos = here.client(here.server.client_config(scheme::http));
    REQUIRE(here.get(cos.put_object({.bucket = bucket, .key = "目录/a b+c", .body = "shared"})));
    const get_object_request request{.bucket = bucket,
        .key = "目录/a b+c",
        .overrides = {.content_disposition = "attachment; filename=\"a b.txt\""}};
    const auto url = cos.presign(request, 60s).value();
    CHECK(url.method == "GET");
    CHECK(url.required_headers.empty());
    const auto reply = send_url(here, url);
    CHECK(reply.starts_with("HTTP/1.1 200 OK"));
    CHECK(reply.ends_with("\r\n\r\nshared"));
    CHECK(reply.find("attachment; filename=\"a b.txt\"") != std::string::npos);

    auto tampered = url;
    tampered.url.replace(tampered.url.find("a%20b%2Bc"), 1, "b");
    CHECK(send_url(here, tampered).find("SignatureDoesNotMatch") != std::string::npos);
    auto other_method = url;
    other_method.method = "DELETE";
    CHECK(send_url(here, other_method).find("SignatureDoesNotMatch") != std::string::npos);

    const auto upload = cos.presign(
        put_object_request{.bucket = bucket, .key = "up", .sse = sse::cos_managed{}}, 60s).value();
    CHECK(upload.required_headers ==
        std::vector<std::string>{"x-cos-server-side-encryption"});
    CHECK(send_url(here, upload, "x-cos-server-side-encryption: AES256\r\n", "uploaded")
              .starts_with("HTTP/1.1 200 OK"));
    CHECK(send_url(here, upload, {}, "uploaded").find("SignatureDoesNotMatch") !=
        std::string::npos);
    CHECK(here.get(cos.get_object({.bucket = bucket, .key = "up"})).value().body == "uploaded");

    CHECK(cos.presign(request, 0s).error().field == "validity");
    CHECK(cos.presign(get_object_request{.bucket = bucket, .key = ""}, 60s).error().field == "key");
    const auto key = key_of(1);
    CHECK(cos.presign(get_object_request{.bucket = bucket, .key = "k", .sse = with(key)}, 60s)
              .error()
              .code == errc::sse_requires_tls);
    const auto sealed = here.cos.presign(
        put_object_request{.bucket = bucket, .key = "k", .sse = with(key)}, 60s).value();
    CHECK(sealed.required_headers.size() == 3);
    CHECK(sealed.url.find(crypto::base64(key.bytes())) == std::string::npos);
    CHECK(sealed.url.starts_with("https://"));
}

} // namespace identity_test
