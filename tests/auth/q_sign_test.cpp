#include <cosio/auth/q_sign.hpp>
#include <cosio/auth/q_signer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The vectors are computed by the official Python and Node SDKs, which agree on all of them but
// X1 and X2, where Node departs from the documentation.

namespace auth = cosio::auth;
namespace http = cosio::http;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr std::string_view secret_id = "AKIDEXAMPLE0123456789ABCDEFabcdef001";
constexpr std::string_view secret_key = "ExampleSecretKey0123456789abcdef";
constexpr std::string_view host = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com";
const auth::key_time validity{sys_seconds(seconds(1700000000)), sys_seconds(seconds(1700003600))};

using pairs = std::vector<std::pair<std::string_view, std::string_view>>;

struct vector
{
    std::string_view name;
    std::string_view method;
    std::string_view path;
    pairs parameters;
    pairs headers;
    std::string_view header_list;
    std::string_view parameter_list;
    std::string_view signature;
};

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
    http::target target(path);
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

const std::vector<vector>& vectors()
{
    static const std::vector<vector> all{
        {"A1: plain GET, host only",
            "GET", "/exampleobject",
            {},
            {{"Host", host}},
            "host",
            "",
            "78bcc9304719bee45f87ae34adc1b27e8366985b"},
        {"A2: PUT, Chinese + space + plus + tilde + slash key, special header values",
            "PUT", "/目录/腾讯 云+a~b(1)!*'.txt",
            {},
            {{"Host", host},
                {"Content-Type", "text/plain; charset=utf-8"},
                {"Content-Length", "13"},
                {"Content-MD5", "mQ/fVh815F3k6TAUm8m0eg=="},
                {"x-cos-acl", "private"},
                {"x-cos-grant-read", "id=\"100000000011\",id=\"100000000022\""},
                {"x-cos-meta-note", "a b+c/d=e~f!g'h(i)j*k&l;m"}},
            "content-length;content-md5;content-type;host;x-cos-acl;x-cos-grant-read;x-cos-meta-note",
            "",
            "84177572a3a04d69cc1a9880911201ef4ff94ed3"},
        {"A3: GET bucket list, empty query values and Chinese prefix",
            "GET", "/",
            {{"prefix", "照片/2020 年/"}, {"delimiter", "/"}, {"marker", ""}, {"max-keys", "100"}, {"encoding-type", "url"}},
            {{"Host", host}},
            "host",
            "delimiter;encoding-type;marker;max-keys;prefix",
            "d0c77669804da86cd69e9d57ebc21aafb5ce1ebf"},
        {"A4: POST ?restore sub-resource with versionId and SSE-C",
            "POST", "/archive/sdk-sse-c",
            {{"restore", ""}, {"versionId", "MTg0NDUxNjQ1NjM4OTkzNzY3NDk"}},
            {{"Host", host},
                {"Content-Type", "application/xml"},
                {"Content-MD5", "Nr7RAnRMgrplFvD8bt5+0w=="},
                {"Content-Length", "121"},
                {"x-cos-server-side-encryption-customer-algorithm", "AES256"},
                {"x-cos-server-side-encryption-customer-key", "MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY="},
                {"x-cos-server-side-encryption-customer-key-MD5", "U5L61r7jcwdNvT7frmUG8g=="}},
            "content-length;content-md5;content-type;host;x-cos-server-side-encryption-customer-algorithm;x-cos-server-side-encryption-customer-key;x-cos-server-side-encryption-customer-key-md5",
            "restore;versionid",
            "82ebdd073535dfcf7243ecdb0744692af041a3da"},
        {"A5: POST ?uploads with SSE-KMS",
            "POST", "/big/sdk-sse-kms",
            {{"uploads", ""}},
            {{"Host", host},
                {"Content-Length", "0"},
                {"Content-Type", "video/mp4"},
                {"x-cos-server-side-encryption", "cos/kms"},
                {"x-cos-server-side-encryption-cos-kms-key-id", "48ba38aa-26c5-11ea-855c-52540085abcd"},
                {"x-cos-server-side-encryption-context", "eyJ0ZXN0IjoidGVzdCJ9"}},
            "content-length;content-type;host;x-cos-server-side-encryption;x-cos-server-side-encryption-context;x-cos-server-side-encryption-cos-kms-key-id",
            "uploads",
            "1cd63c7725c019a6ccad7f11f7aa9e57012ea991"},
        {"A6: PUT part, camel-case query names, SSE-C",
            "PUT", "/big/sdk-sse-c",
            {{"partNumber", "1"}, {"uploadId", "1585130821cbb7df1d11846c073ad648e8f33b087cec2381df437acdc833cf654b9ecc6361"}},
            {{"Host", host},
                {"Content-Length", "1048576"},
                {"Content-MD5", "OScKloo1fSQgfpkRFiUH6w=="},
                {"x-cos-server-side-encryption-customer-algorithm", "AES256"},
                {"x-cos-server-side-encryption-customer-key", "MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY="},
                {"x-cos-server-side-encryption-customer-key-MD5", "U5L61r7jcwdNvT7frmUG8g=="}},
            "content-length;content-md5;host;x-cos-server-side-encryption-customer-algorithm;x-cos-server-side-encryption-customer-key;x-cos-server-side-encryption-customer-key-md5",
            "partnumber;uploadid",
            "5c541107de75af947b3d85847f464bed9bea109c"},
        {"A7: GET with Range, If-Match and response-* overrides",
            "GET", "/exampleobject",
            {{"response-content-type", "application/octet-stream"}, {"response-content-disposition", "attachment; filename=\"a b.txt\""}, {"response-cache-control", "max-age=600"}, {"versionId", "MTg0NDUxNTc1NjIzMTQ1MDAwODg"}},
            {{"Host", host},
                {"Range", "bytes=0-9"},
                {"If-Match", "\"ee8de918d05640145b18f70f4c3aa602\""}},
            "host;if-match;range",
            "response-cache-control;response-content-disposition;response-content-type;versionid",
            "5796dd5059195c7306fb599d737a24d95f4e0cb5"},
        {"A8: PUT copy, encoded copy source, SSE-C to SSE-C, security token",
            "PUT", "/sdk-sse-c-copy",
            {},
            {{"Host", host},
                {"Content-Length", "0"},
                {"x-cos-copy-source", "sourcebucket-1250000001.cos.ap-shanghai.myqcloud.com/example-%E8%85%BE%E8%AE%AF%E4%BA%91.jpg?versionId=MTg0NDUxNzYzMDc0NDMzNDExOTc"},
                {"x-cos-metadata-directive", "Copy"},
                {"x-cos-copy-source-server-side-encryption-customer-algorithm", "AES256"},
                {"x-cos-copy-source-server-side-encryption-customer-key", "MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY="},
                {"x-cos-copy-source-server-side-encryption-customer-key-MD5", "U5L61r7jcwdNvT7frmUG8g=="},
                {"x-cos-server-side-encryption-customer-algorithm", "AES256"},
                {"x-cos-server-side-encryption-customer-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
                {"x-cos-server-side-encryption-customer-key-MD5", "hRasmdxgYDKV3nvbahU1MA=="},
                {"x-cos-security-token", "TOKENexample0123456789+/="}},
            "content-length;host;x-cos-copy-source;x-cos-copy-source-server-side-encryption-customer-algorithm;x-cos-copy-source-server-side-encryption-customer-key;x-cos-copy-source-server-side-encryption-customer-key-md5;x-cos-metadata-directive;x-cos-security-token;x-cos-server-side-encryption-customer-algorithm;x-cos-server-side-encryption-customer-key;x-cos-server-side-encryption-customer-key-md5",
            "",
            "5d47d1a9505280b593a7f6912e060f69537748ed"},
        {"A9: GET list uploads",
            "GET", "/",
            {{"uploads", ""}, {"prefix", "a+b c"}, {"delimiter", ""}, {"key-marker", ""}, {"upload-id-marker", ""}, {"max-uploads", "1000"}, {"encoding-type", "url"}},
            {{"Host", host}},
            "host",
            "delimiter;encoding-type;key-marker;max-uploads;prefix;upload-id-marker;uploads",
            "d23101eb4245041b3e1c86ed08bb21b926b2ec58"},
        {"X1: sort-order corner case (names needing percent-encoding)",
            "GET", "/k",
            {{"a.b", "1"}, {"a/b", "2"}, {"A0", "3"}, {"中", "4"}, {"z", "5"}},
            {{"Host", host}},
            "host",
            "%e4%b8%ad;a%2fb;a.b;a0;z",
            "d31c41c2c0f9f784b7a33496a7eddb5ac4a03564"},
        {"X2: headers outside the signing list are ignored",
            "PUT", "/k",
            {},
            {{"Host", host},
                {"Date", "Thu, 16 May 2019 06:45:51 GMT"},
                {"User-Agent", "x"},
                {"Accept", "*/*"},
                {"Content-Language", "zh"},
                {"Referer", "http://a/"},
                {"Connection", "close"},
                {"Content-Type", "text/plain"},
                {"Expires", "Thu, 01 Dec 2030 16:00:00 GMT"},
                {"Cache-Control", "no-cache"},
                {"Origin", "http://o"},
                {"Pic-Operations", "{}"},
                {"Expect", "100-continue"},
                {"Transfer-Encoding", "chunked"},
                {"Content-Disposition", "attachment"},
                {"Content-Encoding", "gzip"},
                {"If-None-Match", "\"e\""},
                {"If-Modified-Since", "Thu, 16 May 2019 06:45:51 GMT"},
                {"If-Unmodified-Since", "Thu, 16 May 2019 06:45:51 GMT"},
                {"x-ci-process", "1"},
                {"my-x-cos-h", "v"},
                {"x-cosfoo", "no"}},
            "cache-control;content-disposition;content-encoding;content-type;expect;expires;host;if-modified-since;if-none-match;if-unmodified-since;origin;pic-operations;transfer-encoding;x-ci-process",
            "",
            "a495e6e85c81f88bf12dd6a1a0b7649560b35d60"},
        {"X3: empty header value",
            "PUT", "/k",
            {},
            {{"Host", host},
                {"Cache-Control", ""},
                {"Content-Type", ""}},
            "cache-control;content-type;host",
            "",
            "5681694cd89980bacc1ef2d0d094ff8e4a9164fd"},
        {"X4: query name and value upper/lower, tilde, percent",
            "GET", "/k",
            {{"Versionid", "A%2Bb~"}, {"list-type", "2"}},
            {{"Host", host}},
            "host",
            "list-type;versionid",
            "e908dffb9d7dc895e62fbe7d207e95424456460a"},
    };
    return all;
}

} // namespace

TEST_CASE("q-sign: every vector")
{
    auto key = documented_key();
    for (const auto& each : vectors()) {
        CAPTURE(each.name);
        auth::canonical_pairs headers;
        auth::add_signed_fields(headers, fields_of(each.headers));
        const auto target = target_of(each.path, each.parameters);
        const auto signature = auth::q_sign(key, method_of(each.method), target.decoded_path(),
            auth::canonical_parameters(target), headers)
                                   .value();
        CHECK(signature.header_list == each.header_list);
        CHECK(signature.parameter_list == each.parameter_list);
        CHECK(signature.signature == each.signature);
    }
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
        auth::canonical_pairs headers;
        for (const auto& [name, value] : each.headers)
            headers.add(name, value); // The examples sign Date too, which is harmless.
        const auto target = target_of("/exampleobject(腾讯云)", each.parameters);
        CHECK(auth::q_sign(key, each.method, target.decoded_path(),
                  auth::canonical_parameters(target), headers)
                  .value()
                  .signature == each.signature);
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
