#include "auth/q_sign_vectors.hpp"

#include <cosio/auth/q_sign.hpp>
#include <cosio/auth/q_signer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace auth = cosio::auth;
namespace http = cosio::http;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

using q_sign_vectors::host;
using q_sign_vectors::pairs;
using q_sign_vectors::secret_id;
using q_sign_vectors::secret_key;
using q_sign_vectors::vector;
const auth::key_time validity{
    sys_seconds(seconds(q_sign_vectors::start)), sys_seconds(seconds(q_sign_vectors::end))};

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

auth::q_sign_key documented_key()
{
    return auth::q_sign_key::derive(secret_key, validity).value();
}

} // namespace

TEST_CASE("q-sign: every vector")
{
    auto key = documented_key();
    auth::q_signature request; // The same for all, so that nothing of one is left for the next.
    for (const auto& each : q_sign_vectors::vectors()) {
        CAPTURE(each.name);
        const auto target = target_of(each.path, each.parameters);
        request.clear();
        auth::add_signed_fields(request.headers, fields_of(each.headers));
        auth::add_parameters(request.parameters, target);
        request.sign(key, method_of(each.method), target.decoded_path()).value();
        CHECK(request.header_list() == each.header_list);
        CHECK(request.parameter_list() == each.parameter_list);
        CHECK(request.signature() == each.signature);
    }
}

TEST_CASE("q-sign: which fields are signed")
{
    for (const std::string_view name : {"Cache-Control", "Content-Disposition", "Content-Encoding",
             "Content-Length", "Content-MD5", "content-type", "EXPECT", "Expires", "Host",
             "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "Origin",
             "Pic-Operations", "Range", "Transfer-Encoding", "x-cos-acl", "X-COS-Meta-a", "x-ci-a"})
        CHECK_MESSAGE(auth::is_signed_field(name), name);
    for (const std::string_view name : {"", "Date", "User-Agent", "Accept", "Connection", "Hosts",
             "Hose", "x-cos", "x-amz-acl", "If-Matched", "Content-Language", "If-None-Matcher"})
        CHECK_FALSE_MESSAGE(auth::is_signed_field(name), name);
}

TEST_CASE("q-sign: the two examples of the documentation")
{
    struct example
    {
        std::string_view sign_key;
        auth::key_time validity;
        http::method method;
        pairs parameters;
        pairs headers;
        std::string_view signature;
    };
    const std::string_view beijing = "examplebucket-1250000000.cos.ap-beijing.myqcloud.com";
    const std::vector<example> examples{
        {"eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f",
            {sys_seconds(seconds(1557989151)), sys_seconds(seconds(1557996351))},
            http::method::put, {},
            {{"Content-Length", "13"}, {"Content-MD5", "mQ/fVh815F3k6TAUm8m0eg=="},
                {"Content-Type", "text/plain"}, {"Date", "Thu, 16 May 2019 06:45:51 GMT"},
                {"Host", beijing}, {"x-cos-acl", "private"},
                {"x-cos-grant-read", "uin=\"100000000011\""}},
            "3b8851a11a569213c17ba8fa7dcf2abec6935172"},
        {"937914bf490e9e8c189836aad2052e4feeb35eaf",
            {sys_seconds(seconds(1557989753)), sys_seconds(seconds(1557996953))},
            http::method::get,
            {{"response-content-type", "application/octet-stream"},
                {"response-cache-control", "max-age=600"}},
            {{"Date", "Thu, 16 May 2019 06:55:53 GMT"}, {"Host", beijing}},
            "01681b8c9d798a678e43b685a9f1bba0f6c0e012"},
    };
    for (const auto& each : examples) {
        auto key = auth::q_sign_key::from_text(each.sign_key, each.validity);
        auth::q_signature request;
        for (const auto& [name, value] : each.headers)
            request.headers.add(name, value); // The examples sign Date too, which is harmless.
        const auto target = target_of("/exampleobject(腾讯云)", each.parameters);
        auth::add_parameters(request.parameters, target);
        request.sign(key, each.method, target.decoded_path()).value();
        CHECK(request.signature() == each.signature);
    }
}

TEST_CASE("q-sign: pre-signed requests")
{
    const std::string ssec = "x-cos-server-side-encryption-customer-";
    const std::string algorithm = ssec + "algorithm";
    const std::string customer_key = ssec + "key";
    const std::string customer_key_md5 = ssec + "key-MD5";
    const std::string ssec_list = "host;" + ssec + "algorithm;" + ssec + "key;" + ssec + "key-md5";
    const std::vector<vector> all{
        {"U1", "GET", "/目录/腾讯 云+a.txt", {}, {{"Host", host}}, "host", "",
            "dea80df235404d5b29ecc8cd362279d51b0d670e"},
        {"U2", "GET", "/exampleobject",
            {{"response-content-disposition", "attachment; filename=\"a b.txt\""},
                {"versionId", "MTg0"}},
            {{"Host", host}}, "host", "response-content-disposition;versionid",
            "80f4c2fb02a47084b00d319930b570596307fc08"},
        {"U3", "PUT", "/sdk-sse-c", {},
            {{"Host", host}, {algorithm, "AES256"},
                {customer_key, "MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY="},
                {customer_key_md5, "U5L61r7jcwdNvT7frmUG8g=="}},
            ssec_list, "", "2fc19e018388281d6c7cd03c3253d7ed48a296d3"},
        {"U4", "GET", "/exampleobject", {{"x-cos-security-token", "TOK+/="}}, {{"Host", host}},
            "host", "x-cos-security-token", "e3a62445070f80441b18bd9371b6f387a2f6119e"},
        {"U5", "GET", "/exampleobject", {}, {}, "", "",
            "dc88bad4c80ef4d3e18de50ffb0b256a94222ad2"},
    };
    for (const auto& each : all) {
        CAPTURE(each.name);
        auto target = target_of(each.path, each.parameters);
        const auto business = std::string(target.text());
        // The vectors' KeyTime begins at 1700000000, ours a leeway before the present.
        const auto signed_ = auth::q_signer::presign(method_of(each.method), target,
            fields_of(each.headers), cosio::credentials(secret_id, secret_key),
            validity.start + auth::q_signer::leeway, seconds(3600) - auth::q_signer::leeway);
        REQUIRE(signed_);
        const auto encoded = [](std::string_view text) { return http::percent_encoded(text); };
        CHECK(target.text() ==
            business + (each.parameters.empty() ? "?" : "&") +
                "q-sign-algorithm=sha1&q-ak=" + std::string(secret_id) +
                "&q-sign-time=1700000000%3B1700003600&q-key-time=1700000000%3B1700003600"
                "&q-header-list=" + encoded(each.header_list) + "&q-url-param-list=" +
                encoded(each.parameter_list) + "&q-signature=" + std::string(each.signature));
    }
}

TEST_CASE("q-sign: a presigned URL carries the session token as a signed parameter")
{
    auto with_token = target_of("/exampleobject", {});
    const auto signed_ = auth::q_signer::presign(http::method::get, with_token,
        fields_of({{"Host", host}}), cosio::credentials(secret_id, secret_key, "TOK+/="),
        validity.start + auth::q_signer::leeway, seconds(3600) - auth::q_signer::leeway);
    REQUIRE(signed_);
    const auto text = with_token.text();
    CHECK(text.starts_with("/exampleobject?x-cos-security-token=TOK%2B%2F%3D&q-sign-algorithm"));
    CHECK(text.ends_with("&q-signature=e3a62445070f80441b18bd9371b6f387a2f6119e"));
}

TEST_CASE("the signer adds token and Authorization, and signs both lists of fields")
{
    auth::q_signer signer;
    const auto target = target_of("/sdk-sse-cos", {});
    const auto request = fields_of({{"Range", "bytes=0-1"}, {"User-Agent", "cosio"}});
    auto attempt = fields_of({{"Host", host}});
    REQUIRE(signer.sign(http::method::get, target, request, attempt,
        cosio::credentials(secret_id, secret_key, "TOKENexample+/="), validity.start));
    CHECK(attempt.find("x-cos-security-token") == "TOKENexample+/=");
    const auto authorization = attempt.find("Authorization").value();
    CHECK(authorization.starts_with(
        "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE0123456789ABCDEFabcdef001"
        "&q-sign-time=1699999940;1700000900&q-key-time=1699999940;1700000900"
        "&q-header-list=host;range;x-cos-security-token&q-url-param-list=&q-signature="));

    auto unsigned_attempt = fields_of({{"Host", host}});
    REQUIRE(signer.sign(http::method::get, target, request, unsigned_attempt,
        cosio::credentials::anonymous(), validity.start));
    CHECK(unsigned_attempt.size() == 1);
}

TEST_CASE("the SignKey is derived once per KeyTime, and anew for other credentials")
{
    auth::q_signer signer;
    const auto target = target_of("/k", {});
    const auto sign_at = [&](const cosio::credentials& who, long long second) {
        auto attempt = fields_of({{"Host", host}});
        REQUIRE(signer.sign(
            http::method::get, target, {}, attempt, who, sys_seconds(seconds(second))));
        return std::string(attempt.find("Authorization").value());
    };
    const cosio::credentials one(secret_id, secret_key);
    const cosio::credentials other(secret_id, "another");
    const auto first = sign_at(one, 1700000000);
    CHECK(sign_at(one, 1700000000) == first);
    CHECK(sign_at(one, 1700000299) == first);
    CHECK(signer.derived() == 1);
    CHECK(sign_at(one, 1700000300) != first); // The KeyTime is old enough.
    CHECK(signer.derived() == 2);
    CHECK(sign_at(one, 1700000000) == first); // The clock went back.
    CHECK(signer.derived() == 3);
    CHECK(sign_at(other, 1700000000) != first);
    CHECK(signer.derived() == 4);
}
