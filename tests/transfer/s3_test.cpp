// The same transfers in the dialect of S3, where no reply states a CRC64.

#include "support/raw_http.hpp"
#include "transfer/transferring.hpp"

#include <cosio/auth/sig_v4_signer.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/transfer/inherited_headers.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace transfer_s3_test {

using namespace cosio;
using support::encryption_cases;
using support::key_of;
using support::pattern;
using support::transferring;

TEST_CASE("transfers: up, down and across, in every mode, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    const auto key = key_of(1);
    constexpr std::string_view bucket = support::bucket;
    for (const auto& each : encryption_cases(key))
        for (const std::size_t size : {0U, 1500U, 5500U}) {
            CAPTURE(each.name);
            CAPTURE(size);
            const auto text = pattern(size);
            const auto path = here.files.write("source", text);
            const auto up = here.get(s3.upload_file({.bucket = bucket, .key = "k", .path = path,
                .sse = each.write, .options = here.options()}));
            REQUIRE_MESSAGE(up, (up ? std::string() : up.error().describe()));
            CHECK_FALSE(up->crc64_verified);
            // Under SSE-KMS and SSE-C an ETag is no MD5, so the reply proves none.
            CHECK(up->md5_verified == (each.mode == encryption_mode::none ||
                                          each.mode == encryption_mode::cos_managed));
            CHECK(up->sse.mode == each.mode);
            CHECK(up->crc64 == crypto::crc64_of(std::as_bytes(std::span(text))));
            CHECK(here.server.at_rest(here.server.bucket(), "k")->mode == each.mode);

            const auto across = here.get(s3.copy({.bucket = bucket, .key = "copy",
                .copy_source = {.bucket = bucket, .key = "k", .sse = each.read},
                .sse = each.write, .options = here.options()}));
            REQUIRE_MESSAGE(across, (across ? std::string() : across.error().describe()));

            const auto down = here.get(s3.download_file({.bucket = bucket, .key = "copy",
                .path = here.files / "target", .sse = each.read, .options = here.options()}));
            REQUIRE_MESSAGE(down, (down ? std::string() : down.error().describe()));
            CHECK_FALSE(down->crc64_verified);
            CHECK((here.files.read("target") == text));
        }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("transfers: what proved the encryption of an upload in parts is not forgotten, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    const auto key = key_of(1);
    const auto path = here.files.write("source", pattern(5500));
    for (const auto& each : encryption_cases(key)) {
        CAPTURE(each.name);
        // As Ceph, which confirms it when the upload begins and no more.
        here.server.inject(
            testing::fault::silent_encryption().on_method("POST").on_target("uploadId"));
        const auto up = here.get(s3.upload_file({.bucket = support::bucket, .key = "k",
            .path = path, .sse = each.write, .options = here.options()}));
        REQUIRE_MESSAGE(up, (up ? std::string() : up.error().describe()));
        CHECK(up->sse.mode == each.mode);
    }
}

TEST_CASE("transfers: an upload in parts is verified by the ETag of the whole, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    const auto path = here.files.write("source", pattern(5500));
    for (const auto* etag : {"\"deadbeefdeadbeefdeadbeefdeadbeef-1\"",
             "\"d41d8cd98f00b204e9800998ecf8427e\"", "\"opaque\""}) {
        CAPTURE(etag);
        const std::string document = std::string("<CompleteMultipartUploadResult><ETag>") + etag +
            "</ETag></CompleteMultipartUploadResult>";
        here.server.inject(testing::fault::raw_reply(
            "HTTP/1.1 200 OK\r\nx-amz-request-id: NjQ\r\nContent-Length: " +
            std::to_string(document.size()) + "\r\n\r\n" + document)
                               .on_method("POST")
                               .on_target("uploadId"));
        const auto up = here.get(s3.upload_file({.bucket = support::bucket, .key = "k",
            .path = path, .options = here.options()}));
        REQUIRE_MESSAGE(up, (up ? std::string() : up.error().describe()));
        CHECK_FALSE(up->md5_verified);
        CHECK(up->etag == etag);
    }
}

TEST_CASE("transfers: a copy keeps the storage class in the words of its service")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    for (const auto* name : {"GLACIER_IR", "ONEZONE_IA", "INTELLIGENT_TIERING"})
        for (const std::size_t size : {500U, 5500U}) {
            CAPTURE(name);
            CAPTURE(size);
            const auto text = pattern(size);
            REQUIRE(here.get(s3.put_object({.bucket = support::bucket, .key = "k",
                .body = text, .headers = {.stored_storage_class = name}})));
            REQUIRE(here.get(s3.copy({.bucket = support::bucket, .key = "copy",
                .copy_source = {.bucket = support::bucket, .key = "k"},
                .options = here.options()})));
            CHECK(here.get(s3.head_object({.bucket = support::bucket, .key = "copy"}))
                      .value()
                      .storage_class == name);
        }
}

TEST_CASE("transfers: up and down over plain http, where bodies are signed, as S3")
{
    transferring here;
    auto config = here.config;
    config.scheme = scheme::http;
    config.connect_to = here.server.http_endpoint();
    const s3_client s3(here.context.get_executor(), config);
    for (const std::size_t size : {0U, 1500U, 5500U}) {
        CAPTURE(size);
        const auto text = pattern(size);
        const auto path = here.files.write("source", text);
        const auto up = here.get(s3.upload_file({.bucket = support::bucket,
            .key = "file",
            .path = path,
            .options = here.options()}));
        REQUIRE_MESSAGE(up, (up ? std::string() : up.error().describe()));
        CHECK(up->md5_verified);
        CHECK((here.content("file") == text));
        const auto streamed = here.get(s3.upload({.bucket = support::bucket,
            .key = "body",
            .body = text,
            .options = here.options()}));
        REQUIRE_MESSAGE(streamed, (streamed ? std::string() : streamed.error().describe()));
        CHECK((here.content("body") == text));
        const auto down = here.get(s3.download_file({.bucket = support::bucket,
            .key = "file",
            .path = here.files / "target",
            .options = here.options()}));
        REQUIRE_MESSAGE(down, (down ? std::string() : down.error().describe()));
        CHECK((here.files.read("target") == text));
        if (size == 0)
            continue;
        here.server.inject(testing::fault::flip_request_bit(9).on_method("PUT"));
        const auto changed = here.get(s3.upload_file({.bucket = support::bucket,
            .key = "changed",
            .path = path,
            .options = here.options()}));
        REQUIRE_FALSE(changed);
        CHECK(changed.error().code == service_errc::bad_digest);
    }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("transfers: a copy has what its source has, whatever the rules for creating, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    constexpr std::string_view bucket = support::bucket;
    const std::string long_value(1500, 'v');
    const header metadata[] = {{"my_key", "v"}, {"a.b", "~"}, {"bytes", "\xc3\xa4 \xff"},
        {"empty", ""}, {"long", long_value}, {"blanks", "a  b\tc"}};
    const auto text = pattern(5500);
    REQUIRE(here.get(s3.put_object({.bucket = bucket,
        .key = "source",
        .body = text,
        .headers = {.content_type = "text/\xc3\xa4",
            .metadata = metadata,
            .as_stored = true,
            .stored_expires = "0"}})));
    const auto source = here.get(s3.head_object({.bucket = bucket, .key = "source"})).value();
    REQUIRE(source.metadata.size() == std::size(metadata));
    CHECK(source.expires == "0");
    for (const bool in_parts : {false, true}) {
        CAPTURE(in_parts);
        auto options = here.options();
        options.threshold = in_parts ? 2000 : 100'000;
        const auto copied = here.get(s3.copy({.bucket = bucket,
            .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source"},
            .options = options}));
        REQUIRE_MESSAGE(copied, (copied ? std::string() : copied.error().describe()));
        CHECK((copied->parts != 0) == in_parts);
        const auto copy = here.get(s3.head_object({.bucket = bucket, .key = "copy"})).value();
        CHECK((copy.metadata == source.metadata));
        CHECK(copy.content_type == source.content_type);
        CHECK(copy.expires == source.expires);
        CHECK((here.content("copy") == text));
    }
    // Onto itself, for which the client sends them as well.
    const auto onto = here.get(s3.copy({.bucket = bucket,
        .key = "source",
        .copy_source = {.bucket = bucket, .key = "source"},
        .options = here.options()}));
    REQUIRE_MESSAGE(onto, (onto ? std::string() : onto.error().describe()));
    const auto same = here.get(s3.head_object({.bucket = bucket, .key = "source"})).value();
    CHECK((same.metadata == source.metadata));
}

TEST_CASE("transfers: a name that a reply had several times is one list in a copy")
{
    object_properties source;
    source.metadata = {{"a", "1"}, {"b", "2"}, {"a", "3"}, {"A", "4"}};
    const transfer::inherited_headers kept(source, {});
    const auto metadata = kept.headers().metadata;
    REQUIRE(metadata.size() == 2);
    CHECK(metadata[0].name == "a");
    CHECK(metadata[0].value == "1,3,4");
    CHECK(metadata[1].value == "2");
    CHECK(kept.headers().as_stored);
}

/// Stores an object as a client with other rules would.
void put_as_another(transferring& here, std::string_view key, const std::string& body)
{
    const auto path = std::string("/").append(support::bucket).append("/").append(key);
    const http::target target(path);
    http::field_list fields;
    fields.add("Host", here.server.http_endpoint());
    fields.add("Content-Length", std::to_string(body.size()));
    fields.add(auth::sig_v4_signer::body_hash_header,
        crypto::hex(crypto::sha256(std::as_bytes(std::span(body))).value()));
    http::field_list attempt;
    auth::sig_v4_signer signer(here.config.region);
    REQUIRE(signer.sign(http::method::put, target, fields, attempt, here.config.credentials,
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
    std::string text = std::string("PUT ").append(target.text()).append(" HTTP/1.1\r\n");
    for (const auto* const list : {&fields, &attempt})
        for (std::size_t i = 0; i != list->size(); ++i)
            text.append((*list)[i].name).append(": ").append((*list)[i].value).append("\r\n");
    const auto reply = support::exchange_raw(
        here.server.http_endpoint(), text + "Connection: close\r\n\r\n" + body);
    REQUIRE_MESSAGE(reply.starts_with("HTTP/1.1 200"), reply);
}

TEST_CASE("objects that only others would have created: read, copied whole and in parts, deleted")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    constexpr std::string_view bucket = support::bucket;
    const auto text = pattern(5500);
    const std::string longest(1024, 'k');
    for (const std::string_view key : {std::string_view("ctl\x01x"), std::string_view("nl\nx"),
             std::string_view("d/../up"), std::string_view("./rel"), std::string_view(".."),
             std::string_view("a/.."), std::string_view("/lead"), std::string_view("back\\slash"),
             std::string_view("nul\0x", 5), std::string_view("cr\rx"), std::string_view(longest)}) {
        CAPTURE(key);
        put_as_another(here, key, text);
        const auto head = here.get(s3.head_object({.bucket = bucket, .key = key}));
        REQUIRE_MESSAGE(head, (head ? std::string() : head.error().describe()));
        CHECK(head->size == text.size());
        CHECK((here.get(s3.get_object({.bucket = bucket, .key = key})).value().body == text));
        const auto down = here.get(s3.download_file({.bucket = bucket,
            .key = key,
            .path = here.files / "target",
            .options = here.options()}));
        REQUIRE_MESSAGE(down, (down ? std::string() : down.error().describe()));
        for (const bool in_parts : {false, true}) {
            auto options = here.options();
            options.threshold = in_parts ? 2000 : 100'000;
            REQUIRE(here.get(s3.copy({.bucket = bucket,
                .key = "copy",
                .copy_source = {.bucket = bucket, .key = key},
                .options = options})));
            CHECK((here.content("copy") == text));
        }
        const auto page = here.get(s3.list_objects({.bucket = bucket, .prefix = key})).value();
        REQUIRE(page.objects.size() == 1);
        CHECK(page.objects[0].key == key);
        const object_identifier objects[] = {{.key = key}};
        const auto together =
            here.get(s3.delete_objects({.bucket = bucket, .objects = objects}));
        if (!together) {
            CHECK(together.error().code == errc::invalid_key);
            REQUIRE(here.get(s3.delete_object({.bucket = bucket, .key = key})));
        }
        CHECK(here.get(s3.head_object({.bucket = bucket, .key = key})).error().http_status == 404);
    }
}

TEST_CASE("transfers: what is changed on the way is refused by the MD5 of the file, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    for (const std::size_t size : {1500U, 5500U}) {
        CAPTURE(size);
        const auto path = here.files.write("source", pattern(size));
        here.server.inject(testing::fault::flip_request_bit(9).on_method("PUT"));
        const auto up = here.get(s3.upload_file({.bucket = support::bucket,
            .key = "changed",
            .path = path,
            .options = here.options()}));
        REQUIRE_FALSE(up);
        CHECK(up.error().code == service_errc::bad_digest);
        CHECK(here.content("changed").empty());
    }
    CHECK(here.unfinished() == 0);
}

TEST_CASE("transfers: a resumed upload is as verified as the parts of the earlier run, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    const auto text = pattern(9000);
    const auto path = here.files.write("source", text);
    auto options = here.options();
    const auto checkpoint = here.files / "checkpoint";
    options.checkpoint = checkpoint;
    options.parallelism = 1;
    const upload_file_request request{
        .bucket = support::bucket, .key = "k", .path = path, .options = options};
    for (const bool begun_as_s3 : {true, false}) { // COS is given no MD5: it states a CRC64.
        CAPTURE(begun_as_s3);
        here.server.inject(
            testing::fault::reply_with(403, "AccessDenied").on_target("partNumber=5"));
        const auto begun =
            here.get(begun_as_s3 ? s3.upload_file(request) : here.cos.upload_file(request));
        REQUIRE_FALSE(begun);
        const auto done = here.get(s3.upload_file(request));
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK(done->resumed_parts == 4);
        CHECK(done->md5_verified == begun_as_s3);
        CHECK((here.content("k") == text));
    }
    const auto before = here.server.requests().size();
    const auto whole = here.get(here.cos.upload_file(request));
    REQUIRE(whole);
    CHECK(whole->crc64_verified);
    CHECK_FALSE(whole->md5_verified);
    const auto requests = here.server.requests();
    for (const auto& one : std::span(requests).subspan(before))
        CHECK((one.method != "PUT" || one.get("Content-MD5").empty()));
}

TEST_CASE("transfers: a directory, page by page, as S3")
{
    transferring here;
    const s3_client s3(here.context.get_executor(), here.config);
    for (int number = 0; number != 1005; ++number) {
        const auto key = "p/" + std::to_string(number);
        REQUIRE(here.get(here.cos.put_object(
            {.bucket = support::bucket, .key = key, .body = key})));
    }
    const auto done = here.get(s3.download_directory({.bucket = support::bucket, .prefix = "p/",
        .path = here.files.path.native(), .options = here.options()}));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->files == 1005);
    CHECK(here.files.read("1004") == "p/1004");
}

} // namespace transfer_s3_test
