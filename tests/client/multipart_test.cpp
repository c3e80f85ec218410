// Multipart uploads in every mode, part copies, listings.

#include "support/emulated.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace multipart_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;

testing::emulator_options small_parts()
{
    testing::emulator_options options;
    options.minimum_part_size = 10;
    return options;
}

struct uploaded
{
    std::vector<std::string> etags{};
    std::uint64_t crc64 = 0;

    [[nodiscard]] std::vector<completed_part> parts() const
    {
        std::vector<completed_part> list;
        for (std::uint32_t number = 1; const auto& etag : etags)
            list.push_back({number++, etag});
        return list;
    }
};

TEST_CASE("an upload in every mode, complete with its CRC64")
{
    emulated here(small_parts());
    const auto key = key_of(1);
    for (const auto& asked : {sse::on_write(), sse::on_write(sse::cos_managed{}),
             sse::on_write(sse::kms{.context = R"({"a":"b"})"}), sse::on_write(with(key))}) {
        const bool customer = std::holds_alternative<sse::customer>(asked);
        const sse::on_read needed = customer ? sse::on_read(with(key)) : sse::on_read();
        const auto begun = here.get(here.cos.initiate_multipart_upload(
            {.bucket = bucket, .key = "big", .sse = asked, .headers = {.content_type = "a/b"}}));
        REQUIRE(begun);
        uploaded so_far;
        std::string whole;
        for (std::uint32_t number = 1; number != 4; ++number) {
            const auto body = pattern(number == 3 ? 5 : 300'000);
            const auto part = here.get(here.cos.upload_part({.bucket = bucket,
                .key = "big",
                .upload_id = begun->upload_id,
                .part_number = number,
                .body = body,
                .sse = needed}));
            REQUIRE(part);
            CHECK(part->crc64_verified);
            so_far.etags.push_back(part->etag);
            so_far.crc64 = crypto::crc64_combine(so_far.crc64, *part->crc64, body.size());
            whole.append(body);
        }
        const auto list = so_far.parts();
        const auto done = here.get(here.cos.complete_multipart_upload({.bucket = bucket,
            .key = "big",
            .upload_id = begun->upload_id,
            .parts = list,
            .expected_sse = asked,
            .expected_crc64 = so_far.crc64}));
        REQUIRE(done);
        CHECK(done->crc64_verified);
        CHECK(done->etag.ends_with("-3\""));
        const auto got =
            here.get(here.cos.get_object({.bucket = bucket, .key = "big", .sse = needed}));
        REQUIRE(got);
        CHECK(got->body == whole);
        CHECK(got->crc64_verified);
        CHECK(got->content_type == "a/b");
        const auto over_the_border = here.get(here.cos.get_object({.bucket = bucket,
            .key = "big",
            .sse = needed,
            .range = byte_range::between(299'990, 300'010)}));
        CHECK(over_the_border.value().body == whole.substr(299'990, 21));
        CHECK(here.get(here.cos.abort_multipart_upload(
                      {.bucket = bucket, .key = "big", .upload_id = begun->upload_id}))
                  .error()
                  .code == service_errc::no_such_upload);
    }
}

TEST_CASE("SSE-C parts: no key, another key, a key too many")
{
    emulated here(small_parts());
    const auto key = key_of(1);
    const auto other = key_of(2);
    const auto sealed = here.get(here.cos.initiate_multipart_upload(
        {.bucket = bucket, .key = "big", .sse = with(key)})).value();
    const auto open = here.get(here.cos.initiate_multipart_upload(
        {.bucket = bucket, .key = "big"})).value();
    const auto part = [&](const std::string& upload_id, sse::on_read sse) {
        return here.get(here.cos.upload_part({.bucket = bucket,
            .key = "big",
            .upload_id = upload_id,
            .part_number = 1,
            .body = "0123456789",
            .sse = sse}));
    };
    CHECK(part(sealed.upload_id, {}).error().code == service_errc::invalid_request);
    CHECK(part(sealed.upload_id, with(other)).error().code == service_errc::invalid_argument);
    CHECK(part(open.upload_id, with(key)).error().code == service_errc::invalid_request);
    CHECK(part(sealed.upload_id, with(key)));
    CHECK(part("absent", {}).error().code == service_errc::no_such_upload);

    here.server.inject(testing::fault::silent_encryption());
    CHECK(part(sealed.upload_id, with(key)).error().code == errc::encryption_not_applied);
    here.server.inject(testing::fault::wrong_crc64());
    CHECK(part(sealed.upload_id, with(key)).error().code == errc::checksum_mismatch);
}

TEST_CASE("an upload that is not encrypted as asked is an error, which names what is left behind")
{
    emulated here;
    here.server.inject(testing::fault::store_in_the_clear());
    const auto begun = here.get(here.cos.initiate_multipart_upload(
        {.bucket = bucket, .key = "big", .sse = sse::cos_managed()}));
    REQUIRE_FALSE(begun);
    CHECK(begun.error().code == errc::encryption_not_applied);
    const auto there = here.get(here.cos.list_multipart_uploads({.bucket = bucket})).value();
    REQUIRE(there.uploads.size() == 1);
    CHECK(begun.error().message.find(there.uploads[0].upload_id) != std::string::npos);
}

TEST_CASE("part copies between two keys")
{
    emulated here(small_parts());
    const auto one = key_of(1);
    const auto two = key_of(2);
    const auto source = pattern(100'000);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "source", .body = source, .sse = with(one)})));
    const auto begun = here.get(here.cos.initiate_multipart_upload(
        {.bucket = bucket, .key = "copy", .sse = with(two)})).value();
    const auto copy = [&](std::uint32_t number, byte_range range, sse::on_read source_key) {
        return here.get(here.cos.upload_part_copy({.bucket = bucket,
            .key = "copy",
            .upload_id = begun.upload_id,
            .part_number = number,
            .copy_source = {.bucket = bucket, .key = "source", .sse = source_key},
            .source_range = range,
            .sse = with(two)}));
    };
    CHECK(copy(1, {}, with(two)).error().code == service_errc::ssec_decrypt_header_invalid);
    here.server.inject(testing::fault::error_inside_200("SlowDown"));
    CHECK(copy(1, {}, with(one)).error().code == condition::throttled);

    uploaded so_far;
    so_far.etags.push_back(copy(1, byte_range::between(0, 59'999), with(one)).value().etag);
    so_far.etags.push_back(copy(2, byte_range::between(60'000, 99'999), with(one)).value().etag);
    const auto list = so_far.parts();
    here.server.inject(testing::fault::error_inside_200("InternalError"));
    const complete_multipart_upload_request complete{.bucket = bucket,
        .key = "copy",
        .upload_id = begun.upload_id,
        .parts = list,
        .expected_sse = with(two),
        .expected_crc64 = crypto::crc64_of(detail::bytes_of(source))};
    const auto failed = here.get(here.cos.complete_multipart_upload(complete));
    CHECK(failed.error().code == service_errc::internal_error);
    // This fault spoilt the reply of a completion that had happened.
    const auto got = here.get(
        here.cos.get_object({.bucket = bucket, .key = "copy", .sse = with(two)}));
    CHECK(got.value().body == source);
    CHECK(here.get(here.cos.complete_multipart_upload(complete)).error().code ==
        service_errc::no_such_upload);
}

TEST_CASE("completions that are refused")
{
    emulated here;
    const auto begun = here.get(here.cos.initiate_multipart_upload(
        {.bucket = bucket, .key = "big"})).value();
    std::vector<std::string> etags;
    for (const std::uint32_t number : {1U, 2U, 3U})
        etags.push_back(here.get(here.cos.upload_part({.bucket = bucket,
            .key = "big",
            .upload_id = begun.upload_id,
            .part_number = number,
            .body = "small"})).value().etag);
    const auto complete = [&](std::vector<completed_part> parts) {
        return here
            .get(here.cos.complete_multipart_upload({.bucket = bucket,
                .key = "big",
                .upload_id = begun.upload_id,
                .parts = parts}))
            .error()
            .code;
    };
    CHECK(complete({{1, etags[0]}, {2, etags[1]}}) == service_errc::entity_too_small);
    CHECK(complete({{1, etags[0]}, {3, etags[2]}}) == service_errc::invalid_part);
    CHECK(complete({{1, "\"00000000000000000000000000000000\""}}) == service_errc::invalid_part);
    CHECK(here.get(here.cos.abort_multipart_upload(
        {.bucket = bucket, .key = "big", .upload_id = begun.upload_id})));
    CHECK(complete({{1, etags[0]}}) == service_errc::no_such_upload);
}

TEST_CASE("parts and uploads are listed, page by page")
{
    emulated here(small_parts());
    std::vector<std::string> ids;
    for (const std::string key : {"a", "b&<c", "dir/x", "dir/y", "e"})
        ids.push_back(here.get(here.cos.initiate_multipart_upload(
            {.bucket = bucket, .key = key})).value().upload_id);
    for (std::uint32_t number = 1; number != 8; ++number)
        REQUIRE(here.get(here.cos.upload_part({.bucket = bucket,
            .key = "a",
            .upload_id = ids[0],
            .part_number = number,
            .body = "0123456789"})));

    here.run([&]() -> asio::awaitable<void> {
        auto parts = here.cos.part_pages(
            {.bucket = bucket, .key = "a", .upload_id = ids[0], .max_parts = 3});
        std::vector<std::uint32_t> numbers;
        int pages = 0;
        for (;; ++pages) {
            const auto page = co_await parts.next();
            REQUIRE(page);
            if (!*page)
                break;
            for (const auto& part : (*page)->parts)
                numbers.push_back(part.part_number);
        }
        CHECK(pages == 3);
        CHECK(numbers == std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 7});

        auto uploads = here.cos.multipart_upload_pages({.bucket = bucket, .max_uploads = 2});
        std::vector<std::string> keys;
        for (;;) {
            const auto page = co_await uploads.next();
            REQUIRE(page);
            if (!*page)
                break;
            for (const auto& upload : (*page)->uploads)
                keys.push_back(upload.key);
        }
        CHECK(keys == std::vector<std::string>{"a", "b&<c", "dir/x", "dir/y", "e"});

        const auto grouped = co_await here.cos.list_multipart_uploads(
            {.bucket = bucket, .prefix = "d", .delimiter = "/"});
        CHECK(grouped.value().common_prefixes == std::vector<std::string>{"dir/"});
    });
}

} // namespace multipart_test
