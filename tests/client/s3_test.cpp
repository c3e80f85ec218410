// The client in the dialect of S3 against the S3 side of the emulator, over real TLS.

#include "support/emulated.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace s3_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::key_of;
using support::with;

const std::string plain = "the plaintext that must not be found at rest";

/// A COS client and an S3 client of one server.
class both : public emulated
{
public:
    explicit both(
        testing::emulator_options options = testing::emulator_options())
        : emulated(std::move(options)), s3(context.get_executor(), config)
    {}

    s3_client s3;
};

testing::emulator_options small_parts()
{
    testing::emulator_options options;
    options.minimum_part_size = 1;
    return options;
}

TEST_CASE("S3: put, get and head in every mode, encrypted at rest, the same objects as COS sees")
{
    both here;
    const auto key = key_of(1);
    const auto& kms_key = here.server.options().kms_keys.at(1);
    const auto arn = "arn:aws:kms:ap-guangzhou:111122223333:key/" + kms_key;
    struct row
    {
        sse::on_write asked;
        encryption_mode mode;
        std::string_view context;
    };
    const std::vector<row> rows{{sse::bucket_default{}, encryption_mode::none, ""},
        {sse::cos_managed{}, encryption_mode::cos_managed, ""},
        {sse::kms{}, encryption_mode::kms, ""},
        {sse::kms{.key_id = kms_key, .context = R"({"a":"b"})"}, encryption_mode::kms,
            R"({"a":"b"})"},
        {sse::kms{.key_id = arn}, encryption_mode::kms, ""},
        {with(key), encryption_mode::customer, ""}};
    constexpr header metadata[] = {{"colour", "blue"}};
    for (const auto& [asked, mode, context] : rows) {
        CAPTURE(name_of(mode));
        const sse::on_read needed =
            mode == encryption_mode::customer ? sse::on_read(with(key)) : sse::on_read();
        const auto put = here.get(here.s3.put_object({.bucket = bucket,
            .key = "a b+c/目录",
            .body = plain,
            .sse = asked,
            .headers = {.metadata = metadata}}));
        REQUIRE(put);
        CHECK(put->sse.mode == mode);
        CHECK(put->md5_verified ==
            (mode == encryption_mode::none || mode == encryption_mode::cos_managed));
        CHECK_FALSE(put->crc64_verified);
        const auto rest = here.server.at_rest(here.server.bucket(), "a b+c/目录").value();
        CHECK(rest.mode == mode);
        CHECK((rest.bytes.find(plain) == std::string::npos) == (mode != encryption_mode::none));
        CHECK(rest.kms_context == context);

        const auto got =
            here.get(here.s3.get_object({.bucket = bucket, .key = "a b+c/目录", .sse = needed}));
        REQUIRE(got);
        CHECK(got->body == plain);
        CHECK(got->sse.mode == mode);
        CHECK(got->metadata == std::vector<metadata_entry>{{"colour", "blue"}});
        CHECK_FALSE(got->crc64.has_value());
        const auto range = here.get(here.s3.get_object({.bucket = bucket,
            .key = "a b+c/目录",
            .sse = needed,
            .range = byte_range::between(4, 12)}));
        CHECK(range->body == plain.substr(4, 9));
        const auto head =
            here.get(here.s3.head_object({.bucket = bucket, .key = "a b+c/目录", .sse = needed}));
        CHECK(head->size == plain.size());
        const auto by_cos =
            here.get(here.cos.get_object({.bucket = bucket, .key = "a b+c/目录", .sse = needed}));
        CHECK(by_cos->body == plain);
        CHECK(by_cos->crc64_verified);
        CHECK(by_cos->metadata == got->metadata);
    }
    const auto requests = here.server.requests();
    CHECK(std::ranges::any_of(requests, [](const auto& each) {
        return each.host == "examplebucket-1250000000.s3.ap-guangzhou.amazonaws.com" &&
            each.get("Authorization").starts_with("AWS4-HMAC-SHA256 ");
    }));
}

TEST_CASE("S3: path style and virtual hosts, http and https, temporary credentials")
{
    testing::emulator_options options;
    options.session_token = "TOKEN+/=";
    both here(std::move(options));
    for (const auto how : {scheme::https, scheme::http})
        for (const bool path_style : {false, true}) {
            auto settings = emulated::single_attempts(here.server.client_config(how));
            settings.path_style = path_style;
            if (how == scheme::http)
                settings.credentials = credentials(here.server.options().secret_id,
                    here.server.options().secret_key);
            const s3_client s3(here.context.get_executor(), settings);
            const auto put =
                here.get(s3.put_object({.bucket = bucket, .key = "k", .body = plain}));
            if (how == scheme::http) // A token is not sent over http, so the server misses it.
                CHECK(put.error().code == service_errc::expired_token);
            else
                CHECK(put.value().md5_verified);
        }
    testing::emulator_options no_token;
    both plain_http(std::move(no_token));
    const s3_client s3(plain_http.context.get_executor(),
        emulated::single_attempts(plain_http.server.client_config(scheme::http)));
    const auto put =
        plain_http.get(s3.put_object({.bucket = bucket, .key = "k", .body = plain}));
    REQUIRE(put);
    CHECK(plain_http.server.requests().back().get("x-amz-content-sha256").size() == 64);
}

TEST_CASE("S3: what is changed on the way is refused, by MD5 and by signed hash")
{
    both here;
    const s3_client over_http(here.context.get_executor(),
        emulated::single_attempts(here.server.client_config(scheme::http)));
    for (const s3_client& s3 : {here.s3, over_http}) {
        here.server.inject(testing::fault::flip_request_bit(9));
        const auto put = here.get(s3.put_object({.bucket = bucket, .key = "k", .body = plain}));
        CHECK(put.error().code == service_errc::bad_digest);
        CHECK(put.error().code == condition::integrity);
    }
    // An MD5 that the caller knows is compared in either dialect.
    const auto right = crypto::md5(detail::bytes_of(plain)).value();
    const auto wrong = crypto::md5(detail::bytes_of(std::string_view("other"))).value();
    const auto put = [&](const auto& client, const crypto::md5_value& md5) {
        return here.get(client.put_object(
            {.bucket = bucket, .key = "k", .body = plain, .content_md5 = md5}));
    };
    CHECK(put(here.s3, wrong).error().code == service_errc::bad_digest);
    CHECK(put(here.cos, wrong).error().code == service_errc::bad_digest);
    CHECK(put(here.s3, right).value().md5_verified);
    const auto by_cos = put(here.cos, right);
    CHECK((by_cos.value().md5_verified && by_cos->crc64_verified));

    here.server.inject(testing::fault::flip_request_bit(9));
    constexpr object_identifier objects[] = {{.key = "k"}};
    const auto gone = here.get(here.s3.delete_objects({.bucket = bucket, .objects = objects}));
    CHECK(gone.error().code == service_errc::bad_digest);
}

TEST_CASE("S3: a reply that does not confirm the encryption is an error")
{
    both here;
    const auto key = key_of(1);
    for (const auto& asked :
        {sse::on_write(sse::cos_managed{}), sse::on_write(sse::kms{}), sse::on_write(with(key))})
        for (const auto& fault : {testing::fault::silent_encryption(),
                 testing::fault::store_in_the_clear()}) {
            here.server.inject(fault);
            const auto put = here.get(here.s3.put_object(
                {.bucket = bucket, .key = "k", .body = plain, .sse = asked}));
            CHECK(put.error().code == errc::encryption_not_applied);
        }
}

TEST_CASE("S3: refusals, with codes that mean the same as those of COS")
{
    both here;
    const auto right = key_of(1);
    const auto wrong = key_of(2);
    REQUIRE(here.get(here.s3.put_object(
        {.bucket = bucket, .key = "sealed", .body = plain, .sse = with(right)})));
    const auto get = [&](const get_object_request& request) {
        return here.get(here.s3.get_object(request)).error();
    };
    CHECK(get({.bucket = bucket, .key = "absent"}).code == service_errc::no_such_key);
    CHECK(get({.bucket = "no-such-bucket", .key = "k"}).code == service_errc::no_such_bucket);
    CHECK(get({.bucket = bucket, .key = "sealed"}).code == service_errc::invalid_request);
    const auto refused = get({.bucket = bucket, .key = "sealed", .sse = with(wrong)});
    CHECK(refused.code == service_errc::access_denied);
    CHECK(refused.http_status == 403);
    CHECK(refused.request_id.size() == 16);
    CHECK_FALSE(refused.trace_id.empty());
    const auto head = here.get(here.s3.head_object({.bucket = bucket, .key = "sealed"}));
    CHECK(head.error().code == service_errc::invalid_request); // As a GET tells.
    const auto no_kms_key = here.get(here.s3.put_object(
        {.bucket = bucket, .key = "k", .body = plain, .sse = sse::kms{.key_id = "none"}}));
    CHECK(no_kms_key.error().code == service_errc::kms_key_not_exist);
    CHECK(no_kms_key.error().code == condition::encryption);
    const auto no_default = here.get(here.s3.get_bucket_encryption({.bucket = bucket}));
    CHECK(no_default.error().code == condition::not_found);

    auto settings = here.config;
    settings.credentials = credentials(here.server.options().secret_id, "another");
    const s3_client impostor(here.context.get_executor(), settings);
    const auto signed_wrongly = here.get(impostor.get_object({.bucket = bucket, .key = "k"}));
    CHECK(signed_wrongly.error().code == service_errc::signature_does_not_match);
    settings.credentials = here.config.credentials;
    settings.region = "eu-central-1";
    settings.endpoint = "s3.ap-guangzhou.amazonaws.com";
    const s3_client elsewhere(here.context.get_executor(), settings);
    const auto other_region = here.get(elsewhere.get_object({.bucket = bucket, .key = "k"}));
    CHECK(other_region.error().code == service_errc::wrong_region);
    CHECK(other_region.error().region == "ap-guangzhou");
}

TEST_CASE("S3: retries have no marker of COS and are signed anew")
{
    both here;
    auto settings = here.server.client_config();
    settings.retry.base_delay = std::chrono::milliseconds(1);
    const s3_client s3(here.context.get_executor(), settings);
    here.server.inject(testing::fault::reply_with(503, "SlowDown"));
    const auto put = here.get(s3.put_object({.bucket = bucket, .key = "k", .body = plain}));
    REQUIRE(put);
    const auto requests = here.server.requests();
    REQUIRE_FALSE(requests.empty());
    CHECK(requests.back().get("x-cos-sdk-retry").empty());
}

TEST_CASE("S3: multipart with a customer key, part copies under another key, copies")
{
    both here(small_parts());
    const auto one = key_of(1);
    const auto two = key_of(2);
    here.run([&]() -> asio::awaitable<void> {
        const auto begun = (co_await here.s3.initiate_multipart_upload(
            {.bucket = bucket, .key = "whole", .sse = with(one)})).value();
        std::vector<std::string> etags;
        const std::string pieces[] = {"first ", "second"};
        for (std::uint32_t number = 1; number != 3; ++number) {
            const auto part = (co_await here.s3.upload_part({.bucket = bucket,
                .key = "whole",
                .upload_id = begun.upload_id,
                .part_number = number,
                .body = pieces[number - 1],
                .sse = with(one)})).value();
            CHECK_FALSE(part.md5_verified); // Its ETag is no MD5.
            etags.push_back(part.etag);
        }
        const completed_part parts[] = {{1, etags[0]}, {2, etags[1]}};
        const auto done = co_await here.s3.complete_multipart_upload({.bucket = bucket,
            .key = "whole",
            .upload_id = begun.upload_id,
            .parts = parts,
            .expected_sse = with(one),
            .expected_crc64 = 1});
        REQUIRE(done);
        CHECK_FALSE(done->crc64_verified);

        const auto other = (co_await here.s3.initiate_multipart_upload(
            {.bucket = bucket, .key = "rekeyed", .sse = with(two)})).value();
        const auto copied = (co_await here.s3.upload_part_copy({.bucket = bucket,
            .key = "rekeyed",
            .upload_id = other.upload_id,
            .part_number = 1,
            .copy_source = {.bucket = bucket, .key = "whole", .sse = with(one)},
            .source_range = byte_range::between(0, 5),
            .sse = with(two)})).value();
        const completed_part only[] = {{1, copied.etag}};
        REQUIRE(co_await here.s3.complete_multipart_upload({.bucket = bucket,
            .key = "rekeyed",
            .upload_id = other.upload_id,
            .parts = only,
            .expected_sse = with(two)}));
        const auto got = co_await here.s3.get_object(
            {.bucket = bucket, .key = "rekeyed", .sse = with(two)});
        CHECK(got.value().body == "first ");

        const auto copy = co_await here.s3.copy_object({.bucket = bucket,
            .key = "copied",
            .copy_source = {.bucket = bucket, .key = "whole", .sse = with(one)},
            .sse = sse::kms{}});
        CHECK(copy.value().sse.mode == encryption_mode::kms);
        const auto opened = co_await here.s3.get_object({.bucket = bucket, .key = "copied"});
        CHECK(opened.value().body == "first second");
    });
}

TEST_CASE("S3: pages go on from tokens, over prefixes too")
{
    both here;
    for (int i = 0; i != 9; ++i)
        REQUIRE(here.get(here.s3.put_object(
            {.bucket = bucket, .key = "list/" + std::to_string(i), .body = "x"})));
    for (const auto* const key : {"list/2/a", "list/2/b", "list/a b&c/d"})
        REQUIRE(here.get(here.s3.put_object({.bucket = bucket, .key = key, .body = "x"})));
    here.run([&]() -> asio::awaitable<void> {
        for (const std::uint32_t size : {1U, 2U, 3U, 11U, 0U}) {
            auto pages = here.s3.object_pages(
                {.bucket = bucket, .prefix = "list/", .delimiter = "/", .max_keys = size});
            std::vector<std::string> seen;
            for (;;) {
                const auto page = co_await pages.next();
                REQUIRE(page);
                if (!*page)
                    break;
                for (const auto& object : (*page)->objects)
                    seen.push_back(object.key);
                for (const auto& prefix : (*page)->common_prefixes)
                    seen.push_back(prefix);
            }
            std::ranges::sort(seen);
            CHECK(seen ==
                std::vector<std::string>{"list/0", "list/1", "list/2", "list/2/", "list/3",
                    "list/4", "list/5", "list/6", "list/7", "list/8", "list/a b&c/"});
        }
    });
    const auto after = here.get(
        here.s3.list_objects({.bucket = bucket, .prefix = "list/", .marker = "list/7"}));
    CHECK(after->objects.size() == 2);
    const auto bad = here.get(
        here.s3.list_objects({.bucket = bucket, .continuation_token = "not base64"}));
    CHECK(bad.error().code == service_errc::invalid_argument);
}

TEST_CASE("S3: bucket encryption, restore, deletion")
{
    both here;
    const auto& kms_key = here.server.options().kms_keys.at(1);
    REQUIRE(here.get(here.s3.put_bucket_encryption(
        {.bucket = bucket, .encryption = bucket_kms{.key_id = kms_key}})));
    const auto said = here.get(here.s3.get_bucket_encryption({.bucket = bucket}));
    CHECK(said->encryption.mode == encryption_mode::kms);
    CHECK(said->encryption.algorithm == "aws:kms");
    const auto by_cos = here.get(here.cos.get_bucket_encryption({.bucket = bucket}));
    CHECK(by_cos->encryption.algorithm == "KMS");
    REQUIRE(here.get(here.s3.delete_bucket_encryption({.bucket = bucket})));

    const auto key = key_of(1);
    for (const auto& each : {std::pair(sse::on_write(with(key)), sse::on_read(with(key))),
             std::pair(sse::on_write(), sse::on_read())}) {
        REQUIRE(here.get(here.s3.put_object({.bucket = bucket,
            .key = "cold",
            .body = plain,
            .sse = each.first,
            .headers = {.storage_class = storage_class::archive}})));
        const auto get = [&] {
            return here.get(
                here.s3.get_object({.bucket = bucket, .key = "cold", .sse = each.second}));
        };
        CHECK(get().error().code == condition::archived);
        REQUIRE(here.get(
            here.s3.restore_object({.bucket = bucket, .key = "cold", .sse = each.second})));
        here.server.advance_clock(std::chrono::hours(4));
        const auto head = here.get(
            here.s3.head_object({.bucket = bucket, .key = "cold", .sse = each.second}));
        CHECK(head->storage_class == "GLACIER");
        CHECK_FALSE(head->restore.value().ongoing);
        CHECK(get()->body == plain);
    }

    constexpr object_identifier objects[] = {{.key = "cold"}, {.key = "absent"}};
    const auto gone = here.get(here.s3.delete_objects({.bucket = bucket, .objects = objects}));
    CHECK(gone->deleted.size() == 2);
    CHECK(here.get(here.s3.head_bucket({.bucket = bucket}))->region == "ap-guangzhou");
}

} // namespace s3_test
