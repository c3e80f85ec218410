// Bad input is refused before anything is sent, with the field and the rule.

#include "operation/encoding_support.hpp"

#include <cosio/operation/abort_multipart_upload.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_bucket.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/initiate_multipart_upload.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/put_bucket_encryption.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>
#include <cosio/operation/upload_part_copy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace cosio;
using support::bucket;
using support::key_one;
using support::key_two;
using support::refuses;
using support::with;

TEST_CASE("buckets")
{
    for (const std::string_view wrong : {"", "example", "example-", "-1250000000", "Example-125",
             "exam ple-125", "example.x-125", "exam/ple-125", "example-12x", "a\r\nb-125",
             "-a-1250000000", "exämple-125"}) {
        refuses<operation::put_object>(
            {.bucket = wrong, .key = "k"}, errc::invalid_bucket, "bucket");
        refuses<operation::head_bucket>({.bucket = wrong}, errc::invalid_bucket, "bucket");
    }
    refuses<operation::head_bucket>({.bucket = std::string(60, 'a') + "-125"},
        errc::invalid_bucket, "bucket", "63");
    CHECK(support::encode<operation::head_bucket>({.bucket = "a-1"}));
    CHECK(support::encode<operation::head_bucket>({.bucket = "examplebucket-125000000"}));
}

TEST_CASE("keys")
{
    const std::string long_key(851, 'k');
    struct example
    {
        std::string_view key;
        std::string_view rule;
    };
    for (const auto& [key, rule] : {example{"", "empty"}, example{long_key, "850"},
             example{"a\nb", "control"}, example{"a\rb", "control"}, example{"a\x7f", "control"},
             example{std::string_view("a\0b", 3), "control"}, example{"a\tb", "control"},
             example{".", "segment"}, example{"..", "segment"}, example{"a/../b", "segment"},
             example{"../a", "segment"}, example{"a/..", "segment"}, example{"a/./b", "segment"},
             example{"/a", "begin"}, example{"\\a", "begin"}, example{"a\xff", "UTF-8"}}) {
        refuses<operation::put_object>(
            {.bucket = bucket, .key = key}, errc::invalid_key, "key", rule);
        refuses<operation::copy_object>(
            {.bucket = bucket, .key = key, .copy_source = {.bucket = bucket, .key = "k"}},
            errc::invalid_key, "key", rule);
    }
    for (const std::string_view fine : {"a..b", "...", "a/.b/c", "..a/b..", "dir/", "a//b",
             "目录/腾讯 云+a.txt", "%2e%2e/x", "a\\b"})
        CHECK(support::encode<operation::put_object>({.bucket = bucket, .key = fine}));
    CHECK(support::encode<operation::put_object>({.bucket = bucket, .key = std::string(850, 'k')}));
}

TEST_CASE("headers and parameters")
{
    for (const std::string_view wrong :
        {"a\r\nx-cos-acl: public-read", "a\nb", "a\rb", "\x01", "a\x7f", " a", "a ", "\ta", "ä"}) {
        refuses<operation::put_object>(
            {.bucket = bucket, .key = "k", .headers = {.content_type = wrong}},
            errc::invalid_header, "headers.content_type");
        refuses<operation::put_object>(
            {.bucket = bucket, .key = "k", .sse = sse::kms{.key_id = wrong}},
            errc::invalid_header, "sse.key_id");
        refuses<operation::get_object>(
            {.bucket = bucket, .key = "k", .conditions = {.if_match = wrong}},
            errc::invalid_header, "conditions");
        refuses<operation::get_object>(
            {.bucket = bucket, .key = "k", .overrides = {.content_type = wrong}},
            errc::invalid_header, "overrides");
        const header metadata[] = {{"name", wrong}};
        refuses<operation::put_object>(
            {.bucket = bucket, .key = "k", .headers = {.metadata = metadata}},
            errc::invalid_header, "headers.metadata");
    }
    for (const std::string_view wrong : {"", "a_b", "a b", "a:b", "a\r\nb", "ä"}) {
        const header metadata[] = {{wrong, "value"}};
        refuses<operation::put_object>(
            {.bucket = bucket, .key = "k", .headers = {.metadata = metadata}},
            errc::invalid_header, "headers.metadata", "letters, digits and hyphens");
    }
    const header twice[] = {{"name", "1"}, {"other", "2"}, {"NAME", "3"}};
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .headers = {.metadata = twice}},
        errc::invalid_header, "headers.metadata", "twice");
    const std::string long_value(2048, 'v');
    const header much[] = {{"name", long_value}};
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .headers = {.metadata = much}},
        errc::invalid_header, "headers.metadata", "2048");
    refuses<operation::get_object>({.bucket = bucket, .key = "k", .version_id = "a\nb"},
        errc::invalid_argument, "version_id");

    const std::vector<tag> eleven(11, tag{"k", "v"});
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .headers = {.tags = eleven}},
        errc::invalid_header, "headers.tags", "10");
    const tag nameless[] = {{"", "v"}};
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .headers = {.tags = nameless}},
        errc::invalid_header, "headers.tags");
    for (const std::uint64_t limit : {1ULL, 819'199ULL, 838'860'801ULL})
        refuses<operation::put_object>({.bucket = bucket, .key = "k", .traffic_limit = limit},
            errc::invalid_argument, "traffic_limit");
}

TEST_CASE("customer keys")
{
    CHECK(customer_key::from_text(std::string_view("short")).error().code ==
        errc::invalid_customer_key);
    CHECK(customer_key::from_text(std::string_view("0000000000000000000000000000000ä"))
              .error()
              .code == errc::invalid_customer_key);
    const std::string with_control = "0000000000000000000000000000000\n";
    CHECK(customer_key::from_text(std::string_view(with_control)).error().code ==
        errc::invalid_customer_key);
    for (const std::size_t size : {0U, 31U, 33U}) {
        const std::vector<std::byte> bytes(size);
        CHECK(customer_key::from_bytes(bytes).error().code == errc::invalid_customer_key);
    }
    for (const std::string_view text : {"", "MDAw", "not base64!",
             "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE",
             "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDEx"})
        CHECK(customer_key::from_base64(text).error().code == errc::invalid_customer_key);
    CHECK(customer_key::from_base64("MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=").value() ==
        key_one());
    CHECK(key_one().md5().base64() == "5inxltxhJQnqmmHfVSQjoA==");
    CHECK(customer_key_md5::from_base64("5inxltxhJQnqmmHfVSQjoA==").value() == key_one().md5());
    CHECK(customer_key_md5::from_base64("5inxltxhJQnqmmHfVSQjoA").error().code ==
        errc::invalid_customer_key);
    const auto one = customer_key::generate().value();
    CHECK_FALSE(one == customer_key::generate().value());
}

TEST_CASE("a customer key leaves only with its own MD5, and only over TLS")
{
    const sse::customer mixed{key_one(), key_two().md5()};
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .sse = mixed},
        errc::customer_key_md5_mismatch, "sse.md5");
    refuses<operation::get_object>({.bucket = bucket, .key = "k", .sse = mixed},
        errc::customer_key_md5_mismatch, "sse.md5");
    refuses<operation::copy_object>(
        {.bucket = bucket,
            .key = "k",
            .copy_source = {.bucket = bucket, .key = "s", .sse = mixed}},
        errc::customer_key_md5_mismatch, "copy_source.sse.md5");

    const auto right = with(key_one());
    constexpr bool http = false;
    refuses<operation::put_object>({.bucket = bucket, .key = "k", .sse = right},
        errc::sse_requires_tls, "sse", "https", http);
    refuses<operation::get_object>({.bucket = bucket, .key = "k", .sse = right},
        errc::sse_requires_tls, "sse", "https", http);
    refuses<operation::head_object>({.bucket = bucket, .key = "k", .sse = right},
        errc::sse_requires_tls, "sse", "https", http);
    refuses<operation::restore_object>({.bucket = bucket, .key = "k", .sse = right},
        errc::sse_requires_tls, "sse", "https", http);
    refuses<operation::initiate_multipart_upload>({.bucket = bucket, .key = "k", .sse = right},
        errc::sse_requires_tls, "sse", "https", http);
    refuses<operation::upload_part>(
        {.bucket = bucket, .key = "k", .upload_id = "u", .part_number = 1, .sse = right},
        errc::sse_requires_tls, "sse", "https", http);
    refuses<operation::copy_object>(
        {.bucket = bucket,
            .key = "k",
            .copy_source = {.bucket = bucket, .key = "s", .sse = right}},
        errc::sse_requires_tls, "copy_source.sse", "https", http);
    CHECK(support::encode<operation::put_object>(
        {.bucket = bucket, .key = "k", .sse = sse::kms{}}, http));
}

TEST_CASE("KMS contexts are JSON objects of strings")
{
    for (const std::string_view wrong : {"x", "[]", R"({"a":1})", R"({"a":{"b":"c"}})", R"({"a":"b"}x)",
             "eyJhIjoiYiJ9", R"({"a":"b","a":"c"})"}) {
        refuses<operation::put_object>(
            {.bucket = bucket, .key = "k", .sse = sse::kms{.context = wrong}},
            errc::invalid_encryption_context, "sse.context", "JSON");
        refuses<operation::initiate_multipart_upload>(
            {.bucket = bucket, .key = "k", .sse = sse::kms{.context = wrong}},
            errc::invalid_encryption_context, "sse.context", "JSON");
    }
    const auto made = support::encode<operation::put_object>({.bucket = bucket,
        .key = "k",
        .sse = sse::kms{.context = R"({"a":"asdfa","b":"123321"})"}});
    CHECK(made.value().head.fields.find("x-cos-server-side-encryption-context") ==
        "eyJhIjoiYXNkZmEiLCJiIjoiMTIzMzIxIn0=");
}

TEST_CASE("ranges, parts, restores, listings")
{
    const auto get = [](byte_range range) {
        return get_object_request{.bucket = bucket, .key = "k", .range = range};
    };
    refuses<operation::get_object>(
        get(byte_range::between(5, 4)), errc::invalid_range, "range", "end before");
    refuses<operation::get_object>(get(byte_range::suffix(0)), errc::invalid_range, "range");
    const auto range_of = [&](byte_range range) {
        const auto made = support::encode<operation::get_object>(get(range)).value();
        return std::string(made.head.fields.find("Range").value_or("(none)"));
    };
    CHECK(range_of(byte_range::between(0, 0)) == "bytes=0-0");
    CHECK(range_of(byte_range::from(7)) == "bytes=7-");
    CHECK(range_of(byte_range::suffix(5)) == "bytes=-5");
    CHECK(range_of({}) == "(none)");

    for (const std::uint32_t number : {0U, 10'001U, 4'000'000'000U}) {
        refuses<operation::upload_part>(
            {.bucket = bucket, .key = "k", .upload_id = "u", .part_number = number},
            errc::invalid_part_number, "part_number", "10000");
        refuses<operation::upload_part_copy>({.bucket = bucket,
                                                 .key = "k",
                                                 .upload_id = "u",
                                                 .part_number = number,
                                                 .copy_source = {.bucket = bucket, .key = "s"}},
            errc::invalid_part_number, "part_number");
        const completed_part parts[] = {{number, "\"e\""}};
        refuses<operation::complete_multipart_upload>(
            {.bucket = bucket, .key = "k", .upload_id = "u", .parts = parts},
            errc::invalid_part_number, "parts");
    }
    const completed_part descending[] = {{2, "\"e\""}, {1, "\"e\""}};
    refuses<operation::complete_multipart_upload>(
        {.bucket = bucket, .key = "k", .upload_id = "u", .parts = descending},
        errc::invalid_part_number, "parts", "ascending");
    const completed_part bad_etag[] = {{1, "\"e\"\n"}};
    refuses<operation::complete_multipart_upload>(
        {.bucket = bucket, .key = "k", .upload_id = "u", .parts = bad_etag},
        errc::invalid_argument, "parts", "ETag");
    refuses<operation::complete_multipart_upload>(
        {.bucket = bucket, .key = "k", .upload_id = "u"}, errc::invalid_argument, "parts");
    refuses<operation::abort_multipart_upload>(
        {.bucket = bucket, .key = "k"}, errc::invalid_argument, "upload_id", "empty");
    refuses<operation::upload_part_copy>({.bucket = bucket,
                                             .key = "k",
                                             .upload_id = "u",
                                             .part_number = 1,
                                             .copy_source = {.bucket = bucket, .key = "s"},
                                             .source_range = byte_range::from(3)},
        errc::invalid_range, "source_range");

    refuses<operation::restore_object>(
        {.bucket = bucket, .key = "k", .days = 0}, errc::invalid_restore, "days", "1");
    refuses<operation::restore_object>(
        {.bucket = bucket, .key = "k", .tier = static_cast<restore_tier>(9)},
        errc::invalid_restore, "tier");
    refuses<operation::list_objects>(
        {.bucket = bucket, .max_keys = 1001}, errc::invalid_argument, "max_keys", "1000");
    refuses<operation::list_parts>({.bucket = bucket, .key = "k"}, errc::invalid_argument,
        "upload_id");
    refuses<operation::delete_objects>({.bucket = bucket}, errc::invalid_argument, "objects");
    const std::vector<object_identifier> many(1001, object_identifier{.key = "k"});
    refuses<operation::delete_objects>(
        {.bucket = bucket, .objects = many}, errc::invalid_argument, "objects", "1000");
    refuses<operation::put_bucket_encryption>(
        {.bucket = bucket, .encryption = bucket_kms{"a\nb"}}, errc::invalid_argument,
        "encryption.key_id");
}

TEST_CASE("copies that would lose something without a word")
{
    const copy_source source{.bucket = bucket, .key = "s"};
    refuses<operation::copy_object>({.bucket = bucket,
                                        .key = "k",
                                        .copy_source = source,
                                        .headers = {.content_type = "text/plain"}},
        errc::invalid_argument, "headers", "replace");
    refuses<operation::copy_object>({.bucket = bucket, .key = "s", .copy_source = source},
        errc::invalid_argument, "directive", "onto itself");
    CHECK(support::encode<operation::copy_object>({.bucket = bucket,
        .key = "s",
        .copy_source = source,
        .directive = metadata_directive::replace}));
    refuses<operation::copy_object>(
        {.bucket = bucket,
            .key = "k",
            .copy_source = {.bucket = bucket, .key = "s", .region = "a/b"}},
        errc::invalid_argument, "copy_source.region");
    refuses<operation::copy_object>(
        {.bucket = bucket, .key = "k", .copy_source = {.bucket = "x", .key = "s"}},
        errc::invalid_bucket, "copy_source.bucket");
}
