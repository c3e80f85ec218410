#include "auth/sig_v4_vectors.hpp"

#include <cosio/auth/sig_v4.hpp>
#include <cosio/auth/sig_v4_signer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sig_v4_test {

namespace auth = cosio::auth;
namespace http = cosio::http;
using sig_v4_vectors::host;
using sig_v4_vectors::pairs;
using sig_v4_vectors::secret_id;
using sig_v4_vectors::secret_key;
using std::chrono::seconds;
using std::chrono::sys_seconds;

const sys_seconds now{seconds(sig_v4_vectors::time)};

http::method method_of(std::string_view name)
{
    for (const auto each : {http::method::get, http::method::head, http::method::put,
             http::method::post, http::method::delete_})
        if (http::name_of(each) == name)
            return each;
    FAIL("unknown method");
    return http::method::get;
}

http::target target_of(std::string_view path, const pairs& parameters)
{
    http::target target{std::string(path)};
    for (const auto& [name, value] : parameters)
        target.add_parameter(name, value);
    return target;
}

http::field_list fields_of(const pairs& headers)
{
    http::field_list fields;
    for (const auto& [name, value] : headers)
        fields.add(name, value);
    return fields;
}

TEST_CASE("SigV4: the examples of the Amazon S3 documentation")
{
    struct example
    {
        std::string_view method;
        std::string_view path;
        pairs parameters;
        pairs headers;
        std::string_view payload_hash;
        std::string_view signature;
    };
    const std::string_view bucket_host = "examplebucket.s3.amazonaws.com";
    const std::string_view nothing =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const std::string_view welcome =
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    const std::string_view date = "20130524T000000Z";
    const std::vector<example> examples{
        {"GET", "/test.txt", {},
            {{"Host", bucket_host}, {"Range", "bytes=0-9"}, {"x-amz-content-sha256", nothing},
                {"x-amz-date", date}},
            nothing, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"PUT", "/test$file.text", {},
            {{"Host", bucket_host}, {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                {"x-amz-date", date}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                {"x-amz-content-sha256", welcome}},
            welcome, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"GET", "/", {{"lifecycle", ""}},
            {{"Host", bucket_host}, {"x-amz-content-sha256", nothing}, {"x-amz-date", date}},
            nothing, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"GET", "/", {{"max-keys", "2"}, {"prefix", "J"}},
            {{"Host", bucket_host}, {"x-amz-content-sha256", nothing}, {"x-amz-date", date}},
            nothing, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    const auth::sig_v4_scope scope{sys_seconds(seconds(1369353600)), "us-east-1"};
    CHECK(scope.text() == "20130524/us-east-1/s3/aws4_request");
    auto key = auth::sig_v4_key::derive(secret_key, scope).value();
    for (const auto& each : examples) {
        CAPTURE(each.path);
        auth::sig_v4_headers headers;
        headers.add_signed(fields_of(each.headers));
        headers.sort();
        CHECK(auth::sig_v4(key, scope, method_of(each.method),
                  target_of(each.path, each.parameters), headers, each.payload_hash)
                  .value() == each.signature);
    }

    auto url = target_of("/test.txt", {});
    REQUIRE(auth::sig_v4_signer("us-east-1")
                .presign(http::method::get, url, fields_of({{"Host", bucket_host}}),
                    cosio::credentials(secret_id, secret_key), scope.time, seconds(86400)));
    CHECK(url.text() ==
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
        "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires="
        "86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("SigV4: every signature of botocore, in the header and in a URL")
{
    auth::sig_v4_signer signer(sig_v4_vectors::region);
    for (const auto& each : sig_v4_vectors::vectors()) {
        CAPTURE(each.name);
        const cosio::credentials who(secret_id, secret_key, each.token);
        auto fields = fields_of(each.headers);
        fields.add("x-amz-content-sha256", each.payload_hash);
        fields.add("User-Agent", "cosio");
        const auto target = target_of(each.path, each.parameters);
        auto attempt = fields_of({{"Host", host}});
        REQUIRE(signer.sign(method_of(each.method), target, fields, attempt, who, now));
        CHECK(attempt.find("x-amz-date") == "20231114T221320Z");
        CHECK(attempt.find("x-amz-security-token").value_or("") == each.token);
        CHECK(attempt.find("Authorization").value() ==
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20231114/eu-central-1/s3/"
            "aws4_request, SignedHeaders=" + std::string(each.header_list) +
                ", Signature=" + std::string(each.signature));

        auto url = target;
        auto url_fields = fields_of(each.headers);
        url_fields.add("Host", host);
        REQUIRE(signer.presign(method_of(each.method), url, url_fields, who, now,
            seconds(sig_v4_vectors::validity)));
        CHECK(url.text().find("&X-Amz-SignedHeaders=" +
                  http::percent_encoded(each.url_header_list) + "&") != std::string_view::npos);
        CHECK(url.text().ends_with("&X-Amz-Signature=" + std::string(each.url_signature)));
    }
}

TEST_CASE("SigV4: headers of one name are signed as one")
{
    auth::sig_v4_headers apart;
    apart.add("X-Amz-Meta-A", "2");
    apart.add("Host", "h");
    apart.add("x-amz-meta-a", " 1 ");
    apart.sort();
    auth::sig_v4_headers together;
    together.add("host", "h");
    together.add("x-amz-meta-a", "2,1");
    together.sort();
    CHECK(apart.names() == "host;x-amz-meta-a");
    const auth::sig_v4_scope scope{now, "us-east-1"};
    auto key = auth::sig_v4_key::derive(secret_key, scope).value();
    const auto sign = [&](const auth::sig_v4_headers& headers) {
        return auth::sig_v4(key, scope, http::method::get, http::target("/"), headers, "").value();
    };
    CHECK(sign(apart) == sign(together));
}

TEST_CASE("SigV4: a body without a hash is declared as unsigned; anonymous requests stay bare")
{
    auth::sig_v4_signer signer("us-east-1");
    const auto target = target_of("/k", {});
    auto attempt = fields_of({{"Host", host}});
    REQUIRE(signer.sign(http::method::get, target, {}, attempt,
        cosio::credentials(secret_id, secret_key), now));
    CHECK(attempt.find("x-amz-content-sha256") == "UNSIGNED-PAYLOAD");
    CHECK(attempt.find("Authorization").value().find("host;x-amz-content-sha256;x-amz-date") !=
        std::string_view::npos);

    auto bare = fields_of({{"Host", host}});
    REQUIRE(signer.sign(
        http::method::get, target, {}, bare, cosio::credentials::anonymous(), now));
    CHECK(bare.size() == 1);
    auto url = target;
    REQUIRE(signer.presign(
        http::method::get, url, bare, cosio::credentials::anonymous(), now, seconds(60)));
    CHECK(url.text() == "/k");
}

TEST_CASE("SigV4: a URL is valid for a week at most")
{
    const auth::sig_v4_signer signer("us-east-1");
    const cosio::credentials who(secret_id, secret_key);
    auto week = target_of("/k", {});
    CHECK(signer.presign(http::method::get, week, {}, who, now, seconds(604800)));
    auto longer = target_of("/k", {});
    const auto refused =
        signer.presign(http::method::get, longer, {}, who, now, seconds(604801));
    CHECK(refused.error().code == cosio::errc::invalid_argument);
    CHECK(refused.error().field == "validity");
}

TEST_CASE("SigV4: the signing key is derived once a day, and anew for other credentials")
{
    auth::sig_v4_signer signer("us-east-1");
    const auto target = target_of("/k", {});
    const auto sign_at = [&](const cosio::credentials& who, sys_seconds when) {
        auto attempt = fields_of({{"Host", host}});
        REQUIRE(signer.sign(http::method::get, target, {}, attempt, who, when));
        return std::string(attempt.find("Authorization").value());
    };
    const cosio::credentials one(secret_id, secret_key);
    const cosio::credentials other(secret_id, "another");
    const auto first = sign_at(one, now);
    CHECK(sign_at(one, now) == first);
    CHECK(sign_at(one, now + seconds(60)) != first); // The time is signed, the key the same.
    CHECK(signer.derived() == 1);
    CHECK(sign_at(one, now + std::chrono::hours(2)) != first); // The next day.
    CHECK(signer.derived() == 2);
    CHECK(sign_at(one, now) == first); // The clock went back.
    CHECK(signer.derived() == 3);
    CHECK(sign_at(other, now) != first);
    CHECK(signer.derived() == 4);
}

} // namespace sig_v4_test
