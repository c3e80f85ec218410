// A reply is the service's own, or it proves nothing: every operation in both dialects, against
// whatever a genuine reply may lack.

#include "operation/encoding_support.hpp"

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
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace reply_proof_test {

using namespace cosio;
using support::bucket;

constexpr object_identifier one_object[] = {{.key = "k"}};
constexpr completed_part one_part[] = {{1, "\"e\""}};

/// What the tables below share of a genuine reply, by operation.
struct genuine
{
    std::string_view name;
    std::vector<unsigned> statuses;
    bool etag = false;
    std::string body{};     ///< A document, or that of an object.
    std::string fields{};   ///< What else is there.
    bool is_head = false;   ///< Replies to HEAD have no body whatever happens.
};

/// Calls `visit(operation tag, request, genuine)` for every operation.
template <class Dialect, class Visit>
void for_each_operation(const Visit& visit)
{
    using namespace operation;
    visit(std::type_identity<put_object<Dialect>>{},
        put_object_request{.bucket = bucket, .key = "k", .body = "00000"},
        genuine{"PutObject", {200}, true});
    visit(std::type_identity<get_object<Dialect>>{},
        get_object_request{.bucket = bucket, .key = "k"},
        genuine{"GetObject", {200, 206}, true, "00000"});
    visit(std::type_identity<head_object<Dialect>>{},
        head_object_request{.bucket = bucket, .key = "k"},
        genuine{"HeadObject", {200}, true, {}, "Content-Length: 5\r\n", true});
    visit(std::type_identity<copy_object<Dialect>>{},
        copy_object_request{.bucket = bucket, .key = "k",
            .copy_source = {.bucket = bucket, .key = "s"}},
        genuine{"CopyObject", {200}, false,
            "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>"});
    visit(std::type_identity<delete_object<Dialect>>{},
        delete_object_request{.bucket = bucket, .key = "k"}, genuine{"DeleteObject", {204}});
    visit(std::type_identity<delete_objects<Dialect>>{},
        delete_objects_request{.bucket = bucket, .objects = one_object},
        genuine{"DeleteObjects", {200}, false,
            "<DeleteResult><Deleted><Key>k</Key></Deleted></DeleteResult>"});
    visit(std::type_identity<restore_object<Dialect>>{},
        restore_object_request{.bucket = bucket, .key = "k", .days = 1},
        genuine{"RestoreObject", {200, 202}});
    visit(std::type_identity<initiate_multipart_upload<Dialect>>{},
        initiate_multipart_upload_request{.bucket = bucket, .key = "k"},
        genuine{"InitiateMultipartUpload", {200}, false,
            "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
            "</InitiateMultipartUploadResult>"});
    visit(std::type_identity<upload_part<Dialect>>{},
        upload_part_request{.bucket = bucket, .key = "k", .upload_id = "u", .part_number = 1,
            .body = "00000"},
        genuine{"UploadPart", {200}, true});
    visit(std::type_identity<upload_part_copy<Dialect>>{},
        upload_part_copy_request{.bucket = bucket, .key = "k", .upload_id = "u",
            .part_number = 1, .copy_source = {.bucket = bucket, .key = "s"}},
        genuine{"UploadPartCopy", {200}, false,
            "<CopyPartResult><ETag>e</ETag></CopyPartResult>"});
    visit(std::type_identity<complete_multipart_upload<Dialect>>{},
        complete_multipart_upload_request{.bucket = bucket, .key = "k", .upload_id = "u",
            .parts = one_part},
        genuine{"CompleteMultipartUpload", {200}, false,
            "<CompleteMultipartUploadResult><ETag>\"e-1\"</ETag></CompleteMultipartUploadResult>"});
    visit(std::type_identity<abort_multipart_upload<Dialect>>{},
        abort_multipart_upload_request{.bucket = bucket, .key = "k", .upload_id = "u"},
        genuine{"AbortMultipartUpload", {204}});
    visit(std::type_identity<list_parts<Dialect>>{},
        list_parts_request{.bucket = bucket, .key = "k", .upload_id = "u"},
        genuine{"ListParts", {200}, false,
            "<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>"});
    visit(std::type_identity<list_multipart_uploads<Dialect>>{},
        list_multipart_uploads_request{.bucket = bucket},
        genuine{"ListMultipartUploads", {200}, false,
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>"
            "</ListMultipartUploadsResult>"});
    visit(std::type_identity<list_objects<Dialect>>{},
        list_objects_request{.bucket = bucket},
        genuine{"ListObjects", {200}, false,
            "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"});
    visit(std::type_identity<head_bucket<Dialect>>{},
        head_bucket_request{.bucket = bucket}, genuine{"HeadBucket", {200}, false, {}, {}, true});
    visit(std::type_identity<put_bucket_encryption<Dialect>>{},
        put_bucket_encryption_request{.bucket = bucket}, genuine{"PutBucketEncryption", {200}});
    visit(std::type_identity<get_bucket_encryption<Dialect>>{},
        get_bucket_encryption_request{.bucket = bucket},
        genuine{"GetBucketEncryption", {200}, false,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
            "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
            "</ServerSideEncryptionConfiguration>"});
    visit(std::type_identity<delete_bucket_encryption<Dialect>>{},
        delete_bucket_encryption_request{.bucket = bucket},
        genuine{"DeleteBucketEncryption", {204}});
}

const std::string portal = "<html>please log in</html>";

template <class Dialect>
void check_every_operation()
{
    auto where = support::endpoint();
    const std::string id =
        std::string(Dialect::header::request_id).append(": NmQ=\r\n");
    std::size_t operations = 0;
    for_each_operation<Dialect>([&](auto tag, const auto& request, const genuine& said) {
        using of = typename decltype(tag)::type;
        CAPTURE(said.name);
        CHECK(of::what.name == said.name);
        ++operations;
        const auto prepared = of::encode(request, where).value();
        const auto code_of = [&](unsigned status, const std::string& fields,
                                 const std::string& body) -> std::error_code {
            CAPTURE(status);
            CAPTURE(fields);
            auto got = support::judge<of, Dialect>(
                prepared, support::bare_reply(status, fields, said.is_head ? "" : body));
            return got ? std::error_code() : got.error().code;
        };
        const std::string etag = said.etag ? "ETag: \"e\"\r\n" : "";
        const auto range = [](unsigned status) {
            return status == 206 ? std::string("Content-Range: bytes 0-4/5\r\n") : std::string();
        };
        for (unsigned status = 200; status != 300; ++status) {
            const bool right = std::ranges::find(said.statuses, status) != said.statuses.end();
            // The whole object was asked for: there, 206 is the service's, but no answer.
            const bool answers = right && status != 206;
            CHECK(code_of(status, id + etag + said.fields + range(status), said.body) ==
                (answers ? std::error_code() : make_error_code(errc::malformed_response)));
            CHECK(of::what.proof.has_status(status) == right);
        }
        const auto status = said.statuses.front();
        const auto malformed = make_error_code(errc::malformed_response);
        CHECK(code_of(status, etag + said.fields, said.body) == malformed);
        const std::string empty_id =
            std::string(Dialect::header::request_id).append(":\r\n");
        CHECK(code_of(status, empty_id + etag + said.fields, said.body) == malformed);
        if (said.etag) {
            CHECK(code_of(status, id + said.fields, said.body) == malformed);
            CHECK(code_of(status, id + said.fields + "ETag:\r\n", said.body) == malformed);
        }
        // A page of something else, with less and less of what gives it away.
        CHECK(code_of(200, "Content-Type: text/html\r\n", portal) == malformed);
        if (!said.is_head && of::what.proof.body != operation::reply_body::object) {
            CHECK(code_of(status, id + etag, portal) == malformed);
            CHECK(code_of(status, id + etag, "<Other/>") == malformed);
            CHECK(code_of(status, id + etag, "00000") == malformed);
            if (!said.body.empty()) {
                CHECK(code_of(status, id + etag, "") == malformed);
                CHECK(code_of(status, id + etag, said.body + portal) == malformed);
            } else {
                CHECK(code_of(status, id + etag,
                          "<Error><Code>InternalError</Code></Error>") ==
                    service_errc::internal_error);
            }
        }
        // What a caller would act upon; other failures are failures, whoever tells them.
        for (const unsigned fact : {304U, 404U, 409U, 410U, 412U, 416U}) {
            CHECK(code_of(fact, "", "") == malformed);
            CHECK(code_of(fact, id, "") != malformed);
        }
        for (const unsigned failure : {301U, 400U, 403U, 500U, 503U})
            CHECK(code_of(failure, "", "").category() == service_category());
    });
    CHECK(operations == 19);
}

TEST_CASE("every operation, COS: what a genuine reply always has")
{
    check_every_operation<dialect::cos>();
}

TEST_CASE("every operation, S3: what a genuine reply always has")
{
    check_every_operation<dialect::s3>();
}

TEST_CASE("COS speaks S3 under its own request id, which is proof there; not the other way round")
{
    const auto where = support::endpoint();
    const auto judged = [&]<class Dialect>(std::type_identity<Dialect>, const std::string& fields) {
        using of = operation::head_bucket<Dialect>;
        return support::judge<of, Dialect>(
            of::encode({.bucket = bucket}, where).value(), support::bare_reply(200, fields));
    };
    const auto by_own_name =
        judged(std::type_identity<dialect::s3>{}, "x-cos-request-id: NmQ=\r\n");
    REQUIRE(by_own_name);
    CHECK(by_own_name->request_id == "NmQ=");
    CHECK_FALSE(judged(std::type_identity<dialect::cos>{}, "x-amz-request-id: ABC\r\n"));
}

TEST_CASE("an upload is completed with an ETag, which Ceph 16 leaves empty")
{
    const complete_multipart_upload_request request{
        .bucket = bucket, .key = "k", .upload_id = "u", .parts = one_part};
    const auto where = support::endpoint();
    const auto judged = [&]<class Dialect>(std::type_identity<Dialect>, const std::string& inside) {
        using of = operation::complete_multipart_upload<Dialect>;
        return support::judge<of, Dialect>(of::encode(request, where).value(),
            support::bare_reply(200, std::string(Dialect::header::request_id) + ": NmQ=\r\n",
                "<CompleteMultipartUploadResult>" + inside + "</CompleteMultipartUploadResult>"))
            .has_value();
    };
    const std::type_identity<dialect::cos> cos;
    const std::type_identity<dialect::s3> s3;
    CHECK(judged(cos, "<ETag>\"e-1\"</ETag>"));
    CHECK(judged(s3, "<ETag>e-1</ETag>"));
    CHECK(judged(s3, "<ETag></ETag>"));
    CHECK_FALSE(judged(cos, "<ETag></ETag>"));
    CHECK_FALSE(judged(cos, "<Location>l</Location>"));
    CHECK_FALSE(judged(s3, "<Location>l</Location>"));
}

} // namespace reply_proof_test
