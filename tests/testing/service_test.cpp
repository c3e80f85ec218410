// What the emulator answers to requests that our own client never sends: the error matrix, and the
// liberties that other clients take.

#include "support/emulated.hpp"
#include "support/raw_http.hpp"

#include <cosio/auth/q_signer.hpp>
#include <cosio/http/request.hpp>
#include <cosio/testing/emulation/service.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace service_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::exchange_raw;
using support::key_of;
using fields = std::vector<std::pair<std::string, std::string>>;

const std::string ssec = "x-cos-server-side-encryption-customer-";
const std::string key_one = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=";
const std::string md5_one = "5inxltxhJQnqmmHfVSQjoA==";
const std::string key_two = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDI=";
const std::string md5_two = "cmVNzVCGc+mRzAj53m25lw==";

fields triple(const std::string& key, const std::string& md5)
{
    return {{ssec + "algorithm", "AES256"}, {ssec + "key", key}, {ssec + "key-MD5", md5}};
}

/// A signed request over plain HTTP, with any target and fields, and what comes back.
std::string send(const emulated& here, http::method method, const std::string& target,
    const fields& with = {}, const std::string& body = {}, bool chunked = false)
{
    const auto host = std::string(bucket) + ".cos.ap-guangzhou.myqcloud.com";
    http::request request;
    request.method = method;
    testing::emulation::http_request decoded;
    decoded.target = target;
    testing::emulation::read_target(decoded);
    request.target = http::target(decoded.path);
    for (const auto& [name, value] : decoded.parameters)
        request.target.add_parameter(name, value);
    for (const auto& [name, value] : with)
        request.fields.add(name, value);
    http::field_list attempt;
    attempt.add("Host", host);
    auth::q_signer signer;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const credentials who(here.server.options().secret_id, here.server.options().secret_key);
    REQUIRE(signer.sign(method, request.target, request.fields, attempt, who, now));
    std::string text(http::name_of(method));
    text.append(" ").append(target).append(" HTTP/1.1\r\nConnection: close\r\n");
    text.append(attempt.text()).append(request.fields.text());
    if (!chunked)
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return exchange_raw(here.server.http_endpoint(), text + "\r\n" + body);
}

std::string code_of(const std::string& reply)
{
    const auto start = reply.find("<Code>");
    if (start == std::string::npos)
        return reply.substr(9, 3);
    return reply.substr(9, 3) + " " +
        reply.substr(start + 6, reply.find("</Code>") - start - 6);
}

/// Customer keys may come over http here, so that requests can be made by hand.
testing::emulator_options lenient()
{
    testing::emulator_options options;
    options.https_only_customer_keys = false;
    return options;
}

TEST_CASE("the error matrix of encryption headers")
{
    emulated here(lenient());
    using enum http::method;
    const auto put_with = [&](const fields& with) { return code_of(send(here, put, "/k", with)); };
    const std::string mode = "x-cos-server-side-encryption";
    CHECK(put_with({{mode, "AES789"}}) == "400 InvalidArgument");
    CHECK(put_with({{ssec + "key", key_one}, {ssec + "key-MD5", md5_one}}) == "400 InvalidArgument");
    CHECK(put_with({{ssec + "algorithm", "AES256"}, {ssec + "key-MD5", md5_one}}) ==
        "400 InvalidArgument");
    CHECK(put_with({{ssec + "algorithm", "AES256"}, {ssec + "key", key_one}}) ==
        "400 InvalidArgument");
    CHECK(put_with({{ssec + "algorithm", "AES128"}, {ssec + "key", key_one},
              {ssec + "key-MD5", md5_one}}) == "400 InvalidArgument");
    CHECK(put_with(triple("not base64", md5_one)) == "400 InvalidArgument");
    CHECK(put_with(triple("MDAw", md5_one)) == "400 InvalidArgument");
    CHECK(put_with(triple(key_one, md5_two)) == "400 InvalidArgument");
    auto both = triple(key_one, md5_one);
    both.emplace_back(mode, "AES256");
    CHECK(put_with(both) == "400 InvalidArgument");
    CHECK(put_with({{mode + "-cos-kms-key-id", "x"}}) == "400 InvalidArgument");
    CHECK(put_with({{mode, "AES256"}, {mode + "-context", "e30="}}) == "400 InvalidArgument");
    CHECK(put_with({{mode, "cos/kms"}, {mode + "-context", "%%%"}}) == "400 InvalidArgument");
    CHECK(put_with({{mode, "cos/kms"}, {mode + "-context", "W10="}}) == "400 InvalidArgument");
    CHECK(put_with({{mode, "cos/kms"}, {mode + "-cos-kms-key-id", "x"}}) == "400 KmsKeyNotExist");
    CHECK(put_with(triple(key_one, md5_one)) == "200");

    CHECK(code_of(send(here, get, "/k", {{mode, "AES256"}})) == "400 SSEHeaderNotAllowed");
    CHECK(code_of(send(here, get, "/k")) == "400 SsecDecryptHeaderInvalid");
    CHECK(code_of(send(here, get, "/k", triple(key_two, md5_two))) ==
        "400 SsecDecryptHeaderInvalid");
    CHECK(code_of(send(here, get, "/k", triple(key_one, md5_one))) == "200");
    const auto head_reply = send(here, head, "/k");
    CHECK(head_reply.starts_with("HTTP/1.1 400"));
    CHECK(head_reply.ends_with("\r\n\r\n")); // No body.
    CHECK(head_reply.find("x-cos-trace-id: ") != std::string::npos);
}

TEST_CASE("customer keys over http are refused unless it is allowed")
{
    emulated here;
    using enum http::method;
    CHECK(code_of(send(here, put, "/k", triple(key_one, md5_one))) == "400 InvalidRequest");
    CHECK(code_of(send(here, get, "/k", triple(key_one, md5_one))) == "400 InvalidRequest");
}

TEST_CASE("liberties of other clients are taken")
{
    emulated here(lenient());
    using enum http::method;
    // Empty header values, unknown headers, a length on GET and DELETE.
    CHECK(code_of(send(here, put, "/k", {{"Cache-Control", ""}, {"x-cos-unknown", "1"}}, "abc")) ==
        "200");
    CHECK(send(here, get, "/k").ends_with("\r\n\r\nabc"));
    CHECK(code_of(send(here, delete_, "/absent")) == "204");
    // A chunked body; a body after 100-continue.
    CHECK(code_of(send(here, put, "/chunked", {{"Transfer-Encoding", "chunked"}},
              "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n", true)) == "200");
    CHECK(send(here, get, "/chunked").ends_with("\r\n\r\nabcde"));
    CHECK(send(here, put, "/expect", {{"Expect", "100-continue"}}, "abc")
              .starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
    // A sub-resource with and without an equals sign; + for a space in a query.
    CHECK(code_of(send(here, get, "/?encryption")) == "404 NoSuchEncryptionConfiguration");
    CHECK(code_of(send(here, get, "/?encryption=")) == "404 NoSuchEncryptionConfiguration");
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "a b/c", .body = "x"})));
    CHECK(send(here, get, "/?prefix=a+b%2F").find("<Key>a b/c</Key>") != std::string::npos);
    CHECK(send(here, get, "/?prefix=a%20b/").find("<Key>a b/c</Key>") != std::string::npos);
    // Several spellings of one path.
    CHECK(code_of(send(here, get, "/a%20b%2Fc")) == "200");
    CHECK(code_of(send(here, get, "/a%20b/c")) == "200");
    // ETags without quotes, an empty range of the source.
    const auto begun = here.get(here.cos.initiate_multipart_upload(
        {.bucket = bucket, .key = "big"})).value();
    const auto target = "/big?partNumber=1&uploadId=" + begun.upload_id;
    const fields source{{"x-cos-copy-source",
                            std::string(bucket) + ".cos.ap-guangzhou.myqcloud.com/a%20b/c"},
        {"x-cos-copy-source-range", ""}};
    const auto copied = send(here, put, target, source);
    CHECK(code_of(copied) == "200");
    const std::string etag_start = "&quot;";
    const auto start = copied.find(etag_start) + etag_start.size();
    const auto etag = copied.substr(start, copied.find("&quot;", start) - start);
    CHECK(code_of(send(here, post, "/big?uploadId=" + begun.upload_id, {},
              "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag +
                  "</ETag></Part></CompleteMultipartUpload>")) == "200");
}

TEST_CASE("what the emulator does not have is said, and touches nothing")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "content"})));
    for (const char* const target : {"/k?acl", "/?acl", "/?versions", "/?versioning",
             "/?tagging", "/?policy", "/?lifecycle"}) {
        CAPTURE(target);
        CHECK(send(here, http::method::get, target).starts_with("HTTP/1.1 501"));
    }
    CHECK(send(here, http::method::put, "/k?acl", {}, "x").find("NotImplemented") !=
        std::string::npos);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).value().body ==
        "content");
}

TEST_CASE("copies and completions answer in chunks, with blanks before the document")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "x"})));
    const auto reply = send(here, http::method::put, "/copy",
        {{"x-cos-copy-source", std::string(bucket) + ".cos.ap-guangzhou.myqcloud.com/k"}});
    CHECK(reply.find("Transfer-Encoding: chunked") != std::string::npos);
    CHECK(reply.find("\r\n\r\n2\r\n  \r\n") != std::string::npos);
    CHECK(reply.ends_with("0\r\n\r\n"));
}

TEST_CASE("digests, lengths and documents that are not right")
{
    emulated here;
    using enum http::method;
    CHECK(code_of(send(here, put, "/k", {{"Content-MD5", "kAFQmDzST7DWlj99KOF/cg=="}}, "abc")) ==
        "200");
    CHECK(code_of(send(here, put, "/k", {{"Content-MD5", "kAFQmDzST7DWlj99KOF/cg=="}}, "abd")) ==
        "400 BadDigest");
    CHECK(code_of(send(here, put, "/k", {{"Content-MD5", "nonsense"}}, "abc")) ==
        "400 InvalidDigest");
    CHECK(code_of(send(here, post, "/?delete", {}, "<Delete></Delete>")) == "400 InvalidRequest");
    CHECK(code_of(send(here, post, "/k?restore", {}, "<RestoreRequest>")) == "400 MalformedXML");
    CHECK(code_of(send(here, put, "/?encryption", {}, "<X/>")) == "400 MalformedXML");
    CHECK(code_of(send(here, get, "/?max-keys=1001")) == "400 InvalidArgument");
    CHECK(code_of(send(here, get, "/?delimiter=ab")) == "400 InvalidDelimiter");
    CHECK(code_of(send(here, get, "/?encoding-type=base64")) == "400 InvalidArgument");
    CHECK(code_of(send(here, put, "/" + std::string(851, 'k'))) == "400 KeyTooLong");
    CHECK(code_of(send(here, put, "/%1B")) == "400 InvalidObjectName");
    CHECK(code_of(send(here, put, "/k", {{"x-cos-storage-class", "WARM"}})) ==
        "400 NotSupportedStorageClass");
    CHECK(code_of(send(here, put, "/k?partNumber=0&uploadId=u")) == "400 InvalidArgument");
    CHECK(code_of(send(here, put, "/k", {{"x-cos-copy-source", "nonsense"}})) ==
        "400 InvalidCopySource");
    CHECK(code_of(send(here, get, "/k", {{"If-Modified-Since", "yesterday"}})) ==
        "400 InvalidArgument");
    CHECK(code_of(send(here, get, "/k", {{"Range", "bytes=x-y"}})) == "200"); // Ignored.
}

TEST_CASE("tagging, buckets, versioning")
{
    emulated here;
    using enum http::method;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "x"})));
    CHECK(code_of(send(here, put, "/k?tagging", {},
              "<Tagging><TagSet><Tag><Key>age</Key><Value>18</Value></Tag></TagSet></Tagging>")) ==
        "200");
    CHECK(send(here, get, "/k?tagging").find("<Key>age</Key><Value>18</Value>") !=
        std::string::npos);
    CHECK(code_of(send(here, delete_, "/k?tagging")) == "204");
    CHECK(send(here, get, "/k?tagging").find("<Key>") == std::string::npos);
    CHECK(code_of(send(here, put, "/?versioning", {},
              "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")) ==
        "200");
    CHECK(send(here, put, "/k").find("x-cos-version-id: ") != std::string::npos);
    CHECK(code_of(send(here, put, "/")) == "409 BucketAlreadyOwnedByYou");
    CHECK(code_of(send(here, delete_, "/")) == "409 BucketNotEmpty");
    CHECK(code_of(send(here, post, "/k")) == "405 MethodNotAllowed");
}

TEST_CASE("hosts")
{
    emulated here;
    const auto get_from = [&](const std::string& host) {
        return code_of(exchange_raw(here.server.http_endpoint(),
            "GET /k HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
    };
    CHECK(get_from("evil.example") == "404 NoSuchBucket");
    CHECK(get_from(std::string(bucket) + ".cos.ap-beijing.myqcloud.com") ==
        "301 PermanentRedirect");
    CHECK(get_from("absent-1250000000.cos.ap-beijing.myqcloud.com") != "301 PermanentRedirect");
    CHECK(get_from(std::string(bucket) + ".cos.ap-guangzhou.myqcloud.com") == "404 NoSuchKey");
    CHECK(get_from(std::string(bucket) + ".cos.ap-guangzhou.tencentcos.cn:80") == "404 NoSuchKey");
    CHECK(code_of(exchange_raw(here.server.http_endpoint(), "nonsense\r\n\r\n")) ==
        "400 BadRequest");
}

} // namespace service_test
