// Our requests against those the official Python SDK puts on the wire for the same calls. Every
// difference is listed with its reason; one that is not listed, or no longer there, fails.

#include "operation/python_captures.hpp"

#include <cosio/dialect/cos.hpp>
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

namespace {

using namespace cosio;
using cos = dialect::cos;
using operation::prepared_request;

constexpr std::string_view bucket = "examplebucket-1250000000";

const service_endpoint& endpoint()
{
    static const service_endpoint beijing = [] {
        service_endpoint made;
        made.region = "ap-beijing";
        made.host = cos::service_host("ap-beijing");
        return made;
    }();
    return beijing;
}

const customer_key& key_of(int number)
{
    static const auto one = customer_key::from_text("00000000000000000000000000000001").value();
    static const auto two = customer_key::from_text("00000000000000000000000000000002").value();
    return number == 1 ? one : two;
}

sse::customer customer(int number)
{
    return {key_of(number), key_of(number).md5()};
}

const std::string& bytes(std::size_t size)
{
    static std::map<std::size_t, std::string> kept;
    return kept.try_emplace(size, std::string(size, '0')).first->second;
}

template <template <class> class Operation>
prepared_request encoded(const typename Operation<cos>::request_type& request)
{
    return Operation<cos>::encode(request, endpoint()).value();
}

prepared_request put(std::string_view key, std::size_t size, sse::on_write sse)
{
    return encoded<operation::put_object>(
        {.bucket = bucket, .key = key, .body = bytes(size), .sse = sse});
}

prepared_request get(std::string_view key, sse::on_read sse = {}, byte_range range = {})
{
    return encoded<operation::get_object>(
        {.bucket = bucket, .key = key, .sse = sse, .range = range});
}

prepared_request head(std::string_view key, sse::on_read sse = {})
{
    return encoded<operation::head_object>({.bucket = bucket, .key = key, .sse = sse});
}

prepared_request uploads_of(std::string_view prefix)
{
    return encoded<operation::list_multipart_uploads>(
        {.bucket = bucket, .prefix = prefix, .max_uploads = 1000});
}

prepared_request part(
    std::string_view key, std::uint32_t number, std::size_t size, sse::on_read sse = {})
{
    return encoded<operation::upload_part>({.bucket = bucket,
        .key = key,
        .upload_id = "UID",
        .part_number = number,
        .body = bytes(size),
        .sse = sse});
}

prepared_request part_copy(std::uint32_t number, byte_range range)
{
    return encoded<operation::upload_part_copy>({.bucket = bucket,
        .key = "sdk-sse-c-copy",
        .upload_id = "UID",
        .part_number = number,
        .copy_source = {.bucket = bucket, .key = "sdk-sse-c", .sse = customer(1)},
        .source_range = range,
        .sse = customer(2)});
}

prepared_request complete(std::string_view key)
{
    constexpr completed_part parts[] = {
        {1, "\"..32hex..\""}, {2, "\"..32hex..\""}, {3, "\"..32hex..\""}};
    return encoded<operation::complete_multipart_upload>(
        {.bucket = bucket, .key = key, .upload_id = "UID", .parts = parts});
}

prepared_request copy()
{
    return encoded<operation::copy_object>({.bucket = bucket,
        .key = "sdk-sse-c-copy",
        .copy_source = {.bucket = bucket, .key = "sdk-sse-c", .sse = customer(1)},
        .sse = customer(2)});
}

prepared_request with_everything()
{
    constexpr header metadata[] = {{"uid", "a b"}};
    return encoded<operation::put_object>({.bucket = bucket,
        .key = "目录/a b+c~d(1).txt",
        .body = bytes(3),
        .headers = {
            .content_type = "text/plain", .cache_control = "no-cache", .metadata = metadata}});
}

prepared_request delete_two()
{
    constexpr object_identifier objects[] = {{.key = "a"}, {.key = "b"}};
    return encoded<operation::delete_objects>(
        {.bucket = bucket, .objects = objects, .quiet = true});
}

using maker = std::function<prepared_request()>;

/// Every capture whose operation we have; the tagging calls P45 to P47 are the ones we do not.
const std::map<std::string_view, maker>& requests()
{
    constexpr std::size_t mebi = 1048576;
    static const auto first = byte_range::between(0, 1048575);
    static const auto second = byte_range::between(1048576, 2097151);
    static const auto third = byte_range::between(2097152, 2097251);
    static const std::map<std::string_view, maker> all{
        {"P1", [] { return put("sdk-sse-cos", 3, sse::cos_managed{}); }},
        {"P2", [] { return get("sdk-sse-cos"); }},
        {"P3",
            [] {
                return put("sdk-sse-kms", 3, sse::kms{"kms-key-id", R"({"test":"test"})"});
            }},
        {"P4", [] { return put("sdk-sse-kms", 5, sse::kms{}); }},
        {"P5", [] { return uploads_of("sdk-sse-kms"); }},
        {"P6",
            [] {
                return encoded<operation::initiate_multipart_upload>(
                    {.bucket = bucket, .key = "sdk-sse-kms", .sse = sse::kms{}});
            }},
        {"P7", [] { return part("sdk-sse-kms", 1, mebi); }},
        {"P8", [] { return part("sdk-sse-kms", 2, mebi); }},
        {"P9", [] { return part("sdk-sse-kms", 3, 100); }},
        {"P10", [] { return complete("sdk-sse-kms"); }},
        {"P11", [] { return head("sdk-sse-kms"); }},
        {"P12", [] { return get("sdk-sse-kms"); }},
        {"P13", [] { return put("sdk-sse-c", 5, customer(1)); }},
        {"P14", [] { return get("sdk-sse-c", customer(1)); }},
        {"P15", [] { return head("sdk-sse-c", customer(1)); }},
        {"P16", [] { return uploads_of("sdk-sse-c"); }},
        {"P17",
            [] {
                return encoded<operation::initiate_multipart_upload>(
                    {.bucket = bucket, .key = "sdk-sse-c", .sse = customer(1)});
            }},
        {"P18", [] { return part("sdk-sse-c", 1, mebi, customer(1)); }},
        {"P19", [] { return part("sdk-sse-c", 2, mebi, customer(1)); }},
        {"P20", [] { return part("sdk-sse-c", 3, 100, customer(1)); }},
        {"P21", [] { return complete("sdk-sse-c"); }},
        {"P22", [] { return head("sdk-sse-c", customer(1)); }},
        {"P23", [] { return get("sdk-sse-c", customer(1), first); }},
        {"P24", [] { return get("sdk-sse-c", customer(1), second); }},
        {"P25", [] { return get("sdk-sse-c", customer(1), third); }},
        {"P26", [] { return copy(); }},
        {"P27", [] { return head("sdk-sse-c", customer(1)); }},
        {"P28", [] { return copy(); }},
        {"P29", [] { return head("sdk-sse-c", customer(1)); }},
        {"P30",
            [] {
                return encoded<operation::initiate_multipart_upload>({.bucket = bucket,
                    .key = "sdk-sse-c-copy",
                    .sse = customer(2),
                    .headers = {.storage_class = storage_class::standard_ia}});
            }},
        {"P31", [] { return part_copy(1, first); }},
        {"P32", [] { return part_copy(2, second); }},
        {"P33", [] { return part_copy(3, third); }},
        {"P34", [] { return complete("sdk-sse-c-copy"); }},
        {"P35",
            [] {
                return encoded<operation::restore_object>({.bucket = bucket,
                    .key = "sdk-sse-c",
                    .days = 1,
                    .tier = restore_tier::expedited,
                    .sse = customer(1)});
            }},
        {"P36",
            [] {
                return encoded<operation::delete_object>({.bucket = bucket, .key = "sdk-sse-c"});
            }},
        {"P37", [] { return delete_two(); }},
        {"P38",
            [] {
                return encoded<operation::list_objects>(
                    {.bucket = bucket, .prefix = "a b/", .delimiter = "/", .max_keys = 1000});
            }},
        {"P39",
            [] {
                return encoded<operation::list_parts>({.bucket = bucket,
                    .key = "sdk-sse-c",
                    .upload_id = "UID",
                    .max_parts = 1000});
            }},
        {"P40",
            [] {
                return encoded<operation::abort_multipart_upload>(
                    {.bucket = bucket, .key = "sdk-sse-c", .upload_id = "UID"});
            }},
        {"P41", [] { return encoded<operation::put_bucket_encryption>({.bucket = bucket}); }},
        {"P42", [] { return encoded<operation::get_bucket_encryption>({.bucket = bucket}); }},
        {"P43", [] { return encoded<operation::delete_bucket_encryption>({.bucket = bucket}); }},
        {"P44", [] { return encoded<operation::head_bucket>({.bucket = bucket}); }},
        {"P48", [] { return with_everything(); }},
        {"P49",
            [] {
                return encoded<operation::get_object>({.bucket = bucket,
                    .key = "sdk-sse-cos",
                    .range = byte_range::between(0, 1),
                    .overrides = {.content_type = "text/html"},
                    .version_id = "MTg0"});
            }},
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
    static constexpr std::string_view document_digest =
        "our documents go with their MD5 and type, as the service's documentation asks";
    static constexpr std::string_view no_declaration =
        "our documents have no XML declaration, which says nothing that is not the default";
    static constexpr std::string_view empty_parameters = "we do not send parameters without value";
    static constexpr std::string_view encoded_space = "a space is %20 in our queries, never +";
    static constexpr std::string_view no_length =
        "a request that cannot have a body has no Content-Length: the documentation forbids it";
    static const differences document{{"+header content-type", document_digest},
        {"+header content-md5", document_digest}, {"+signed content-type", document_digest},
        {"+signed content-md5", document_digest}, {"~body", no_declaration},
        {"~header content-length", no_declaration}};
    static const differences bodyless{
        {"-header content-length", no_length}, {"-signed content-length", no_length}};
    static const differences uploads{{"~target", empty_parameters},
        {"-parameter delimiter", empty_parameters}, {"-parameter key-marker", empty_parameters},
        {"-parameter upload-id-marker", empty_parameters}};
    static const std::map<std::string_view, differences> all{
        {"P5", uploads},
        {"P10", document},
        {"P16", uploads},
        {"P21", document},
        {"P30",
            {{"-header x-cos-copy-source-server-side-encryption-customer-algorithm",
                 "initiating an upload reads no source, so no source key is sent"},
                {"-header x-cos-copy-source-server-side-encryption-customer-key", "as above"},
                {"-header x-cos-copy-source-server-side-encryption-customer-key-md5", "as above"},
                {"-signed x-cos-copy-source-server-side-encryption-customer-algorithm", "as above"},
                {"-signed x-cos-copy-source-server-side-encryption-customer-key", "as above"},
                {"-signed x-cos-copy-source-server-side-encryption-customer-key-md5",
                    "as above"}}},
        {"P34", document},
        {"P35", document},
        {"P36", bodyless},
        {"P37", {{"~body", no_declaration}, {"~header content-length", no_declaration},
                    {"~header content-md5", "it is that of another text"}}},
        {"P38", {{"~target", encoded_space}, {"-parameter marker", empty_parameters}}},
        {"P39", {{"~target", empty_parameters},
                    {"-parameter part-number-marker", "0 is where a listing begins anyway"}}},
        {"P40", bodyless},
        {"P41", document},
        {"P43", bodyless},
        {"P48",
            {{"-header content-md5", "our uploads are checked by CRC64 instead"},
                {"-signed content-md5", "as above"}}},
    };
    static const differences none;
    const auto found = all.find(id);
    return found == all.end() ? none : found->second;
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), cosio::detail::to_lower);
    return out;
}

std::set<std::string> split(std::string_view list)
{
    std::set<std::string> out;
    while (!list.empty()) {
        const auto end = std::min(list.find(';'), list.size());
        out.emplace(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return out;
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

std::string part_of(std::string_view authorization, std::string_view name)
{
    const auto start = authorization.find(name);
    const auto text = authorization.substr(start + name.size());
    return std::string(text.substr(0, text.find('&')));
}

std::set<std::string> compare(const captures::capture& theirs, const prepared_request& ours)
{
    std::set<std::string> found;
    CHECK(http::name_of(ours.head.method) == theirs.method);
    CHECK(ours.host == "examplebucket-1250000000.cos.ap-beijing.myqcloud.com");
    if (ours.head.target.text() != theirs.target)
        found.insert("~target");
    if (body_of(ours) != theirs.body)
        found.insert("~body");

    http::field_list attempt;
    attempt.add("Host", ours.host);
    const bool temporary = theirs.id == "P49";
    auth::q_signer signer;
    const std::chrono::sys_seconds now{std::chrono::seconds(1700000000)};
    REQUIRE(signer.sign(ours.head.method, ours.head.target, ours.head.fields, attempt,
        credentials("id", "key", temporary ? "TOKENexample+/=" : ""), now));

    std::map<std::string, std::string> our_headers;
    for (std::size_t i = 0; i != ours.head.fields.size(); ++i)
        our_headers[lower(ours.head.fields[i].name)] = ours.head.fields[i].value;
    for (std::size_t i = 0; i != attempt.size(); ++i)
        our_headers[lower(attempt[i].name)] = attempt[i].value;
    const auto authorization = our_headers["authorization"];
    for (const char* const of_every_request : {"host", "authorization"})
        our_headers.erase(of_every_request);

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
    compare_sets(found, "signed", split(part_of(authorization, "q-header-list=")),
        split(theirs.signed_headers));
    compare_sets(found, "parameter", split(part_of(authorization, "q-url-param-list=")),
        split(theirs.signed_parameters));
    return found;
}

} // namespace

TEST_CASE("golden requests: every capture, every difference with its reason")
{
    std::size_t compared = 0;
    for (const auto& theirs : captures::python()) {
        const auto ours = requests().find(theirs.id);
        if (ours == requests().end())
            continue;
        CAPTURE(theirs.id);
        CAPTURE(theirs.scenario);
        ++compared;
        const auto found = compare(theirs, ours->second());
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
    CHECK(compared == 46);
}
