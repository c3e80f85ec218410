// Our requests in the dialect of S3 against those that boto3 puts on the wire for the same calls.
// Every difference is listed with its reason; one that is not listed, or no longer there, fails.

#include "operation/boto3_captures.hpp"

#include <cosio/dialect/s3.hpp>
#include <cosio/operation/abort_multipart_upload.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_bucket_encryption.hpp>
#include <cosio/operation/delete_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_bucket_encryption.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_bucket.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/initiate_multipart_upload.hpp>
#include <cosio/operation/list_multipart_uploads.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/put_bucket_encryption.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>
#include <cosio/operation/upload_part_copy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace golden_requests_s3_test {

using namespace cosio;
using s3 = dialect::s3;
using operation::prepared_request;

constexpr std::string_view bucket = "examplebucket-1250000000";

const service_endpoint& endpoint()
{
    static const service_endpoint frankfurt = [] {
        service_endpoint made;
        made.region = "eu-central-1";
        made.host = s3::service_host("eu-central-1");
        return made;
    }();
    return frankfurt;
}

sse::customer customer(int number)
{
    static const auto one = customer_key::from_text("00000000000000000000000000000001").value();
    static const auto two = customer_key::from_text("00000000000000000000000000000002").value();
    const auto& key = number == 1 ? one : two;
    return {key, key.md5()};
}

const sse::kms key_and_context{"kms-key-id", R"({"test":"test"})"};
const copy_source source{.bucket = bucket, .key = "source key"};
const copy_source sealed_source{.bucket = bucket, .key = "source key", .sse = customer(1)};

template <template <class> class Operation>
prepared_request encoded(const typename Operation<s3>::request_type& request)
{
    return Operation<s3>::encode(request, endpoint()).value();
}

prepared_request put(sse::on_write sse)
{
    return encoded<operation::put_object>(
        {.bucket = bucket, .key = "k", .body = "00000", .sse = sse});
}

prepared_request copy(const copy_source& from, sse::on_write sse)
{
    return encoded<operation::copy_object>(
        {.bucket = bucket, .key = "k", .copy_source = from, .sse = sse});
}

prepared_request initiate(sse::on_write sse)
{
    return encoded<operation::initiate_multipart_upload>(
        {.bucket = bucket, .key = "k", .sse = sse});
}

prepared_request part(sse::on_read sse)
{
    return encoded<operation::upload_part>({.bucket = bucket,
        .key = "k",
        .upload_id = "UID",
        .part_number = 1,
        .body = "00000",
        .sse = sse});
}

prepared_request with_everything()
{
    constexpr header metadata[] = {{"uid", "a b"}};
    constexpr tag tags[] = {{"a", "b c"}};
    return encoded<operation::put_object>({.bucket = bucket,
        .key = "目录/a b+c~d(1).txt",
        .body = "abc",
        .headers = {.content_type = "text/plain",
            .cache_control = "no-cache",
            .metadata = metadata,
            .storage_class = storage_class::archive,
            .acl = acl::private_,
            .grant_read = "id=\"1\"",
            .tags = tags}});
}

prepared_request replacing_copy()
{
    constexpr tag tags[] = {{"a", "b"}};
    return encoded<operation::copy_object>({.bucket = bucket,
        .key = "k",
        .copy_source = {.bucket = bucket,
            .key = "source key",
            .version_id = "a+b",
            .conditions = {.if_match = "\"e\""}},
        .directive = metadata_directive::replace,
        .headers = {.content_type = "text/plain", .tags = tags}});
}

prepared_request complete()
{
    constexpr completed_part parts[] = {{1, "\"..1..\""}, {2, "\"..2..\""}};
    return encoded<operation::complete_multipart_upload>(
        {.bucket = bucket, .key = "k", .upload_id = "UID", .parts = parts});
}

prepared_request delete_two()
{
    constexpr object_identifier objects[] = {{.key = "a&b"}, {.key = "c", .version_id = "v"}};
    return encoded<operation::delete_objects>(
        {.bucket = bucket, .objects = objects, .quiet = true});
}

prepared_request put_bucket_kms()
{
    return encoded<operation::put_bucket_encryption>(
        {.bucket = bucket, .encryption = bucket_kms{.key_id = "kms-key-id"}});
}

using maker = std::function<prepared_request()>;

const std::map<std::string_view, maker>& requests()
{
    using namespace operation;
    static const std::map<std::string_view, maker> all{
        {"B1", [] { return put(sse::bucket_default{}); }},
        {"B2", [] { return put(sse::cos_managed{}); }},
        {"B3", [] { return put(sse::kms{}); }},
        {"B4", [] { return put(key_and_context); }},
        {"B5", [] { return put(customer(1)); }},
        {"B6", [] { return with_everything(); }},
        {"B7", [] { return encoded<get_object>({.bucket = bucket, .key = "k"}); }},
        {"B8",
            [] {
                return encoded<get_object>({.bucket = bucket,
                    .key = "k",
                    .sse = customer(1),
                    .range = byte_range::between(0, 9)});
            }},
        {"B9",
            [] {
                return encoded<get_object>({.bucket = bucket,
                    .key = "k",
                    .conditions = {.if_match = "\"e\""},
                    .overrides = {.content_type = "text/html"},
                    .version_id = "MTg0"});
            }},
        {"B10", [] { return encoded<head_object>({.bucket = bucket, .key = "k"}); }},
        {"B11",
            [] { return encoded<head_object>({.bucket = bucket, .key = "k", .sse = customer(1)}); }},
        {"B12", [] { return copy(source, sse::bucket_default{}); }},
        {"B13", [] { return copy(source, sse::cos_managed{}); }},
        {"B14", [] { return copy(source, key_and_context); }},
        {"B15", [] { return copy(sealed_source, customer(2)); }},
        {"B16", [] { return replacing_copy(); }},
        {"B17", [] { return initiate(sse::bucket_default{}); }},
        {"B18", [] { return initiate(sse::cos_managed{}); }},
        {"B19", [] { return initiate(key_and_context); }},
        {"B20", [] { return initiate(customer(1)); }},
        {"B21", [] { return part(sse::none{}); }},
        {"B22", [] { return part(customer(1)); }},
        {"B23",
            [] {
                return encoded<upload_part_copy>({.bucket = bucket,
                    .key = "k",
                    .upload_id = "UID",
                    .part_number = 1,
                    .copy_source = source});
            }},
        {"B24",
            [] {
                return encoded<upload_part_copy>({.bucket = bucket,
                    .key = "k",
                    .upload_id = "UID",
                    .part_number = 2,
                    .copy_source = sealed_source,
                    .source_range = byte_range::between(0, 1048575),
                    .sse = customer(2)});
            }},
        {"B25", [] { return complete(); }},
        {"B26",
            [] {
                return encoded<abort_multipart_upload>(
                    {.bucket = bucket, .key = "k", .upload_id = "UID"});
            }},
        {"B27",
            [] {
                return encoded<list_parts>({.bucket = bucket,
                    .key = "k",
                    .upload_id = "UID",
                    .part_number_marker = 3,
                    .max_parts = 10});
            }},
        {"B28",
            [] {
                return encoded<list_multipart_uploads>({.bucket = bucket,
                    .prefix = "a b/",
                    .delimiter = "/",
                    .key_marker = "k",
                    .upload_id_marker = "UID",
                    .max_uploads = 10});
            }},
        {"B29",
            [] {
                return encoded<list_objects>({.bucket = bucket,
                    .prefix = "a b/",
                    .delimiter = "/",
                    .marker = "a b/c",
                    .max_keys = 10});
            }},
        {"B30",
            [] {
                return encoded<list_objects>(
                    {.bucket = bucket, .continuation_token = "1/a+b="});
            }},
        {"B31", [] { return encoded<delete_object>({.bucket = bucket, .key = "k"}); }},
        {"B32",
            [] {
                return encoded<delete_object>(
                    {.bucket = bucket, .key = "k", .version_id = "MTg0"});
            }},
        {"B33", [] { return delete_two(); }},
        {"B34",
            [] {
                return encoded<restore_object>({.bucket = bucket,
                    .key = "k",
                    .days = 2,
                    .tier = restore_tier::expedited});
            }},
        {"B35", [] { return encoded<put_bucket_encryption>({.bucket = bucket}); }},
        {"B36", [] { return put_bucket_kms(); }},
        {"B37", [] { return encoded<get_bucket_encryption>({.bucket = bucket}); }},
        {"B38", [] { return encoded<delete_bucket_encryption>({.bucket = bucket}); }},
        {"B39", [] { return encoded<head_bucket>({.bucket = bucket}); }},
    };
    return all;
}

struct difference
{
    std::string_view what;
    std::string_view reason;
};
using differences = std::vector<difference>;

const differences& listed(std::string_view id)
{
    static constexpr std::string_view directive = "we always say what becomes of the metadata";
    static constexpr std::string_view encoding =
        "names in XML must be encoded to come back whole; ListParts has none to encode";
    static const differences typed{{"+header content-type", "our documents say what they are"}};
    static const differences document{{"+header content-type", "our documents say what they are"},
        {"+header content-md5", "our documents go with their MD5"}};
    static const differences bodyless{
        {"-header content-length", "a request that cannot have a body has no length"}};
    static const differences directed{{"+header x-amz-metadata-directive", directive}};
    static const differences none;
    static const std::map<std::string_view, differences> all{
        {"B12", directed},
        {"B16", {{"~header x-amz-copy-source", "a version id is encoded as in any query"}}},
        {"B25",
            {{"+header content-type", "our documents say what they are"},
                {"+header content-md5", "our documents go with their MD5"},
                {"~body", "we escape quotation marks in text too"},
                {"~header content-length", "as above"},
                {"~header x-amz-content-sha256", "as above"}}},
        {"B26", bodyless},
        {"B27", {{"+parameter encoding-type=url", encoding}}},
        {"B28", {{"+parameter encoding-type=url", encoding}}},
        {"B31", bodyless},
        {"B32", bodyless},
        {"B33", typed},
        {"B34", document},
        {"B35", typed},
        {"B36", typed},
        {"B38", bodyless},
    };
    const auto found = all.find(id);
    return found == all.end() ? none : found->second;
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), detail::to_lower);
    return out;
}

std::set<std::string> split(std::string_view list, char separator)
{
    std::set<std::string> out;
    while (!list.empty()) {
        const auto end = std::min(list.find(separator), list.size());
        out.emplace(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return out;
}

/// `name=value` of each parameter; a name alone has an empty value.
std::set<std::string> parameters_of(std::string_view target)
{
    std::set<std::string> out;
    for (auto each : split(target.substr(std::min(target.find('?'), target.size() - 1) + 1), '&'))
        out.insert(each.find('=') == std::string::npos ? each + "=" : each);
    return target.find('?') == std::string_view::npos ? std::set<std::string>{} : out;
}

void compare_sets(std::set<std::string>& found, std::string_view kind,
    const std::set<std::string>& ours, const std::set<std::string>& theirs)
{
    for (const auto& each : ours)
        if (!theirs.contains(each))
            found.insert("+" + std::string(kind) + " " + each);
    for (const auto& each : theirs)
        if (!ours.contains(each))
            found.insert("-" + std::string(kind) + " " + each);
}

std::string body_of(const prepared_request& ours)
{
    if (!ours.document.empty())
        return ours.document;
    const auto size = ours.body.size().value();
    return size == 0 ? std::string() : std::to_string(size) + " bytes";
}

std::set<std::string> compare(const captures::boto3_capture& theirs, const prepared_request& ours)
{
    std::set<std::string> found;
    CHECK(http::name_of(ours.head.method) == theirs.method);
    CHECK(ours.host == "examplebucket-1250000000.s3.eu-central-1.amazonaws.com");
    CHECK(ours.head.target.path() == theirs.target.substr(0, theirs.target.find('?')));
    compare_sets(found, "parameter", parameters_of(ours.head.target.text()),
        parameters_of(theirs.target));
    if (body_of(ours) != theirs.body)
        found.insert("~body");

    http::field_list attempt;
    attempt.add("Host", ours.host);
    auth::sig_v4_signer signer("eu-central-1");
    const std::chrono::sys_seconds now{std::chrono::seconds(1700000000)};
    REQUIRE(signer.sign(ours.head.method, ours.head.target, ours.head.fields, attempt,
        credentials("id", "key"), now));
    std::map<std::string, std::string> our_headers;
    for (std::size_t i = 0; i != ours.head.fields.size(); ++i)
        our_headers[lower(ours.head.fields[i].name)] = ours.head.fields[i].value;
    for (std::size_t i = 0; i != attempt.size(); ++i)
        our_headers[lower(attempt[i].name)] = attempt[i].value;
    const auto authorization = our_headers["authorization"];
    our_headers.erase("authorization");

    // All that we send is signed, so all that they sign is.
    constexpr std::string_view marker = "SignedHeaders=";
    const auto start = authorization.find(marker) + marker.size();
    const auto signed_names =
        split(authorization.substr(start, authorization.find(',', start) - start), ';');
    std::set<std::string> sent_names;
    for (const auto& [name, value] : our_headers)
        sent_names.insert(name);
    CHECK(signed_names == sent_names);
    for (const auto& each : split(theirs.signed_headers, ';'))
        CHECK(signed_names.contains(each));

    our_headers.erase("host");
    our_headers.erase("x-amz-date");
    std::set<std::string> our_names;
    std::set<std::string> their_names;
    for (const auto& [name, value] : our_headers)
        our_names.insert(name);
    for (const auto& [name, value] : theirs.headers) {
        their_names.insert(lower(name));
        const auto same = our_headers.find(lower(name));
        if (same != our_headers.end() && same->second != value)
            found.insert("~header " + lower(name));
    }
    compare_sets(found, "header", our_names, their_names);
    return found;
}

TEST_CASE("golden requests of S3: every capture, every difference with its reason")
{
    std::size_t compared = 0;
    for (const auto& theirs : captures::boto3()) {
        CAPTURE(theirs.id);
        CAPTURE(theirs.scenario);
        const auto found = compare(theirs, requests().at(theirs.id)());
        ++compared;
        std::set<std::string> expected;
        for (const auto& [what, reason] : listed(theirs.id)) {
            CHECK_FALSE(reason.empty());
            expected.emplace(what);
        }
        for (const auto& each : found)
            CHECK_MESSAGE(expected.contains(each), "not listed: " << each);
        for (const auto& each : expected)
            CHECK_MESSAGE(found.contains(each), "listed, but there is no such difference: " << each);
    }
    CHECK(compared == requests().size());
    CHECK(compared == 39);
}

} // namespace golden_requests_s3_test
