// Every row of the matrix, over real TLS, down to the bytes at rest.

#include "support/emulated.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace encryption_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using support::key_of;
using support::with;
using testing::bytes_at_rest;

const std::string plain = "the plaintext that must not be found at rest";

bool shows_plaintext(const bytes_at_rest& rest)
{
    return rest.bytes.find(plain) != std::string::npos;
}

TEST_CASE("put and get in every mode, encrypted at rest")
{
    emulated here;
    const auto key = key_of(1);
    const auto& kms_key = here.server.options().kms_keys.at(1);
    const auto& default_kms_key = here.server.options().kms_keys.at(0);
    struct row
    {
        sse::on_write asked;
        encryption_mode mode;
        std::string_view key_id;
        std::string_view context;
    };
    const std::vector<row> rows{
        {sse::bucket_default{}, encryption_mode::none, "", ""},
        {sse::cos_managed{}, encryption_mode::cos_managed, "", ""},
        {sse::kms{}, encryption_mode::kms, default_kms_key, ""},
        {sse::kms{.key_id = kms_key}, encryption_mode::kms, kms_key, ""},
        {sse::kms{.key_id = kms_key, .context = R"({"test":"test"})"}, encryption_mode::kms,
            kms_key, R"({"test":"test"})"},
        {with(key), encryption_mode::customer, "", ""},
    };
    for (const auto& [asked, mode, key_id, context] : rows) {
        CAPTURE(name_of(mode));
        const bool customer = mode == encryption_mode::customer;
        const sse::on_read needed = customer ? sse::on_read(with(key)) : sse::on_read();
        const auto put = here.get(here.cos.put_object(
            {.bucket = bucket, .key = "k", .body = plain, .sse = asked}));
        REQUIRE(put);
        CHECK(put->sse.mode == mode);
        CHECK(put->sse.kms_key_id == key_id);
        CHECK(put->crc64_verified);

        const auto rest = here.server.at_rest(here.server.bucket(), "k").value();
        CHECK(rest.mode == mode);
        CHECK(shows_plaintext(rest) == (mode == encryption_mode::none));
        CHECK(rest.kms_context == context);

        const auto got =
            here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = needed}));
        REQUIRE(got);
        CHECK(got->body == plain);
        CHECK(got->sse.mode == mode);
        CHECK(got->crc64_verified);
        CHECK(got->etag == put->etag);

        const auto head =
            here.get(here.cos.head_object({.bucket = bucket, .key = "k", .sse = needed}));
        REQUIRE(head);
        CHECK(head->size == plain.size());
        CHECK(head->sse.mode == mode);
        CHECK(head->sse.customer_key_md5 == (customer ? key.md5().base64() : ""));
    }
}

TEST_CASE("SSE-C: the wrong key, no key, a key too many")
{
    emulated here;
    const auto right = key_of(1);
    const auto wrong = key_of(2);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "sealed", .body = plain, .sse = with(right)})));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "open", .body = plain})));

    for (const auto& key : {sse::on_read(), sse::on_read(with(wrong))}) {
        const auto got =
            here.get(here.cos.get_object({.bucket = bucket, .key = "sealed", .sse = key}));
        REQUIRE_FALSE(got);
        CHECK(got.error().code == service_errc::ssec_decrypt_header_invalid);
        CHECK(got.error().code == condition::encryption);
        const auto head =
            here.get(here.cos.head_object({.bucket = bucket, .key = "sealed", .sse = key}));
        REQUIRE_FALSE(head);
        CHECK(head.error().code == service_errc::ssec_decrypt_header_invalid);
        CHECK_FALSE(head.error().request_id.empty());
    }
    const auto needless =
        here.get(here.cos.get_object({.bucket = bucket, .key = "open", .sse = with(right)}));
    CHECK(needless.error().code == service_errc::invalid_request);
}

TEST_CASE("a server that answers 403 to a wrong key is understood too")
{
    testing::emulator_options options;
    options.wrong_key_status = 403;
    emulated here(std::move(options));
    const auto right = key_of(1);
    const auto wrong = key_of(2);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = plain, .sse = with(right)})));
    const auto got =
        here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = with(wrong)}));
    CHECK(got.error().code == condition::access_denied);
}

TEST_CASE("a reply that does not confirm the encryption is an error")
{
    emulated here;
    const auto key = key_of(1);
    for (const auto& asked :
        {sse::on_write(sse::cos_managed{}), sse::on_write(sse::kms{}), sse::on_write(with(key))}) {
        here.server.inject(testing::fault::silent_encryption());
        auto put = here.get(here.cos.put_object(
            {.bucket = bucket, .key = "k", .body = plain, .sse = asked}));
        CHECK(put.error().code == errc::encryption_not_applied);
        CHECK(put.error().http_status == 200);
        CHECK(put.error().may_have_executed());
        CHECK(put.error().message.find("the reply says none") != std::string::npos);

        here.server.inject(testing::fault::store_in_the_clear());
        put = here.get(here.cos.put_object(
            {.bucket = bucket, .key = "k", .body = plain, .sse = asked}));
        CHECK(put.error().code == errc::encryption_not_applied);
        CHECK(shows_plaintext(here.server.at_rest(here.server.bucket(), "k").value()));
    }
}

TEST_CASE("copy: every mode to every mode, two keys")
{
    emulated here;
    const auto one = key_of(1);
    const auto two = key_of(2);
    struct end
    {
        sse::on_write written;
        sse::on_read needed;
    };
    const std::vector<end> ends{{sse::bucket_default{}, {}}, {sse::cos_managed{}, {}},
        {sse::kms{.context = R"({"a":"b"})"}, {}}, {with(one), with(one)}};
    const std::vector<end> copies{{sse::bucket_default{}, {}}, {sse::cos_managed{}, {}},
        {sse::kms{}, {}}, {with(one), with(one)}, {with(two), with(two)}};
    for (const auto& [source_written, source_needed] : ends) {
        REQUIRE(here.get(here.cos.put_object(
            {.bucket = bucket, .key = "source", .body = plain, .sse = source_written})));
        for (const auto& [copy_written, copy_needed] : copies) {
            const auto copied = here.get(here.cos.copy_object({.bucket = bucket,
                .key = "copy",
                .copy_source = {.bucket = bucket, .key = "source", .sse = source_needed},
                .sse = copy_written}));
            REQUIRE(copied);
            CHECK(copied->crc64 == crypto::crc64_of(detail::bytes_of(plain)));
            CHECK(copied->sse.mode == here.server.at_rest(here.server.bucket(), "copy")->mode);
            const auto got = here.get(
                here.cos.get_object({.bucket = bucket, .key = "copy", .sse = copy_needed}));
            REQUIRE(got);
            CHECK(got->body == plain);
        }
    }
}

TEST_CASE("copy: a source key that is missing or wrong, a 200 that failed or did not encrypt")
{
    emulated here;
    const auto one = key_of(1);
    const auto two = key_of(2);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "source", .body = plain, .sse = with(one)})));
    const auto copy = [&](sse::on_read source_key, sse::on_write asked) {
        return here.get(here.cos.copy_object({.bucket = bucket,
            .key = "copy",
            .copy_source = {.bucket = bucket, .key = "source", .sse = source_key},
            .sse = asked}));
    };
    CHECK(copy({}, {}).error().code == service_errc::ssec_decrypt_header_invalid);
    CHECK(copy(with(two), {}).error().code == service_errc::ssec_decrypt_header_invalid);

    here.server.inject(testing::fault::error_inside_200("InternalError"));
    const auto failed = copy(with(one), {});
    CHECK(failed.error().code == service_errc::internal_error);
    CHECK(failed.error().http_status == 200);

    here.server.inject(testing::fault::store_in_the_clear());
    CHECK(copy(with(one), with(two)).error().code == errc::encryption_not_applied);
    here.server.inject(testing::fault::silent_encryption());
    CHECK(copy(with(one), with(two)).error().code == errc::encryption_not_applied);
}

TEST_CASE("the encryption of an object is changed by copying it onto itself")
{
    emulated here;
    const auto key = key_of(1);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "k",
        .body = plain,
        .sse = with(key),
        .headers = {.content_type = "text/plain"}})));
    const auto copied = here.get(here.cos.copy_object({.bucket = bucket,
        .key = "k",
        .copy_source = {.bucket = bucket, .key = "k", .sse = with(key)},
        .sse = sse::cos_managed{},
        .directive = metadata_directive::replace,
        .headers = {.content_type = "text/html"}}));
    REQUIRE(copied);
    const auto got = here.get(here.cos.get_object({.bucket = bucket, .key = "k"}));
    CHECK(got.value().body == plain);
    CHECK(got->content_type == "text/html");
    CHECK(got->sse.mode == encryption_mode::cos_managed);
}

TEST_CASE("bucket default encryption applies to writes that ask for nothing")
{
    emulated here;
    const auto none = here.get(here.cos.get_bucket_encryption({.bucket = bucket}));
    CHECK(none.error().code == service_errc::no_such_encryption_configuration);
    CHECK(none.error().code == condition::not_found);

    const auto& kms_key = here.server.options().kms_keys.at(1);
    REQUIRE(here.get(here.cos.put_bucket_encryption({.bucket = bucket})));
    CHECK(here.get(here.cos.get_bucket_encryption({.bucket = bucket})).value().encryption.mode ==
        encryption_mode::cos_managed);
    auto put = here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = plain}));
    CHECK(put.value().sse.mode == encryption_mode::cos_managed);
    CHECK_FALSE(shows_plaintext(here.server.at_rest(here.server.bucket(), "k").value()));

    REQUIRE(here.get(here.cos.put_bucket_encryption(
        {.bucket = bucket, .encryption = bucket_kms{kms_key}})));
    put = here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = plain}));
    CHECK(put.value().sse.mode == encryption_mode::kms);
    CHECK(put.value().sse.kms_key_id == kms_key);
    put = here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = plain, .sse = sse::cos_managed{}}));
    CHECK(put.value().sse.mode == encryption_mode::cos_managed);

    REQUIRE(here.get(here.cos.delete_bucket_encryption({.bucket = bucket})));
    put = here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = plain}));
    CHECK(put.value().sse.mode == encryption_mode::none);
}

TEST_CASE("KMS keys that are not there or disabled")
{
    emulated here;
    const auto& kms_key = here.server.options().kms_keys.at(1);
    auto put = here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = plain, .sse = sse::kms{.key_id = "nope"}}));
    CHECK(put.error().code == service_errc::kms_key_not_exist);
    CHECK(put.error().code == condition::encryption);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = plain, .sse = sse::kms{.key_id = kms_key}})));
    here.server.disable_kms_key(kms_key);
    CHECK(here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).error().code ==
        service_errc::kms_key_disabled);
}

} // namespace encryption_test
