// The emulator's own verification of SigV4, held against the signatures of botocore, and what it
// makes of the bodies of S3 clients.

#include "auth/sig_v4_vectors.hpp"

#include <cosio/http/percent_encoding.hpp>
#include <cosio/testing/emulation/s3_reply.hpp>
#include <cosio/testing/emulation/s3_request.hpp>
#include <cosio/testing/emulation/s3_signature.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace s3_signature_test {

namespace emulation = cosio::testing::emulation;
namespace http = cosio::http;
using emulation::http_request;
using emulation::signed_by;
using sig_v4_vectors::time;

const emulation::account who{std::string(sig_v4_vectors::secret_id),
    std::string(sig_v4_vectors::secret_key), {}};
const std::string scope = "/20231114/eu-central-1/s3/aws4_request";

http_request request_of(const sig_v4_vectors::vector& of)
{
    http_request request;
    request.method = of.method;
    request.target = http::percent_encoded(of.path, http::slash::keep);
    for (const auto& [name, value] : of.parameters)
        request.target.append(request.target.find('?') == std::string::npos ? "?" : "&")
            .append(http::percent_encoded(name))
            .append("=")
            .append(http::percent_encoded(value));
    emulation::read_target(request);
    request.fields.add("Host", sig_v4_vectors::host);
    for (const auto& [name, value] : of.headers)
        request.fields.add(name, value);
    return request;
}

/// Signed as botocore does it in the header.
http_request by_header(const sig_v4_vectors::vector& of)
{
    auto request = request_of(of);
    request.fields.add("X-Amz-Date", "20231114T221320Z");
    request.fields.add("X-Amz-Content-SHA256", of.payload_hash);
    if (!of.token.empty())
        request.fields.add("X-Amz-Security-Token", of.token);
    request.fields.add("Authorization",
        "AWS4-HMAC-SHA256 Credential=" + who.secret_id + scope + ", SignedHeaders=" +
            std::string(of.header_list) + ", Signature=" + std::string(of.signature));
    return request;
}

http_request by_query(const sig_v4_vectors::vector& of)
{
    auto request = request_of(of);
    const auto add = [&request](std::string_view name, std::string_view value) {
        request.parameters.emplace_back(name, value);
    };
    add("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    add("X-Amz-Credential", who.secret_id + scope);
    add("X-Amz-Date", "20231114T221320Z");
    add("X-Amz-Expires", "3600");
    add("X-Amz-SignedHeaders", of.url_header_list);
    if (!of.token.empty())
        add("X-Amz-Security-Token", of.token);
    add("X-Amz-Signature", of.url_signature);
    return request;
}

/// The code of the refusal, or how it is signed.
std::string verify(const http_request& request, long long now = time,
    const emulation::account& account = who, const std::string& region = "eu-central-1")
{
    try {
        switch (emulation::s3_signature_verifier(account, region).verify(request, now)) {
        case signed_by::header: return "header";
        case signed_by::query: return "query";
        case signed_by::nobody: break;
        }
        return "nobody";
    } catch (const emulation::refusal& why) {
        return why.code;
    }
}

TEST_CASE("SigV4 in the header and in a URL: every vector, and what may not be changed")
{
    for (const auto& each : sig_v4_vectors::vectors()) {
        CAPTURE(each.name);
        auto account = who;
        account.session_token = each.token;
        const auto judged = [&account](const http_request& request) {
            return verify(request, time, account);
        };
        for (const auto& request : {by_header(each), by_query(each)}) {
            CHECK(judged(request) == (request.fields.has("Authorization") ? "header" : "query"));
            auto other_method = request;
            other_method.method = "PATCH";
            CHECK(judged(other_method) == "SignatureDoesNotMatch");
            auto other_path = request;
            other_path.path.push_back('x');
            CHECK(judged(other_path) == "SignatureDoesNotMatch");
            auto other_parameter = request;
            other_parameter.parameters.emplace_back("acl", "");
            CHECK(judged(other_parameter) == "SignatureDoesNotMatch");
            auto other_host = request;
            other_host.fields.erase("Host");
            other_host.fields.add("Host", "other");
            CHECK(judged(other_host) == "SignatureDoesNotMatch");
            auto unsigned_extra = request;
            unsigned_extra.fields.add("x-amz-acl", "public-read");
            CHECK(judged(unsigned_extra) == "AccessDenied");
            auto harmless_extra = request;
            harmless_extra.fields.add("User-Agent", "1");
            CHECK(judged(harmless_extra) == judged(request));
        }
        auto other_hash = by_header(each);
        other_hash.fields.erase("x-amz-content-sha256");
        CHECK(judged(other_hash) == "InvalidRequest");
        other_hash.fields.add("x-amz-content-sha256", std::string(64, '0'));
        CHECK(judged(other_hash) == "SignatureDoesNotMatch");
    }
}

TEST_CASE("SigV4: who, when, where, with which token")
{
    const auto& first = sig_v4_vectors::vectors().front();
    const auto header = by_header(first);
    const auto query = by_query(first);
    CHECK(verify(request_of(first)) == "nobody");
    CHECK(verify(header, time + 900) == "header");
    CHECK(verify(header, time - 900) == "header");
    CHECK(verify(header, time + 901) == "RequestTimeTooSkewed");
    CHECK(verify(header, time - 901) == "RequestTimeTooSkewed");
    CHECK(verify(query, time + 3600) == "query");
    CHECK(verify(query, time + 3601) == "AccessDenied");
    CHECK(verify(query, time - 901) == "RequestTimeTooSkewed");
    for (const auto& request : {header, query}) {
        CHECK(verify(request, time, {"other", who.secret_key, {}}) == "InvalidAccessKeyId");
        CHECK(verify(request, time, {who.secret_id, "other", {}}) == "SignatureDoesNotMatch");
        CHECK(verify(request, time, {who.secret_id, who.secret_key, "token"}) == "ExpiredToken");
    }
    CHECK(verify(header, time, who, "us-east-1") == "AuthorizationHeaderMalformed");
    CHECK(verify(query, time, who, "us-east-1") == "AuthorizationQueryParametersError");
    auto old = request_of(first);
    old.fields.add("Authorization", "AWS AKID:signature");
    CHECK(verify(old) == "InvalidRequest");
}

TEST_CASE("which requests speak S3")
{
    http_request request;
    request.fields.add("Host", "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com");
    CHECK_FALSE(emulation::is_s3_request(request));
    auto cos = request;
    cos.fields.add("Authorization", "q-sign-algorithm=sha1&q-ak=...");
    cos.fields.add("x-amz-acl", "private");
    CHECK_FALSE(emulation::is_s3_request(cos));
    auto bare = request;
    bare.fields.add("X-Amz-Meta-A", "b");
    CHECK(emulation::is_s3_request(bare));
    auto url = request;
    url.parameters.emplace_back("X-Amz-Signature", "...");
    CHECK(emulation::is_s3_request(url));
}

TEST_CASE("checksums of S3")
{
    const std::string_view digits = "123456789"; // The check values of the CRC catalogue.
    CHECK(emulation::s3_checksum("crc32", digits) == "y/Q5Jg==");      // cbf43926
    CHECK(emulation::s3_checksum("crc32c", digits) == "4waSgw==");     // e3069283
    CHECK(emulation::s3_checksum("crc64nvme", digits) == "rosUhgp5mIg="); // ae8b14860a799888
    CHECK(emulation::s3_checksum("sha1", "") == "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    CHECK_FALSE(emulation::s3_checksum("mode", digits).has_value());
}

TEST_CASE("bodies in aws-chunked, with a checksum behind")
{
    const auto code_of = [](http_request request) {
        try {
            const auto translated = emulation::translate_s3_request(
                request, signed_by::header, emulation::key_vault());
            CHECK(translated.body == "123456789");
            CHECK(translated.fields.has("Content-MD5"));
            CHECK(translated.fields.get("Content-Length") == "9");
            CHECK(translated.fields.get("Content-Encoding") == "gzip");
            return std::string("right");
        } catch (const emulation::refusal& why) {
            return why.code;
        }
    };
    http_request request;
    request.fields.add("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    request.fields.add("x-amz-decoded-content-length", "9");
    request.fields.add("x-amz-trailer", "x-amz-checksum-crc32");
    request.fields.add("Content-Encoding", "gzip, aws-chunked");
    request.body = "4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    CHECK(code_of(request) == "right");
    auto other_checksum = request;
    other_checksum.body.replace(other_checksum.body.find("y/Q5"), 4, "AAAA");
    CHECK(code_of(other_checksum) == "BadDigest");
    auto other_byte = request;
    other_byte.body[3] = '0';
    CHECK(code_of(other_byte) == "BadDigest");
    auto no_trailer = request;
    no_trailer.body = "9\r\n123456789\r\n0\r\n\r\n";
    CHECK(code_of(no_trailer) == "MalformedTrailerError");
    auto short_body = request;
    short_body.body = "4\r\n1234\r\n0\r\nx-amz-checksum-crc32:m+HppA==\r\n\r\n";
    CHECK(code_of(short_body) == "IncompleteBody");
    auto cut = request;
    cut.body.resize(20);
    CHECK(code_of(cut) == "IncompleteBody");
    auto with_signatures = request;
    with_signatures.fields.erase("x-amz-content-sha256");
    with_signatures.fields.add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    CHECK(code_of(with_signatures) == "NotImplemented");
}

TEST_CASE("a body that is not the one whose hash was signed")
{
    http_request request;
    request.body = "00000";
    request.fields.add("x-amz-content-sha256",
        "e7042ac7d09c7bc41c8cfa5749e41858f6980643bc0db1a83cc793d3e24d3f77");
    CHECK_NOTHROW(static_cast<void>(emulation::translate_s3_request(
        request, signed_by::header, emulation::key_vault())));
    request.body = "00001";
    try {
        const auto translated = emulation::translate_s3_request(
            request, signed_by::header, emulation::key_vault());
        FAIL("accepted: " << translated.body);
    } catch (const emulation::refusal& why) {
        CHECK(why.code == "XAmzContentSHA256Mismatch");
    }
}

} // namespace s3_signature_test
