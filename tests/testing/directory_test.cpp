// An emulator that keeps everything on disk, and another that goes on where it stopped.

#include "support/emulated.hpp"

#include <cosio/testing/emulation/state.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace directory_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;

/// A folder that goes with the test.
struct temporary_directory
{
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("cosio-test-" + testing::emulation::random_hex(8));
    temporary_directory() = default;
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() { std::filesystem::remove_all(path); }

    [[nodiscard]] testing::emulator_options options() const
    {
        testing::emulator_options made;
        made.directory = path;
        made.minimum_part_size = 10;
        return made;
    }
};

bool any_file_has(const std::filesystem::path& where, const std::string& text)
{
    for (const auto& entry : std::filesystem::recursive_directory_iterator(where)) {
        if (!entry.is_regular_file())
            continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        if (bytes.find(text) != std::string::npos)
            return true;
    }
    return false;
}

TEST_CASE("objects, uploads, keys and settings outlive the emulator")
{
    const temporary_directory folder;
    const auto key = key_of(1);
    const std::string plain = "the plaintext that must not be found on disk";
    std::string upload_id;
    std::string etag;
    {
        emulated here(folder.options());
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
            .key = "sealed",
            .body = plain,
            .sse = with(key),
            .headers = {.content_type = "text/plain"}})));
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
            .key = "kms",
            .body = plain,
            .sse = sse::kms{.context = R"({"a":"b"})"}})));
        REQUIRE(here.get(here.cos.put_object(
            {.bucket = bucket, .key = "managed", .body = plain, .sse = sse::cos_managed{}})));
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "gone", .body = "x"})));
        REQUIRE(here.get(here.cos.delete_object({.bucket = bucket, .key = "gone"})));
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
            .key = "cold",
            .body = "x",
            .headers = {.storage_class = storage_class::archive}})));
        REQUIRE(here.get(here.cos.restore_object({.bucket = bucket, .key = "cold"})));
        REQUIRE(here.get(here.cos.put_bucket_encryption({.bucket = bucket})));
        upload_id = here.get(here.cos.initiate_multipart_upload(
            {.bucket = bucket, .key = "big", .sse = with(key)})).value().upload_id;
        etag = here.get(here.cos.upload_part({.bucket = bucket,
            .key = "big",
            .upload_id = upload_id,
            .part_number = 1,
            .body = plain,
            .sse = with(key)})).value().etag;
        CHECK_FALSE(any_file_has(folder.path, plain));
    }
    emulated again(folder.options());
    const auto sealed =
        again.get(again.cos.get_object({.bucket = bucket, .key = "sealed", .sse = with(key)}));
    CHECK(sealed.value().body == plain);
    CHECK(sealed.value().content_type == "text/plain");
    CHECK(again.get(again.cos.get_object({.bucket = bucket, .key = "kms"})).value().body == plain);
    CHECK(again.get(again.cos.get_object({.bucket = bucket, .key = "managed"})).value().body ==
        plain);
    CHECK(again.get(again.cos.get_object({.bucket = bucket, .key = "gone"})).error().code ==
        condition::not_found);
    CHECK(again.get(again.cos.head_object({.bucket = bucket, .key = "cold"})).value().restore);
    CHECK(again.get(again.cos.get_bucket_encryption({.bucket = bucket})));
    const completed_part parts[] = {{1, etag}};
    CHECK(again.get(again.cos.complete_multipart_upload({.bucket = bucket,
        .key = "big",
        .upload_id = upload_id,
        .parts = parts,
        .expected_sse = with(key)})));
    CHECK(again.get(again.cos.get_object({.bucket = bucket, .key = "big", .sse = with(key)}))
              .value()
              .body == plain);
    CHECK(std::filesystem::is_empty(folder.path / "parts"));
}

} // namespace directory_test
