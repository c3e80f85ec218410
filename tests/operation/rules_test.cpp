// Which names each service takes for what is created, and for what is there: the table, by operation.

#include "encoding_support.hpp"

#include <cosio/dialect/s3.hpp>
#include <cosio/operation/abort_multipart_upload.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_bucket.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/initiate_multipart_upload.hpp>
#include <cosio/operation/list_multipart_uploads.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>
#include <cosio/operation/upload_part_copy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace rules_test {

using namespace cosio;
using s3 = dialect::s3;
using cos = dialect::cos;
using support::bucket;

template <class Dialect>
service_endpoint endpoint()
{
    auto made = support::endpoint();
    made.host = Dialect::service_host("ap-beijing");
    return made;
}

template <class Dialect, template <class> class Operation>
result<operation::prepared_request> encode(
    const typename Operation<Dialect>::request_type& request)
{
    static const auto where = endpoint<Dialect>();
    return Operation<Dialect>::encode(request, where);
}

/// The code and field of a refusal; empty when it is none.
template <class Value>
std::string refusal(const result<Value>& made)
{
    if (made)
        return {};
    CHECK_FALSE(made.error().message.empty());
    return made.error().code == errc::invalid_key || made.error().code == errc::invalid_header
        ? std::string(made.error().field)
        : made.error().describe();
}

/// What each operation says of a key that it creates, and of one that is there.
template <class Dialect>
void check_key(std::string_view key, bool created, bool exists, bool in_xml)
{
    const std::string refused = "key";
    const auto creating = created ? std::string() : refused;
    CHECK(refusal(encode<Dialect, operation::put_object>({.bucket = bucket, .key = key})) ==
        creating);
    CHECK(refusal(encode<Dialect, operation::initiate_multipart_upload>(
              {.bucket = bucket, .key = key})) == creating);
    CHECK(refusal(encode<Dialect, operation::copy_object>({.bucket = bucket,
              .key = key,
              .copy_source = {.bucket = bucket, .key = "k"}})) == creating);

    const auto existing = exists ? std::string() : refused;
    CHECK(refusal(encode<Dialect, operation::get_object>({.bucket = bucket, .key = key})) ==
        existing);
    CHECK(refusal(encode<Dialect, operation::head_object>({.bucket = bucket, .key = key})) ==
        existing);
    CHECK(refusal(encode<Dialect, operation::delete_object>({.bucket = bucket, .key = key})) ==
        existing);
    CHECK(refusal(encode<Dialect, operation::restore_object>(
              {.bucket = bucket, .key = key, .days = 1})) == existing);
    CHECK(refusal(encode<Dialect, operation::list_parts>(
              {.bucket = bucket, .key = key, .upload_id = "u"})) == existing);
    CHECK(refusal(encode<Dialect, operation::abort_multipart_upload>(
              {.bucket = bucket, .key = key, .upload_id = "u"})) == existing);
    CHECK(refusal(encode<Dialect, operation::upload_part>(
              {.bucket = bucket, .key = key, .upload_id = "u", .part_number = 1})) == existing);
    const completed_part parts[] = {{.part_number = 1, .etag = "\"e\""}};
    CHECK(refusal(encode<Dialect, operation::complete_multipart_upload>(
              {.bucket = bucket, .key = key, .upload_id = "u", .parts = parts})) == existing);

    const auto as_source = exists ? std::string() : "copy_source.key";
    CHECK(refusal(encode<Dialect, operation::copy_object>({.bucket = bucket,
              .key = "k",
              .copy_source = {.bucket = bucket, .key = key}})) == as_source);
    CHECK(refusal(encode<Dialect, operation::upload_part_copy>({.bucket = bucket,
              .key = "k",
              .upload_id = "u",
              .part_number = 1,
              .copy_source = {.bucket = bucket, .key = key}})) == as_source);

    const object_identifier objects[] = {{.key = key}};
    const auto listed =
        encode<Dialect, operation::delete_objects>({.bucket = bucket, .objects = objects});
    CHECK(refusal(listed) == (exists && in_xml ? std::string() : "objects.key"));
    if (exists && !in_xml)
        CHECK(listed.error().message.find("by a request of its own") != std::string::npos);
}

TEST_CASE("rules: keys, by service and direction, in every operation")
{
    const std::string longest_of_cos(850, 'k');
    const std::string longer(851, 'k');
    const std::string longest(1024, 'k');
    const std::string too_long(1025, 'k');
    struct example
    {
        std::string_view key;
        bool created_on_cos;
        bool created_on_s3;
        bool exists = true;
        bool in_xml = true;
    };
    for (const auto& each : {example{"key", true, true}, example{"dir/", true, true},
             example{"a//b", true, true}, example{"a\\b", true, true},
             example{"...", true, true}, example{"a/.b/c..", true, true},
             example{"目录/腾讯 云+a.txt", true, true}, example{longest_of_cos, true, true},
             example{longer, false, true}, example{longest, false, true},
             example{too_long, false, false, false}, example{"", false, false, false},
             example{"/lead", false, true}, example{"//lead", false, true},
             example{"\\lead", false, true}, example{".", false, false},
             example{"..", false, false}, example{"d/../up", false, false},
             example{"./rel", false, false}, example{"a/..", false, false},
             example{"../../x", false, false}, example{"nl\nx", false, false},
             example{"cr\rx", false, false}, example{"tab\tx", false, false},
             example{"del\x7fx", false, false},
             example{"ctl\x01x", false, false, true, false},
             example{std::string_view("nul\0x", 5), false, false, true, false},
             example{"esc\x1bx", false, false, true, false},
             example{"\xff", false, false, true, false},
             example{"\xef\xbf\xbf", true, true, true, false}}) {
        CAPTURE(each.key);
        check_key<cos>(each.key, each.created_on_cos, each.exists, each.in_xml);
        check_key<s3>(each.key, each.created_on_s3, each.exists, each.in_xml);
    }
}

TEST_CASE("rules: paths of keys with dot segments have none, and are signed as they are")
{
    struct example
    {
        std::string_view key;
        std::string_view sent;
    };
    for (const auto& [key, sent] : {example{"d/../up", "/d/..%2Fup"}, example{"./rel", "/.%2Frel"},
             example{"../../x", "/..%2F..%2Fx"}, example{"a/..", "/a%2F.."},
             example{"a/./..", "/a/.%2F.."}, example{".", "/%2E"}, example{"..", "/%2E%2E"},
             example{"a b/../c", "/a%20b/..%2Fc"}, example{"/..", "/%2F.."},
             example{"../", "/..%2F"}, example{"..a/.b", "/..a/.b"}}) {
        CAPTURE(key);
        for (const bool by_path : {false, true}) {
            auto where = endpoint<s3>();
            where.path_style = by_path;
            const auto made = operation::delete_object<s3>::encode(
                {.bucket = bucket, .key = key}, where);
            REQUIRE(made);
            const auto& target = made->head.target;
            const std::string before =
                by_path ? std::string("/").append(bucket) : std::string();
            CHECK(target.path() == before + std::string(sent));
            CHECK_FALSE(http::has_dot_segment(target.path()));
            CHECK(http::percent_decoded(target.path()) == before + "/" + std::string(key));
            CHECK(target.decoded_path() == before + "/" + std::string(key));
            CHECK(target.signed_path() ==
                http::percent_encoded(before + "/" + std::string(key), http::slash::keep));
        }
    }
}

TEST_CASE("rules: listings go on from any key, and fold at any")
{
    for (const std::string_view key : {"a\nb", "ctl\x01x", "\xff", "d/../up"}) {
        CAPTURE(key);
        CHECK(encode<cos, operation::list_objects>(
            {.bucket = bucket, .prefix = key, .delimiter = key, .marker = key}));
        const auto listing = encode<s3, operation::list_objects>({.bucket = bucket,
            .prefix = key,
            .delimiter = key,
            .marker = key,
            .continuation_token = key});
        REQUIRE(listing);
        CHECK(listing->head.target.parameter_at(1).value == http::percent_encoded(key));
        CHECK(encode<cos, operation::list_multipart_uploads>(
            {.bucket = bucket, .prefix = key, .delimiter = key, .key_marker = key}));
        CHECK(encode<s3, operation::list_multipart_uploads>(
            {.bucket = bucket, .prefix = key, .delimiter = key, .key_marker = key}));
    }
}

TEST_CASE("rules: metadata and content headers, by service and direction")
{
    const std::string much(2048, 'v');
    struct example
    {
        std::string_view name;
        std::string_view value;
        bool created_on_cos;
        bool created_on_s3;
        bool stored = true;
    };
    for (const auto& each : {example{"a-name", "value", true, true},
             example{"name", "", true, true}, example{"name", "a  b", true, true},
             example{"my_key", "v", false, true}, example{"a.b", "v", false, true},
             example{"a!#$%&'*+^`|~b", "v", false, true}, example{"name", "ä", false, false},
             example{"name", "\xff", false, false}, example{"name", much, false, false},
             example{"", "v", false, false, false}, example{"a b", "v", false, false, false},
             example{"a:b", "v", false, false, false}, example{"ä", "v", false, false, false},
             example{"name", "a\r\nb", false, false, false},
             example{"name", " v", false, false, false},
             example{"name", "v\x01", false, false, false}}) {
        CAPTURE(each.name);
        CAPTURE(each.value);
        const header metadata[] = {{each.name, each.value}};
        const auto check = [&]<class Dialect>(const Dialect&, bool created) {
            for (const bool as_stored : {false, true}) {
                CAPTURE(as_stored);
                const bool fine = as_stored ? each.stored : created;
                const object_headers headers{.metadata = metadata, .as_stored = as_stored};
                const auto expected = fine ? std::string() : std::string("headers.metadata");
                const auto put = encode<Dialect, operation::put_object>(
                    {.bucket = bucket, .key = "k", .headers = headers});
                CHECK(refusal(put) == expected);
                CHECK(refusal(encode<Dialect, operation::initiate_multipart_upload>(
                          {.bucket = bucket, .key = "k", .headers = headers})) == expected);
                CHECK(refusal(encode<Dialect, operation::copy_object>({.bucket = bucket,
                          .key = "k",
                          .copy_source = {.bucket = bucket, .key = "s"},
                          .directive = metadata_directive::replace,
                          .headers = headers})) == expected);
                if (put)
                    CHECK(put->head.fields.find(
                              std::string(Dialect::header::metadata_prefix).append(each.name)) ==
                        each.value);
            }
        };
        check(cos(), each.created_on_cos);
        check(s3(), each.created_on_s3);
    }
    const auto says = [](const object_headers& headers) {
        return refusal(encode<cos, operation::put_object>(
            {.bucket = bucket, .key = "k", .headers = headers}));
    };
    CHECK(says({.content_disposition = "attachment; filename=ä"}) ==
        "headers.content_disposition");
    CHECK(says({.content_disposition = "attachment; filename=ä", .as_stored = true}).empty());
    const auto expires = encode<cos, operation::put_object>(
        {.bucket = bucket, .key = "k", .headers = {.as_stored = true, .stored_expires = "0"}});
    REQUIRE(expires);
    CHECK(expires->head.fields.find("Expires") == "0");
    CHECK(says({.as_stored = true, .stored_expires = "a\nb"}) == "headers.stored_expires");
    for (const bool as_stored : {false, true}) {
        const header twice[] = {{"name", "1"}, {"other", "2"}, {"NAME", "3"}};
        CHECK(says({.metadata = twice, .as_stored = as_stored}) == "headers.metadata");
    }
}

TEST_CASE("rules: buckets of S3 that were named before there were rules are reached by path")
{
    const std::string long_name(64, 'b');
    const std::string longest(255, 'b');
    const std::string too_long(256, 'b');
    struct example
    {
        std::string_view bucket;
        bool taken;
        bool by_path;
    };
    for (const auto& each : {example{"examplebucket", true, false}, example{"Upper", true, true},
             example{"under_score", true, true}, example{long_name, true, true},
             example{longest, true, true}, example{too_long, false, true},
             example{"ab", false, false}, example{"..", false, false},
             example{"a/b", false, false}, example{"a\nb", false, false},
             example{"with.dots", true, true}, example{"10.0.0.1", false, false}}) {
        CAPTURE(each.bucket);
        const auto made = encode<s3, operation::head_bucket>({.bucket = each.bucket});
        CHECK(made.has_value() == each.taken);
        if (made)
            CHECK((made->host.view() == s3::service_host("ap-beijing")) == each.by_path);
    }
    CHECK_FALSE(encode<cos, operation::head_bucket>({.bucket = "Upper-1250000000"}));
}

} // namespace rules_test
