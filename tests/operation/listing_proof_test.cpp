// A page of a listing is judged by what was asked, not by what it repeats of it.

#include "operation/encoding_support.hpp"

#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/list_multipart_uploads.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/pages.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace cosio;
using support::bucket;
using support::decode;
using support::reply;

namespace {

constexpr std::string_view no_more = "<IsTruncated>false</IsTruncated>";
constexpr std::string_view more = "<IsTruncated>true</IsTruncated>";

std::string join(std::initializer_list<std::string_view> pieces)
{
    std::string all;
    for (const auto piece : pieces)
        all.append(piece);
    return all;
}

std::string object(std::string_view key, std::string_view size = "1")
{
    return join({"<Contents><Key>", key, "</Key><Size>", size, "</Size></Contents>"});
}

std::string upload(std::string_view key, std::string_view id)
{
    return join({"<Upload><Key>", key, "</Key><UploadId>", id, "</UploadId></Upload>"});
}

std::string part(std::string_view number, std::string_view size = "1")
{
    return join({"<Part><PartNumber>", number, "</PartNumber><ETag>\"e\"</ETag><Size>", size,
        "</Size></Part>"});
}

std::string prefix(std::string_view name)
{
    return join({"<CommonPrefixes><Prefix>", name, "</Prefix></CommonPrefixes>"});
}

struct page_row
{
    std::string members;
    bool sound;
};

template <template <class> class Operation, class Request>
void check(const Request& asked, std::string_view root, const std::vector<page_row>& rows)
{
    for (const auto& [members, sound] : rows) {
        CAPTURE(members);
        const auto got = decode<Operation>(
            asked, reply(200, "", join({"<", root, ">", members, "</", root, ">"})));
        CHECK(got.has_value() == sound);
        if (!got)
            CHECK(got.error().code == errc::malformed_response);
    }
}

} // namespace

TEST_CASE("listing proof: objects")
{
    check<operation::list_objects>(
        list_objects_request{.bucket = bucket, .prefix = "p", .marker = "pm", .max_keys = 2},
        "ListBucketResult",
        {
            {join({no_more}), true},
            {join({object("pn"), object("po"), no_more}), true},
            {join({object("pn"), prefix("po/"), no_more}), true},
            // Where it goes on: behind where it began.
            {join({more, "<NextMarker>pz</NextMarker>"}), true},
            {join({object("pn"), more}), true},
            {join({more}), false},
            {join({more, "<NextMarker>pm</NextMarker>"}), false},
            {join({more, "<Marker>a</Marker><NextMarker>pm</NextMarker>"}), false},
            {join({more, "<NextMarker>pa</NextMarker>"}), false},
            // Whether it goes on.
            {join({object("pn")}), false},
            {join({object("pn"), "<IsTruncated>maybe</IsTruncated>"}), false},
            {join({object("pn"), "<IsTruncated/>"}), false},
            {join({object("pn"), "<IsTruncated>TRUE</IsTruncated>"}), false},
            // Names that were not asked for.
            {join({object("q"), no_more}), false},
            {join({object("pm"), no_more}), false},
            {join({object("pa"), no_more}), false},
            {join({prefix("q/"), no_more}), false},
            // Entries without what identifies them, and more of them than were asked for.
            {join({"<Contents><Size>1</Size></Contents>", no_more}), false},
            {join({object(""), no_more}), false},
            {join({"<CommonPrefixes/>", no_more}), false},
            {join({prefix(""), no_more}), false},
            {join({object("pn"), object("po"), object("pp"), no_more}), false},
            {join({object("pn"), object("po"), prefix("pp/"), no_more}), false},
            // Keys and common prefixes ascend, so that none is listed twice.
            {join({object("po"), object("pn"), no_more}), false},
            {join({object("pn"), object("pn"), no_more}), false},
            {join({prefix("pb/"), prefix("pa/"), no_more}), false},
            {join({prefix("pa/"), prefix("pa/"), no_more}), false},
            {join({object("pz"), prefix("pa/"), no_more}), true},
            // What stands twice.
            {join({no_more, more}), false},
            {join({no_more, no_more}), false},
            {join({"<Contents><Key>pn</Key><Key>po</Key><Size>1</Size></Contents>", no_more}), false},
            {join({"<Contents><Key>pn</Key><Size>1</Size><Size>2</Size></Contents>", no_more}), false},
            {join({object("pn"), "<NextMarker>py</NextMarker><NextMarker>pz</NextMarker>", more}),
                false},
            // Numbers.
            {join({object("pn", "0"), no_more}), true},
            {join({object("pn", "18446744073709551615"), no_more}), true},
            {join({object("pn", "18446744073709551616"), no_more}), false},
            {join({object("pn", "garbage"), no_more}), false},
            {join({object("pn", "-1"), no_more}), false},
            {join({object("pn", "+1"), no_more}), false},
            {join({object("pn", " 1"), no_more}), false},
            {join({object("pn", "1 "), no_more}), false},
            {join({object("pn", "0x1"), no_more}), false},
            {join({object("pn", "1.0"), no_more}), false},
            {join({object("pn", ""), no_more}), false},
            {join({"<Contents><Key>pn</Key></Contents>", no_more}), false},
        });
}

TEST_CASE("listing proof: uploads")
{
    check<operation::list_multipart_uploads>(
        list_multipart_uploads_request{.bucket = bucket,
            .prefix = "p",
            .key_marker = "pm",
            .upload_id_marker = "1",
            .max_uploads = 2},
        "ListMultipartUploadsResult",
        {
            {join({upload("pm", "2"), upload("pn", "1"), no_more}), true},
            {join({more, "<NextKeyMarker>pn</NextKeyMarker>"}), true},
            {join({more, "<NextKeyMarker>pm</NextKeyMarker>"
                         "<NextUploadIdMarker>0</NextUploadIdMarker>"}),
                true},
            {join({more}), false},
            {join({more, "<NextKeyMarker>pm</NextKeyMarker>"
                         "<NextUploadIdMarker>1</NextUploadIdMarker>"}),
                false},
            {join({more, "<NextKeyMarker>pa</NextKeyMarker>"}), false},
            {join({upload("pn", "1")}), false},
            {join({upload("pn", ""), no_more}), false},
            {join({upload("", "1"), no_more}), false},
            {join({upload("q", "1"), no_more}), false},
            {join({upload("pa", "1"), no_more}), false},
            {join({prefix(""), no_more}), false},
            {join({upload("pn", "1"), upload("pn", "2"), upload("pn", "3"), no_more}), false},
        });
}

TEST_CASE("listing proof: uploads of Ceph, whose keys are encoded without a word of it")
{
    const auto key_of = [](std::string_view prefix, const std::string& members) {
        const auto got = decode<operation::list_multipart_uploads>(
            {.bucket = bucket, .prefix = prefix},
            reply(200, "", "<ListMultipartUploadsResult>" + members +
                    "<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"));
        return got ? got->uploads.at(0).key : got.error().message;
    };
    const std::string marker = "<NextKeyMarker>a b</NextKeyMarker>";
    CHECK(key_of("", marker + upload("a%20b", "1")) == "a b");
    CHECK(key_of("a b", marker + upload("a%20b", "1")) == "a b");
    CHECK(key_of("a b", upload("a%20b", "1")) == "a b");
    // Where nothing shows that it is encoded, a key is what it says.
    CHECK(key_of("", upload("a%20b", "1")) == "a%20b");
    CHECK(key_of("a%", "<NextKeyMarker>a%20b</NextKeyMarker>" + upload("a%20b", "1")) == "a%20b");
    CHECK(key_of("b", marker + upload("a%20b", "1")).find("prefix") != std::string::npos);
}

TEST_CASE("listing proof: parts")
{
    check<operation::list_parts>(
        list_parts_request{.bucket = bucket,
            .key = "k",
            .upload_id = "u",
            .part_number_marker = 5,
            .max_parts = 2},
        "ListPartsResult",
        {
            {join({part("6"), part("8"), no_more}), true},
            {join({part("6"), no_more, "<NextPartNumberMarker/>"}), true},
            {join({part("6"), more, "<NextPartNumberMarker>6</NextPartNumberMarker>"}), true},
            {join({part("6"), more}), false},
            {join({more, "<NextPartNumberMarker>5</NextPartNumberMarker>"}), false},
            {join({part("7"), more, "<NextPartNumberMarker>6</NextPartNumberMarker>"}), false},
            {join({part("6"), more, "<NextPartNumberMarker>x</NextPartNumberMarker>"}), false},
            {join({part("6")}), false},
            {join({part("5"), no_more}), false},
            {join({part("7"), part("6"), no_more}), false},
            {join({part("6"), part("6"), no_more}), false},
            {join({part("0"), no_more}), false},
            {join({part("10001"), no_more}), false},
            {join({part("-6"), no_more}), false},
            {join({part("6", "-1"), no_more}), false},
            {join({part("6", ""), no_more}), false},
            {join({"<Part><ETag>\"e\"</ETag><Size>1</Size></Part>", no_more}), false},
            {join({"<Part><PartNumber>6</PartNumber><Size>1</Size></Part>", no_more}), false},
            {join({part("6"), part("7"), part("8"), no_more}), false},
        });
}

TEST_CASE("listing proof: a page without end is refused at its first entry too many")
{
    std::string members;
    while (members.size() < 1'000'000)
        members += object("k");
    members += "<Contents><Key>"; // What is broken behind it is not even read.
    const auto got = decode<operation::list_objects>(
        {.bucket = bucket}, reply(200, "", "<ListBucketResult>" + members));
    CHECK(got.error().message.find("more entries than were asked for") != std::string::npos);
}

TEST_CASE("listing proof: each object to be deleted has an answer, and no other")
{
    const object_identifier objects[] = {{.key = "a"}, {.key = "b"}};
    const auto answer = [&](bool quiet, const std::string& members) {
        const delete_objects_request request{
            .bucket = bucket, .objects = objects, .quiet = quiet};
        return decode<operation::delete_objects>(
            request, reply(200, "", "<DeleteResult>" + members + "</DeleteResult>"));
    };
    const auto deleted = [](std::string_view key) {
        return join({"<Deleted><Key>", key, "</Key></Deleted>"});
    };
    const auto failed = [](std::string_view key) {
        return join({"<Error><Key>", key, "</Key><Code>AccessDenied</Code></Error>"});
    };
    CHECK(answer(false, deleted("a") + deleted("b")));
    CHECK(answer(false, failed("b") + deleted("a")));
    CHECK(answer(true, ""));
    CHECK(answer(true, failed("b")));
    for (const auto& [quiet, members] : std::vector<std::pair<bool, std::string>>{
             {false, deleted("a")},
             {false, deleted("a") + deleted("a")},
             {false, deleted("a") + deleted("c")},
             {false, deleted("a") + deleted("")},
             {false, deleted("a") + deleted("b") + deleted("b")},
             {true, failed("c")},
             {true, failed("")},
             {false, deleted("a") + "<Deleted><Key>b</Key><DeleteMarker>x</DeleteMarker></Deleted>"},
         }) {
        CAPTURE(members);
        CHECK(answer(quiet, members).error().code == errc::malformed_response);
    }
}

TEST_CASE("listing proof: pages advance, whatever their tokens say")
{
    const auto page_of = [](std::vector<std::string> keys, std::string token = "t") {
        list_objects_result page;
        for (auto& key : keys)
            page.objects.push_back({.key = std::move(key)});
        page.is_truncated = true;
        page.next_continuation_token = std::move(token);
        return page;
    };
    detail::object_cursor cursor({.bucket = bucket});
    CHECK(cursor.advance(page_of({"a", "b"}, "A")).value());
    CHECK(cursor.advance(page_of({"c"}, "B")).value());
    CHECK(cursor.request().continuation_token == "B");
    for (const auto& keys : std::vector<std::vector<std::string>>{
             {"a", "b"}, {"c"}, {"b", "d"}, {"c", "d"}}) {
        auto same = cursor;
        CHECK(same.advance(page_of(keys, "A")).error().code == errc::malformed_response);
    }
    list_objects_result prefixes = page_of({}, "C");
    prefixes.common_prefixes = {"c", "d/"}; // The one that ended the page before, once more.
    CHECK(cursor.advance(prefixes).value());
    CHECK_FALSE(cursor.advance(prefixes));

    detail::object_cursor empty({.bucket = bucket});
    unsigned pages = 0;
    while (empty.advance(page_of({}, std::to_string(pages))))
        ++pages;
    CHECK(pages == 1000);

    detail::upload_cursor uploads({.bucket = bucket});
    const auto marked = [](std::string key, std::string id) {
        list_multipart_uploads_result page;
        page.is_truncated = true;
        page.next_key_marker = std::move(key);
        page.next_upload_id_marker = std::move(id);
        return page;
    };
    CHECK(uploads.advance(marked("k", "2")).value());
    CHECK(uploads.advance(marked("k", "1")).value());
    CHECK(uploads.advance(marked("l", "2")).value());
    CHECK(uploads.advance(marked("l", "1")).value());
    CHECK(uploads.advance(marked("l", "2")).error().code == errc::malformed_response);
}
