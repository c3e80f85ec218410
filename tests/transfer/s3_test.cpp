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
