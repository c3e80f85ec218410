// The same transfers in the dialect of S3, where no reply states a CRC64.

#include "transfer/transferring.hpp"

#include <cstddef>
#include <string>

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
            CHECK(up->md5_verified);
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
