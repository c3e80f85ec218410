// What S3 does otherwise than COS, as requests and replies show it.

#include "operation/encoding_support.hpp"

#include <cosio/auth/presigned_url.hpp>
#include <cosio/crypto/crc64.hpp>
#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>
#include <cosio/http/response_parser.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/get_bucket_encryption.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_bucket.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace s3_dialect_test {

using namespace cosio;
using s3 = dialect::s3;

constexpr std::string_view bucket = "examplebucket";

service_endpoint endpoint(scheme how = scheme::https)
{
    service_endpoint made;
    made.scheme = how;
    made.port = default_port(how);
    made.protects_customer_keys = made.protects_tokens = how == scheme::https;
    made.region = "eu-central-1";
    made.host = s3::service_host("eu-central-1");
    return made;
}

template <template <class> class Operation>
result<operation::prepared_request> encode(
    const typename Operation<s3>::request_type& request, scheme how = scheme::https)
{
    const auto where = endpoint(how);
    return Operation<s3>::encode(request, where);
}

template <template <class> class Operation>
void refuses(const typename Operation<s3>::request_type& request, errc code,
    std::string_view field, scheme how = scheme::https)
{
    const auto made = encode<Operation>(request, how);
    CAPTURE(field);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == code);
    CHECK(made.error().field == field);
    CHECK_FALSE(made.error().message.empty());
}

/// What `Operation` makes of a reply to `request`.
template <template <class> class Operation>
auto decode(const typename Operation<s3>::request_type& request, unsigned status,
    const std::string& fields, std::string body = {}) -> result<typename Operation<s3>::result_type>
{
    return support::judge<Operation<s3>, s3>(encode<Operation>(request).value(),
        support::bare_reply(
            status, support::with_proof(fields, "x-amz-request-id"), std::move(body)));
}

/// A source that yields nothing; only what it says of its size matters.
class source
{
public:
    explicit source(std::optional<std::uint64_t> size) : size_(size) {}
    asio::awaitable<result<std::size_t>> read(std::span<std::byte>) { co_return std::size_t{0}; }
    std::optional<std::uint64_t> size() const { return size_; }
    bool rewind() { return true; }

private:
    std::optional<std::uint64_t> size_;
};

sse::customer customer()
{
    static const auto key = customer_key::from_text("00000000000000000000000000000001").value();
    return {key, key.md5()};
}

TEST_CASE("facts of the dialects that transfers go by")
{
    CHECK(s3::minimum_part_size == 5 * 1024 * 1024);
    CHECK(dialect::cos::minimum_part_size == 1024 * 1024);
    CHECK(s3::maximum_part_size == dialect::cos::maximum_part_size);
    CHECK(s3::maximum_parts == 10000);
    CHECK_FALSE(s3::states_crc64);
    CHECK(dialect::cos::states_crc64);
}

TEST_CASE("S3 hosts: in a region, in China; a bucket with dots goes into the path")
{
    CHECK(s3::service_host("us-east-1") == "s3.us-east-1.amazonaws.com");
    CHECK(s3::service_host("cn-north-1") == "s3.cn-north-1.amazonaws.com.cn");
    const auto plain = encode<operation::head_bucket>({.bucket = "a-b"}).value();
    CHECK(plain.host == "a-b.s3.eu-central-1.amazonaws.com");
    CHECK(plain.head.target.text() == "/");
    const auto dotted = encode<operation::get_object>({.bucket = "a.b", .key = "k"}).value();
    CHECK(dotted.host == "s3.eu-central-1.amazonaws.com");
    CHECK(dotted.head.target.text() == "/a.b/k");
    const auto http =
        encode<operation::get_object>({.bucket = "a.b", .key = "k"}, scheme::http).value();
    CHECK(http.host == "a.b.s3.eu-central-1.amazonaws.com");
}

TEST_CASE("S3 names of buckets and keys")
{
    for (const std::string_view wrong : {"", "ab", "-abc", "abc-", ".abc", "abc.", "_abc", "a..b",
             "192.168.0.1", "a/b", "a bc"})
        refuses<operation::head_bucket>({.bucket = wrong}, errc::invalid_bucket, "bucket");
    refuses<operation::head_bucket>(
        {.bucket = std::string(256, 'a')}, errc::invalid_bucket, "bucket");
    for (const std::string_view right : {"abc", "a.b-c.1", "1bucket", "examplebucket-1250000000"})
        CHECK(encode<operation::head_bucket>({.bucket = right}));

    const auto key_of = [](std::string_view key) {
        return encode<operation::get_object>({.bucket = bucket, .key = key});
    };
    CHECK(key_of(std::string(1024, 'k')));
    CHECK(key_of(std::string(1025, 'k')).error().code == errc::invalid_key);
    CHECK(key_of("/k").value().head.target.text() == "//k");
    CHECK(key_of("a/../b").value().head.target.text() == "/a/..%2Fb");
}

TEST_CASE("S3 has no traffic limit, no copies between regions, not every class and ACL")
{
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .traffic_limit = 1000000},
        errc::invalid_argument, "traffic_limit");
    refuses<operation::copy_object>(
        {.bucket = bucket,
            .key = "k",
            .copy_source = {.bucket = bucket, .key = "s", .region = "us-east-1"}},
        errc::invalid_argument, "copy_source.region");
    CHECK(encode<operation::copy_object>({.bucket = bucket,
        .key = "k",
        .copy_source = {.bucket = bucket, .key = "s", .region = "eu-central-1"}}));
    refuses<operation::put_object>(
        {.bucket = bucket, .key = "k", .headers = {.storage_class = storage_class::maz_standard}},
        errc::invalid_argument, "headers.storage_class");
    refuses<operation::put_object>(
        {.bucket = bucket, .key = "k", .headers = {.acl = acl::bucket_default}},
        errc::invalid_argument, "headers.acl");
}

TEST_CASE("S3 bodies: sizes must be known; MD5 and hash go along")
{
    const auto field = [](const result<operation::prepared_request>& made, std::string_view name) {
        return std::string(made.value().head.fields.find(name).value_or("(absent)"));
    };
    constexpr std::string_view hash = "x-amz-content-sha256";
    const put_object_request five{.bucket = bucket, .key = "k", .body = "00000"};
    CHECK(field(encode<operation::put_object>(five), hash) == "UNSIGNED-PAYLOAD");
    CHECK(field(encode<operation::put_object>(five), "Content-MD5") == "3N23VGm0tIdQlOFFYeVz2A==");
    CHECK(field(encode<operation::put_object>(five, scheme::http), hash) ==
        "e7042ac7d09c7bc41c8cfa5749e41858f6980643bc0db1a83cc793d3e24d3f77");
    const get_object_request get{.bucket = bucket, .key = "k"};
    for (const auto how : {scheme::https, scheme::http})
        CHECK(field(encode<operation::get_object>(get, how), hash) ==
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    source unknown(std::nullopt);
    source known(3);
    refuses<operation::put_object>(
        {.bucket = bucket, .key = "k", .body = unknown}, errc::invalid_argument, "body");
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .body = known},
        errc::invalid_argument, "body", scheme::http);
    const put_object_request streamed{.bucket = bucket, .key = "k", .body = known};
    CHECK(field(encode<operation::put_object>(streamed), hash) == "UNSIGNED-PAYLOAD");
    CHECK(field(encode<operation::put_object>(streamed), "Content-MD5") == "(absent)");
    CHECK_FALSE(decode<operation::put_object>(streamed, 200, "ETag: \"e\"\r\n")->md5_verified);
    const auto zeros = crypto::md5(detail::bytes_of(std::string_view("00000"))).value();
    const put_object_request known_md5{
        .bucket = bucket, .key = "k", .body = known, .content_md5 = zeros};
    CHECK(field(encode<operation::put_object>(known_md5), "Content-MD5") ==
        "3N23VGm0tIdQlOFFYeVz2A==");
    const std::string proof = "ETag: \"dcddb75469b4b4875094e14561e573d8\"\r\n";
    CHECK(decode<operation::put_object>(known_md5, 200, proof)->md5_verified);
    CHECK_FALSE(decode<operation::put_object>(streamed, 200, proof)->md5_verified);
    const upload_part_request known_part{.bucket = bucket,
        .key = "k",
        .upload_id = "u",
        .part_number = 1,
        .body = known,
        .content_md5 = zeros};
    CHECK(field(encode<operation::upload_part>(known_part), "Content-MD5") ==
        "3N23VGm0tIdQlOFFYeVz2A==");
    CHECK(decode<operation::upload_part>(known_part, 200, proof)->md5_verified);

    const auto put = decode<operation::put_object>(five, 200, proof);
    CHECK(put->md5_verified);
    CHECK_FALSE(put->crc64_verified);
    CHECK_FALSE(put->crc64.has_value());
    const auto part = decode<operation::upload_part>(
        {.bucket = bucket, .key = "k", .upload_id = "u", .part_number = 1, .body = "x"}, 200,
        "ETag: 9DD4E461268C8034F5C8564E155C67A6\r\n");
    CHECK(part->md5_verified);
    // Nothing else is a proof: not that an MD5 was sent, nor an ETag that only looks like one.
    for (const std::string& etag : {std::string("\"e\""),
             std::string("\"dcddb75469b4b4875094e14561e573d9\""),
             std::string("\"dcddb75469b4b4875094e14561e573d8-1\""),
             std::string("\"dcddb75469b4b4875094e14561e573d\"")}) {
        CAPTURE(etag);
        const auto stored = decode<operation::put_object>(five, 200, "ETag: " + etag + "\r\n");
        REQUIRE(stored);
        CHECK_FALSE(stored->md5_verified);
    }
}

TEST_CASE("S3 names a KMS key by its ARN")
{
    const std::string id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const std::string arn = "arn:aws:kms:eu-central-1:111122223333:key/" + id;
    const std::string other = "arn:aws:kms:eu-central-1:111122223333:key/other";
    const auto put = [](std::string_view asked, const std::string& said) {
        return decode<operation::put_object>(
            {.bucket = bucket, .key = "k", .body = "x", .sse = sse::kms{.key_id = asked}}, 200,
            "x-amz-server-side-encryption: aws:kms\r\n"
            "x-amz-server-side-encryption-aws-kms-key-id: " + said + "\r\n");
    };
    CHECK(put(id, arn)->sse.kms_key_id == arn);
    CHECK(put(id, id));
    CHECK(put(arn, arn));
    CHECK(put("alias/mine", arn));
    CHECK(put("arn:aws:kms:eu-central-1:111122223333:alias/mine", arn));
    CHECK(put(id, other).error().code == errc::encryption_not_applied);
    CHECK(put(arn, other).error().code == errc::encryption_not_applied);
    CHECK(put(id, "prefix/" + id).error().code == errc::encryption_not_applied);
    CHECK(put("alias/mine", "").error().code == errc::encryption_not_applied);
    CHECK(put("", arn));
}

TEST_CASE("S3 completes an upload without a word of its encryption, but never with a wrong one")
{
    constexpr completed_part parts[] = {{1, "\"e\""}};
    const std::string document = "<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/"
                                 "doc/2006-03-01/\"><ETag>\"e-1\"</ETag>"
                                 "</CompleteMultipartUploadResult>";
    const auto complete = [&](const sse::on_write& expected, const std::string& fields) {
        return decode<operation::complete_multipart_upload>({.bucket = bucket,
                                                                .key = "k",
                                                                .upload_id = "u",
                                                                .parts = parts,
                                                                .expected_sse = expected,
                                                                .expected_crc64 = 7},
            200, fields, document);
    };
    const auto done = complete(customer(), "");
    REQUIRE(done);
    CHECK(done->etag == "\"e-1\"");
    CHECK_FALSE(done->crc64_verified);
    CHECK(complete(customer(), "x-amz-server-side-encryption: AES256\r\n").error().code ==
        errc::encryption_not_applied);
    CHECK(complete(sse::cos_managed{}, ""));
    CHECK(complete(sse::cos_managed{}, "x-amz-server-side-encryption: AES256\r\n"));
    CHECK(complete(sse::kms{}, "x-amz-server-side-encryption: AES256\r\n").error().code ==
        errc::encryption_not_applied);
}

TEST_CASE("S3 listings go on from a token")
{
    const auto list = [](const std::string& members, std::string_view token = {}) {
        return decode<operation::list_objects>(
            {.bucket = bucket, .continuation_token = token}, 200, "",
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + members +
                "</ListBucketResult>");
    };
    const std::string entry = "<Contents><Key>a+b%2F</Key><Size>3</Size></Contents>"
                              "<EncodingType>url</EncodingType>";
    const auto last = list(entry + "<KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>");
    REQUIRE(last);
    CHECK(last->objects.at(0).key == "a b/");
    CHECK(last->next_continuation_token.empty());
    const auto more = list(entry +
        "<IsTruncated>true</IsTruncated><NextContinuationToken>t+2=</NextContinuationToken>");
    REQUIRE(more);
    CHECK(more->next_continuation_token == "t+2=");
    CHECK(list("<IsTruncated>true</IsTruncated>").error().code == errc::malformed_response);
    // The token that was asked for is the one that counts, whatever the reply repeats.
    CHECK(list("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
              "t")
              .error()
              .code == errc::malformed_response);
    CHECK(list("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
        "s"));
    const auto where = endpoint();
    CHECK(operation::list_objects<dialect::cos>::encode(
              {.bucket = "b-1", .continuation_token = "t"}, where)
              .error()
              .field == "continuation_token");
}

TEST_CASE("S3 error codes in the words of COS")
{
    const std::pair<std::string_view, service_errc> rows[]{
        {"NoSuchKey", service_errc::no_such_key},
        {"KeyTooLongError", service_errc::key_too_long},
        {"KMS.NotFoundException", service_errc::kms_key_not_exist},
        {"KMS.DisabledException", service_errc::kms_key_disabled},
        {"KMS.SomethingElse", service_errc::kms_exception},
        {"InvalidEncryptionAlgorithmError", service_errc::invalid_encryption_algorithm},
        {"ServerSideEncryptionConfigurationNotFoundError",
            service_errc::no_such_encryption_configuration},
        {"XAmzContentSHA256Mismatch", service_errc::bad_digest},
        {"AuthorizationHeaderMalformed", service_errc::authorization_malformed},
        {"Throttling", service_errc::slow_down},
        {"nonsense", service_errc::unknown},
    };
    for (const auto& [name, code] : rows) {
        CAPTURE(name);
        CHECK(s3::error_code(name) == code);
        const auto refused = decode<operation::get_object>({.bucket = bucket, .key = "k"}, 400,
            "x-amz-request-id: R\r\nx-amz-id-2: I\r\n",
            "<Error><Code>" + std::string(name) + "</Code></Error>");
        CHECK(refused.error().code == code);
        CHECK(refused.error().service_code == name);
        CHECK(refused.error().request_id == "R");
        CHECK(refused.error().trace_id == "I");
    }
}

TEST_CASE("S3 gives back the coding in which other clients sent their bodies")
{
    const auto coding = [](const std::string& said) {
        return decode<operation::get_object>({.bucket = bucket, .key = "k"}, 200,
            "Content-Length: 0\r\nContent-Encoding: " + said + "\r\n")
            ->content_encoding;
    };
    CHECK(coding("aws-chunked").empty());
    CHECK(coding("aws-chunked,gzip") == "gzip");
    CHECK(coding("aws-chunked, gzip") == "gzip");
    CHECK(coding("gzip") == "gzip");
    CHECK(coding("aws-chunkedx") == "aws-chunkedx");
}

TEST_CASE("a restore on S3 is sent without the customer key, which it does not take")
{
    const auto made = encode<operation::restore_object>(
        {.bucket = bucket, .key = "k", .sse = customer()});
    REQUIRE(made);
    CHECK_FALSE(made->head.fields.find("x-amz-server-side-encryption-customer-key"));
}

TEST_CASE("a pre-signed URL of S3 asks for what is signed and leaves the body to its user")
{
    const auto now = std::chrono::sys_seconds(std::chrono::seconds(1700000000));
    const auto where = endpoint();
    const auto signer = s3::make_signer(where.region);
    auto put = encode<operation::put_object>({.bucket = bucket,
        .key = "k",
        .body = "x",
        .sse = customer(),
        .headers = {.content_type = "text/plain"}});
    REQUIRE(put);
    const auto url = auth::presign(*signer, std::move(*put), where, credentials("id", "secret"),
        now, std::chrono::seconds(60));
    REQUIRE(url);
    CHECK(url->method == "PUT");
    CHECK(url->required_headers ==
        std::vector<std::string>{"x-amz-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-MD5", "Content-Type"});
    CHECK(url->url.starts_with("https://examplebucket.s3.eu-central-1.amazonaws.com/k?"
                               "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=id%2F20231114%2F"
                               "eu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20231114T221320Z&"
                               "X-Amz-Expires=60&X-Amz-SignedHeaders=content-type%3Bhost%3B"));
    CHECK(url->url.find("MDAwMDAw") == std::string::npos);
}

} // namespace s3_dialect_test
