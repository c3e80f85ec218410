// The reply is the proof: what it does not confirm is an error.

#include "operation/encoding_support.hpp"

#include <cosio/dialect/s3.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_bucket_encryption.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/get_object_tagging.hpp>
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

using namespace cosio;
using support::bucket;
using support::decode;
using support::key_one;
using support::reply;
using support::with;

namespace {

const std::string sse_cos = "x-cos-server-side-encryption: AES256\r\n";
const std::string sse_kms = "x-cos-server-side-encryption: cos/kms\r\n"
                            "x-cos-server-side-encryption-cos-kms-key-id: key-1\r\n";
const std::string sse_c_one = "x-cos-server-side-encryption-customer-algorithm: AES256\r\n"
                              "x-cos-server-side-encryption-customer-key-MD5: "
                              "5inxltxhJQnqmmHfVSQjoA==\r\n";
const std::string sse_c_two = "x-cos-server-side-encryption-customer-algorithm: AES256\r\n"
                              "x-cos-server-side-encryption-customer-key-MD5: "
                              "cmVNzVCGc+mRzAj53m25lw==\r\n";
const std::string crc_of_00000 = "x-cos-hash-crc64ecma: 8271072527367951039\r\n";

put_object_request put(sse::on_write sse)
{
    return {.bucket = bucket, .key = "k", .body = "00000", .sse = sse};
}

get_object_request get(sse::on_read sse = {}, byte_range range = {})
{
    return {.bucket = bucket, .key = "k", .sse = sse, .range = range};
}

} // namespace

TEST_CASE("put: every mode against every confirmation")
{
    struct row
    {
        sse::on_write asked;
        std::string said;
        bool right;
    };
    const std::vector<row> rows{
        {sse::bucket_default{}, "", true},
        {sse::bucket_default{}, sse_cos, true},
        {sse::bucket_default{}, sse_kms, true},
        {sse::cos_managed{}, sse_cos, true},
        {sse::cos_managed{}, "", false},
        {sse::cos_managed{}, sse_kms, false},
        {sse::cos_managed{}, sse_c_one, false},
        {sse::cos_managed{}, "x-cos-server-side-encryption: AES512\r\n", false},
        {sse::kms{}, sse_kms, true},
        {sse::kms{}, "x-cos-server-side-encryption: cos/kms\r\n", true},
        {sse::kms{.key_id = "key-1"}, sse_kms, true},
        {sse::kms{.key_id = "key-2"}, sse_kms, false},
        {sse::kms{.key_id = "key-1"}, "x-cos-server-side-encryption: cos/kms\r\n", false},
        {sse::kms{}, sse_cos, false},
        {sse::kms{}, "", false},
        {with(key_one()), sse_c_one, true},
        {with(key_one()), sse_c_two, false},
        {with(key_one()), sse_cos, false},
        {with(key_one()), "", false},
        {with(key_one()), "x-cos-server-side-encryption-customer-algorithm: AES256\r\n", false},
    };
    for (const auto& [asked, said, right] : rows) {
        CAPTURE(said);
        const auto got = decode<operation::put_object>(put(asked), reply(200, said + crc_of_00000));
        CHECK(got.has_value() == right);
        if (!got) {
            CHECK(got.error().code == errc::encryption_not_applied);
            CHECK(got.error().message.find("asked for SSE-") != std::string::npos);
            CHECK(got.error().message.find("the reply says ") != std::string::npos);
        }
    }
}

TEST_CASE("put: the service's CRC64 is that of the bytes sent")
{
    const auto right = decode<operation::put_object>(put({}),
        reply(200, crc_of_00000 + "ETag: \"dcddb75469b4b4875094e14561e573d8\"\r\n"
                                  "x-cos-request-id: NWU5\r\nx-cos-version-id: MTg0\r\n"));
    REQUIRE(right);
    CHECK(right->crc64 == 8271072527367951039U);
    CHECK(right->crc64_verified);
    CHECK(right->etag == "\"dcddb75469b4b4875094e14561e573d8\"");
    CHECK(right->request_id == "NWU5");
    CHECK(right->version_id == "MTg0");
    CHECK(right->sse.mode == encryption_mode::none);

    const auto wrong =
        decode<operation::put_object>(put({}), reply(200, "x-cos-hash-crc64ecma: 1\r\n"));
    CHECK(wrong.error().code == errc::checksum_mismatch);
    const auto nonsense =
        decode<operation::put_object>(put({}), reply(200, "x-cos-hash-crc64ecma: -1\r\n"));
    CHECK(nonsense.error().code == errc::malformed_response);
    const auto absent = decode<operation::put_object>(put({}), reply(200, ""));
    REQUIRE(absent);
    CHECK_FALSE(absent->crc64_verified);
}

TEST_CASE("get: whole objects are verified, slices never compared")
{
    const auto whole =
        decode<operation::get_object>(get(), reply(200, crc_of_00000, "00000"));
    REQUIRE(whole);
    CHECK(whole->body == "00000");
    CHECK(whole->size == 5);
    CHECK(whole->crc64_verified);
    CHECK(decode<operation::get_object>(get(), reply(200, crc_of_00000, "00001")).error().code ==
        errc::checksum_mismatch);

    const auto slice = decode<operation::get_object>(get({}, byte_range::between(1, 2)),
        reply(206, crc_of_00000 + "Content-Range: bytes 1-2/5\r\nContent-Length: 2\r\n", "00"));
    REQUIRE(slice);
    CHECK(slice->body == "00");
    CHECK(slice->size == 5);
    CHECK(slice->range->first == 1);
    CHECK_FALSE(slice->crc64_verified);
}

TEST_CASE("get: only the bytes that were asked for")
{
    const auto answered = [](byte_range asked, unsigned status, const std::string& range) {
        auto got = reply(status, range.empty() ? "" : "Content-Range: " + range + "\r\n", "00");
        return decode<operation::get_object>(get({}, asked), std::move(got)).has_value();
    };
    CHECK(answered(byte_range::between(1, 2), 206, "bytes 1-2/5"));
    CHECK(answered(byte_range::between(3, 100), 206, "bytes 3-4/5"));
    CHECK(answered(byte_range::from(3), 206, "bytes 3-4/5"));
    CHECK(answered(byte_range::suffix(2), 206, "bytes 3-4/5"));
    CHECK(answered(byte_range::suffix(100), 206, "bytes 0-1/2"));
    CHECK_FALSE(answered(byte_range::between(1, 2), 200, ""));
    CHECK_FALSE(answered(byte_range::between(1, 2), 206, ""));
    CHECK_FALSE(answered(byte_range::between(1, 2), 206, "bytes 0-1/5"));
    CHECK_FALSE(answered(byte_range::between(1, 3), 206, "bytes 1-2/5"));
    CHECK_FALSE(answered(byte_range::between(1, 2), 206, "bytes 1-2/*"));
    CHECK_FALSE(answered(byte_range::between(1, 2), 206, "bytes 2-1/5"));
    CHECK_FALSE(answered(byte_range::between(1, 2), 206, "bytes 1-2/2"));
    CHECK_FALSE(answered(byte_range::from(2), 206, "bytes 2-3/5"));
    CHECK_FALSE(answered(byte_range::suffix(2), 206, "bytes 2-3/5"));
    CHECK_FALSE(answered({}, 206, "bytes 0-1/2"));
    // The bytes must be as many as the range says.
    CHECK(decode<operation::get_object>(get({}, byte_range::between(1, 3)),
              reply(206, "Content-Range: bytes 1-3/5\r\n", "00"))
              .error()
              .code == errc::truncated_body);
}

TEST_CASE("get and head: an object that is not encrypted with the key is not accepted")
{
    for (const auto& [said, right] :
        {std::pair{sse_c_one, true}, std::pair{sse_c_two, false}, std::pair{sse_cos, false},
            std::pair{std::string(), false}}) {
        CHECK(decode<operation::get_object>(get(with(key_one())), reply(200, said, "00000"))
                  .has_value() == right);
        CHECK(decode<operation::head_object>(
                  {.bucket = bucket, .key = "k", .sse = with(key_one())},
                  reply(200, said + "Content-Length: 5\r\n"))
                  .has_value() == right);
    }
    CHECK(decode<operation::get_object>(get(), reply(200, sse_kms, "00000"))->sse.kms_key_id ==
        "key-1");
}

TEST_CASE("get: an end that only the connection tells needs a CRC64")
{
    auto unframed = reply(200, "", "00000");
    unframed.body_end_is_framed = false;
    CHECK(decode<operation::get_object>(get(), unframed).error().code == errc::truncated_body);
    auto proved = reply(200, crc_of_00000, "00000");
    proved.body_end_is_framed = false;
    CHECK(decode<operation::get_object>(get(), proved));
}

TEST_CASE("head: properties")
{
    const auto got = decode<operation::head_object>({.bucket = bucket, .key = "k"},
        reply(200,
            "Content-Length: 5368709120\r\nContent-Type: text/plain\r\nETag: \"e-3\"\r\n"
            "Last-Modified: Thu, 16 May 2019 06:45:51 GMT\r\nCache-Control: no-cache\r\n"
            "X-Cos-Meta-Uid: a b\r\nx-cos-meta-a-b: c\r\nx-cos-storage-class: ARCHIVE\r\n"
            "x-cos-restore: ongoing-request=\"false\", "
            "expiry-date=\"Mon, 13 Apr 2020 16:00:00 GMT\"\r\n" +
                crc_of_00000 + sse_kms));
    REQUIRE(got);
    CHECK(got->size == 5368709120U);
    CHECK(got->content_type == "text/plain");
    CHECK(got->etag == "\"e-3\"");
    CHECK(got->last_modified->time_since_epoch().count() == 1557989151);
    CHECK(got->cache_control == "no-cache");
    REQUIRE(got->metadata.size() == 2);
    CHECK(got->metadata[0] == metadata_entry{"uid", "a b"});
    CHECK(got->metadata[1] == metadata_entry{"a-b", "c"});
    CHECK(got->storage_class == "ARCHIVE");
    REQUIRE(got->restore);
    CHECK_FALSE(got->restore->ongoing);
    CHECK(http::format_date(*got->restore->expires) == "Mon, 13 Apr 2020 16:00:00 GMT");
    CHECK(got->crc64 == 8271072527367951039U);
    CHECK(got->sse.mode == encryption_mode::kms);
    CHECK(decode<operation::head_object>({.bucket = bucket, .key = "k"}, reply(200, ""))
              .error()
              .code == errc::malformed_response);
}

TEST_CASE("refusals: documents, and statuses without one")
{
    const std::string document =
        "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n\t<Code>NoSuchKey</Code>\n"
        "\t<Message>The specified key does not exist.</Message>\n\t<Resource>h/k</Resource>\n"
        "\t<RequestId>NWYy</RequestId>\n\t<TraceId>OGVm</TraceId>\n</Error>";
    const auto got = decode<operation::get_object>(get(), reply(404, "", document));
    REQUIRE_FALSE(got);
    CHECK(got.error().code == service_errc::no_such_key);
    CHECK(got.error().code == condition::not_found);
    CHECK(got.error().http_status == 404);
    CHECK(got.error().service_code == "NoSuchKey");
    CHECK(got.error().message == "The specified key does not exist.");
    CHECK(got.error().resource == "h/k");
    CHECK(got.error().request_id == "NWYy");
    CHECK(got.error().trace_id == "OGVm");

    const auto bare = decode<operation::head_object>({.bucket = bucket, .key = "k"},
        reply(404, "x-cos-request-id: NWYy\r\nx-cos-trace-id: OGVm\r\n"));
    CHECK(bare.error().code == service_errc::not_found);
    CHECK(bare.error().request_id == "NWYy");
    CHECK(bare.error().trace_id == "OGVm");

    const auto status_of = [](unsigned status, const std::string& body = {}) {
        return decode<operation::get_object>(get(), reply(status, "", body)).error().code;
    };
    CHECK(status_of(304) == condition::not_modified);
    CHECK(status_of(301) == service_errc::unexpected_status);
    CHECK(status_of(403, "<html>no</html>") == service_errc::forbidden);
    CHECK(status_of(412) == condition::precondition_failed);
    CHECK(status_of(500, "<Error><Code>Intern") == service_errc::server_error);
    CHECK(status_of(503, "<Error><Code>SlowDown</Code></Error>") == condition::throttled);
    CHECK(status_of(418, "<Error><Code>Teapot</Code></Error>") == service_errc::unknown);
}

TEST_CASE("a signature error repeats nothing that was signed")
{
    const std::string document =
        "<Error><Code>SignatureDoesNotMatch</Code><Message>Wrong\r\nsignature.</Message>"
        "<StringToSign>sha1 CANARY</StringToSign><FormatString>put CANARY</FormatString></Error>";
    const auto got = decode<operation::get_object>(get(), reply(403, "", document));
    CHECK(got.error().code == condition::access_denied);
    CHECK(got.error().describe().find("CANARY") == std::string::npos);
    CHECK(got.error().message == "Wrong signature.");
}

TEST_CASE("copy: the document, and an error inside a 200")
{
    const copy_object_request request{.bucket = bucket,
        .key = "k",
        .copy_source = {.bucket = bucket, .key = "s"},
        .sse = sse::cos_managed{}};
    const std::string document =
        "  <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyObjectResult>\n"
        "\t<ETag>\"ee8de918\"</ETag>\n\t<CRC64>16749565679157681890</CRC64>\n"
        "\t<LastModified>2020-04-10T18:20:30Z</LastModified>\n\t<VersionId>MTg0</VersionId>\n"
        "</CopyObjectResult>";
    const auto got = decode<operation::copy_object>(request, reply(200, sse_cos, document));
    REQUIRE(got);
    CHECK(got->etag == "\"ee8de918\"");
    CHECK(got->crc64 == 16749565679157681890U);
    CHECK(got->version_id == "MTg0");
    CHECK(got->last_modified.has_value());

    CHECK(decode<operation::copy_object>(request, reply(200, "", document)).error().code ==
        errc::encryption_not_applied);
    const auto inside = decode<operation::copy_object>(request,
        reply(200, sse_cos, "  <Error><Code>InternalError</Code><Message>m</Message></Error>"));
    CHECK(inside.error().code == service_errc::internal_error);
    CHECK(inside.error().http_status == 200);
    for (std::size_t size = 0; size != document.size(); ++size)
        CHECK(decode<operation::copy_object>(
                  request, reply(200, sse_cos, document.substr(0, size)))
                  .error()
                  .code == errc::malformed_response);
    CHECK(decode<operation::copy_object>(request, reply(200, sse_cos, "<Other/>")).error().code ==
        errc::malformed_response);
}

TEST_CASE("parts: initiate, upload, copy, complete")
{
    const auto initiated = decode<operation::initiate_multipart_upload>(
        {.bucket = bucket, .key = "k", .sse = sse::kms{}},
        reply(200, sse_kms,
            "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
            "<UploadId>1585130821cbb7</UploadId></InitiateMultipartUploadResult>"));
    CHECK(initiated.value().upload_id == "1585130821cbb7");
    CHECK(decode<operation::initiate_multipart_upload>({.bucket = bucket, .key = "k"},
              reply(200, "", "<InitiateMultipartUploadResult></InitiateMultipartUploadResult>"))
              .error()
              .code == errc::malformed_response);

    const upload_part_request part{.bucket = bucket,
        .key = "k",
        .upload_id = "u",
        .part_number = 1,
        .body = "00000",
        .sse = with(key_one())};
    CHECK(decode<operation::upload_part>(part, reply(200, sse_c_one + crc_of_00000))
              .value()
              .crc64_verified);
    CHECK(decode<operation::upload_part>(part, reply(200, crc_of_00000)).error().code ==
        errc::encryption_not_applied);
    CHECK(decode<operation::upload_part>(part, reply(200, sse_c_one + "x-cos-hash-crc64ecma: 2\r\n"))
              .error()
              .code == errc::checksum_mismatch);

    const upload_part_copy_request copy{.bucket = bucket,
        .key = "k",
        .upload_id = "u",
        .part_number = 1,
        .copy_source = {.bucket = bucket, .key = "s"},
        .sse = with(key_one())};
    const std::string copied = "<CopyPartResult><ETag>ba82</ETag>"
                               "<LastModified>2017-09-04T04:45:45</LastModified></CopyPartResult>";
    CHECK(decode<operation::upload_part_copy>(copy, reply(200, "", copied)).value().etag == "ba82");
    CHECK(decode<operation::upload_part_copy>(copy, reply(200, sse_c_one, copied)));
    CHECK(decode<operation::upload_part_copy>(copy, reply(200, sse_c_two, copied)).error().code ==
        errc::encryption_not_applied);
    CHECK(decode<operation::upload_part_copy>(
              copy, reply(200, "", "<Error><Code>SlowDown</Code></Error>"))
              .error()
              .code == condition::throttled);

    const completed_part parts[] = {{1, "\"e\""}};
    const complete_multipart_upload_request complete{.bucket = bucket,
        .key = "k",
        .upload_id = "u",
        .parts = parts,
        .expected_sse = with(key_one()),
        .expected_crc64 = 8271072527367951039U};
    const std::string completed =
        "   <CompleteMultipartUploadResult xmlns=\"http://www.qcloud.com/document/product/436/7751\">"
        "<Location>http://l</Location><ETag>&quot;aa-1&quot;</ETag></CompleteMultipartUploadResult>";
    const auto whole = decode<operation::complete_multipart_upload>(
        complete, reply(200, sse_c_one + crc_of_00000, completed));
    REQUIRE(whole);
    CHECK(whole->etag == "\"aa-1\"");
    CHECK(whole->location == "http://l");
    CHECK(whole->crc64_verified);
    CHECK(decode<operation::complete_multipart_upload>(
              complete, reply(200, crc_of_00000, completed))
              .error()
              .code == errc::encryption_not_applied);
    CHECK(decode<operation::complete_multipart_upload>(
              complete, reply(200, sse_c_one + "x-cos-hash-crc64ecma: 3\r\n", completed))
              .error()
              .code == errc::checksum_mismatch);
    CHECK_FALSE(decode<operation::complete_multipart_upload>(
        complete, reply(200, sse_c_one, completed))
                    .value()
                    .crc64_verified);
    CHECK(decode<operation::complete_multipart_upload>(complete,
              reply(200, "", "<Error><Code>InternalError</Code></Error>"))
              .error()
              .code == service_errc::internal_error);
}

TEST_CASE("restore: both answers of success")
{
    const restore_object_request request{.bucket = bucket, .key = "k", .days = 1};
    CHECK_FALSE(decode<operation::restore_object>(request, reply(202, "")).value().was_restored);
    CHECK(decode<operation::restore_object>(request, reply(200, "")).value().was_restored);
}

TEST_CASE("restore: one that an earlier attempt may have begun is said to be under way, not begun")
{
    using restore = operation::restore_object<dialect::cos>;
    error why(service_errc::restore_already_in_progress);
    const auto done = restore::done_by_earlier_attempt(why);
    REQUIRE(done);
    CHECK(done->was_under_way);
    CHECK_FALSE(done->was_restored);
    CHECK_FALSE(restore::done_by_earlier_attempt(error(service_errc::access_denied)));
}

TEST_CASE("head: a restore of which nobody knows whether it goes on is no fact")
{
    const head_object_request request{.bucket = bucket, .key = "k"};
    const auto state = [&](std::string_view text) {
        return decode<operation::head_object>(request,
            reply(200, "Content-Length: 1\r\nx-cos-restore: " + std::string(text) + "\r\n"));
    };
    CHECK(state("ongoing-request=\"true\"").value().restore.value().ongoing);
    CHECK_FALSE(state("ongoing-request=\"false\"").value().restore.value().ongoing);
    for (const auto* text : {"garbage", "ongoing-request=\"maybe\"", "ongoing-request=true",
             "ongoing-request=\"TRUE\"", "ongoing-request = \"true\""}) {
        CAPTURE(text);
        CHECK(state(text).error().code == errc::malformed_response);
    }
}

TEST_CASE("what a service writes once must not stand twice and differ")
{
    const auto head = [](std::string_view name, std::string_view one, std::string_view other) {
        const auto line = [&](std::string_view value) {
            return std::string(name).append(": ").append(value).append("\r\n");
        };
        auto made = reply(200, line(one) + "x-cos-meta-a: 1\r\n" + line(other));
        return made.head;
    };
    for (const auto* name : {"ETag", "x-cos-hash-crc64ecma", "x-cos-server-side-encryption",
             "x-cos-server-side-encryption-customer-key-MD5", "x-cos-version-id", "Content-Range",
             "x-cos-storage-class", "x-cos-restore", "X-COS-RESTORE"}) {
        CAPTURE(name);
        CHECK(operation::check_single_fields<dialect::cos>(head(name, "a", "b")).error().code ==
            errc::malformed_response);
        CHECK(operation::check_single_fields<dialect::cos>(head(name, "a", "a")));
    }
    CHECK(operation::check_single_fields<dialect::cos>(head("x-cos-meta-name", "a", "b")));
    CHECK(operation::check_single_fields<dialect::s3>(
        head("x-amz-server-side-encryption", "AES256", "aws:kms"))
              .error()
              .code == errc::malformed_response);
}

TEST_CASE("delete multiple: what is to be deleted twice is asked for once")
{
    const object_identifier objects[] = {{.key = "a"}, {.key = "a"}, {.key = "a", .version_id = "v"}};
    const delete_objects_request request{.bucket = bucket, .objects = objects};
    const std::string one = "<Deleted><Key>a</Key></Deleted>";
    CHECK(decode<operation::delete_objects>(
        request, reply(200, "", "<DeleteResult>" + one + one + "</DeleteResult>")));
    CHECK_FALSE(decode<operation::delete_objects>(
        request, reply(200, "", "<DeleteResult>" + one + one + one + "</DeleteResult>")));
}

TEST_CASE("tags: a document without a set of them does not say that there are none")
{
    const operation::get_object_tagging_request request{.bucket = bucket, .key = "k"};
    const auto of = [&](std::string_view members) {
        return decode<operation::get_object_tagging>(request,
            reply(200, "", "<Tagging>" + std::string(members) + "</Tagging>"));
    };
    CHECK(of("<TagSet/>").value().tags.empty());
    CHECK(of("<TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet>").value().tags.size() == 1);
    CHECK_FALSE(of(""));
    CHECK_FALSE(of("<TagSet/><TagSet/>"));
    CHECK_FALSE(of("<TagSet><Tag><Key>k</Key><Key>l</Key><Value>v</Value></Tag></TagSet>"));
}

TEST_CASE("delete multiple: nothing is left unsaid")
{
    const object_identifier objects[] = {{.key = "a"}, {.key = "b"}};
    const delete_objects_request request{.bucket = bucket, .objects = objects};
    const auto got = decode<operation::delete_objects>(request,
        reply(200, "",
            "<DeleteResult><Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker>"
            "<DeleteMarkerVersionId>v</DeleteMarkerVersionId></Deleted><Error><Key>b</Key>"
            "<Code>AccessDenied</Code><Message>m</Message></Error></DeleteResult>"));
    REQUIRE(got);
    REQUIRE(got->deleted.size() == 1);
    CHECK(got->deleted[0].key == "a");
    CHECK(got->deleted[0].delete_marker);
    REQUIRE(got->failed.size() == 1);
    CHECK(got->failed[0].code == service_errc::access_denied);

    const std::string one = "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>";
    CHECK(decode<operation::delete_objects>(request, reply(200, "", one)).error().code ==
        errc::malformed_response);
    const delete_objects_request quiet{.bucket = bucket, .objects = objects, .quiet = true};
    CHECK(decode<operation::delete_objects>(quiet, reply(200, "", "<DeleteResult/>")));
}

TEST_CASE("listings: encoded names, and pages that end")
{
    const list_objects_request request{.bucket = bucket};
    const auto got = decode<operation::list_objects>(request,
        reply(200, "",
            "<ListBucketResult><Name>b</Name><EncodingType>url</EncodingType><Prefix/><Marker/>"
            "<IsTruncated>true</IsTruncated><NextMarker>b%2Bc</NextMarker>"
            "<CommonPrefixes><Prefix>dir%2F</Prefix></CommonPrefixes>"
            "<Contents><Key>a%20b%E8%85%BE</Key><LastModified>2020-12-10T03:37:30.000Z</LastModified>"
            "<ETag>&quot;f1&quot;</ETag><Size>37</Size><Owner><ID>1</ID></Owner>"
            "<StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>"));
    REQUIRE(got);
    REQUIRE(got->objects.size() == 1);
    CHECK(got->objects[0].key == "a b腾");
    CHECK(got->objects[0].etag == "\"f1\"");
    CHECK(got->objects[0].size == 37);
    CHECK(got->common_prefixes == std::vector<std::string>{"dir/"});
    CHECK(got->next_marker == "b+c");

    const auto listed = [&](const std::string& inside) {
        return decode<operation::list_objects>(
            request, reply(200, "", "<ListBucketResult>" + inside + "</ListBucketResult>"));
    };
    CHECK(listed("<IsTruncated>false</IsTruncated><Contents><Key>a%20b</Key><Size>1</Size>"
                 "</Contents>")
              .value()
              .objects[0]
              .key == "a%20b");
    CHECK(listed("<IsTruncated>true</IsTruncated><Contents><Key>z</Key><Size>1</Size></Contents>")
              .value()
              .next_marker == "z");
    CHECK(listed("<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                 "<Contents><Key>%zz</Key><Size>1</Size></Contents>")
              .error()
              .code == errc::malformed_response);
    CHECK(decode<operation::list_objects>(request, reply(200, "", "<ListBucketResult>"))
              .error()
              .code == errc::malformed_response);

    const auto uploads = decode<operation::list_multipart_uploads>({.bucket = bucket},
        reply(200, "",
            "<ListMultipartUploadsResult><Encoding-Type>url</Encoding-Type><Upload><Key>a%2Fb</Key>"
            "<UploadId>u</UploadId><Initiated>2020-12-10T03:37:30.000Z</Initiated></Upload>"
            "<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"));
    REQUIRE(uploads);
    CHECK(uploads->uploads[0].key == "a/b");
    CHECK(uploads->uploads[0].initiated.has_value());

    const list_parts_request parts{.bucket = bucket, .key = "k", .upload_id = "u"};
    const auto part_list = decode<operation::list_parts>(parts,
        reply(200, "",
            "<ListPartsResult><Part><PartNumber>2</PartNumber><ETag>\"e\"</ETag><Size>7</Size>"
            "</Part><NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated>"
            "</ListPartsResult>"));
    REQUIRE(part_list);
    CHECK(part_list->parts[0].part_number == 2);
    CHECK(part_list->next_part_number_marker == 2);
}

TEST_CASE("bucket encryption")
{
    const auto document = [](const std::string& inside) {
        return reply(200, "",
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>" +
                inside +
                "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>");
    };
    const get_bucket_encryption_request request{.bucket = bucket};
    const auto kms = decode<operation::get_bucket_encryption>(request,
        document("<SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID>"));
    CHECK(kms.value().encryption.mode == encryption_mode::kms);
    CHECK(kms.value().encryption.kms_key_id == "key-1");
    const auto plain = decode<operation::get_bucket_encryption>(
        request, document("<SSEAlgorithm>AES256</SSEAlgorithm>"));
    CHECK(plain.value().encryption.mode == encryption_mode::cos_managed);
    // A server that does not know the sub-resource answers with the listing of the bucket.
    CHECK(decode<operation::get_bucket_encryption>(
              request, reply(200, "", "<ListBucketResult></ListBucketResult>"))
              .error()
              .code == errc::malformed_response);
}
