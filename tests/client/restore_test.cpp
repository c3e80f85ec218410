// Archived objects, on a fast clock.

#include "support/emulated.hpp"

#include <chrono>
#include <string_view>

namespace restore_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::with;

restore_object_request restore(sse::on_read sse = {}, restore_tier tier = restore_tier::expedited)
{
    return {.bucket = bucket, .key = "k", .days = 1, .tier = tier, .sse = sse};
}

TEST_CASE("restore, from archived to expired, with a customer key")
{
    emulated here;
    const auto key = key_of(1);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "k",
        .body = "frozen",
        .sse = with(key),
        .headers = {.storage_class = storage_class::archive}})));
    const auto get = [&] {
        return here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = with(key)}));
    };
    const auto head = [&] {
        return here
            .get(here.cos.head_object({.bucket = bucket, .key = "k", .sse = with(key)}))
            .value();
    };
    CHECK(get().error().code == condition::archived);
    CHECK(head().storage_class == "ARCHIVE");
    CHECK_FALSE(head().restore);

    CHECK(here.get(here.cos.restore_object(restore())).error().code ==
        service_errc::ssec_decrypt_header_invalid);
    CHECK_FALSE(here.get(here.cos.restore_object(restore(with(key)))).value().was_restored);
    CHECK(head().restore.value().ongoing);
    CHECK(here.get(here.cos.restore_object(restore(with(key)))).error().code ==
        service_errc::restore_already_in_progress);
    CHECK(get().error().code == condition::archived);

    here.server.advance_clock(2min);
    CHECK_FALSE(head().restore.value().ongoing);
    CHECK(head().restore.value().expires.has_value());
    CHECK(get().value().body == "frozen");
    CHECK(here.get(here.cos.restore_object(restore(with(key)))).value().was_restored);

    here.server.advance_clock(25h);
    CHECK(get().error().code == condition::archived);
    CHECK_FALSE(head().restore);
}

TEST_CASE("restores that are refused")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "warm"})));
    CHECK(here.get(here.cos.restore_object(restore())).error().code ==
        service_errc::restore_non_archive_object);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "k",
        .body = "cold",
        .headers = {.storage_class = storage_class::deep_archive}})));
    CHECK(here.get(here.cos.restore_object(restore())).error().code ==
        service_errc::invalid_argument);
    CHECK(here.get(here.cos.restore_object(restore({}, restore_tier::bulk))));
    CHECK(here.get(here.cos.restore_object({.bucket = bucket, .key = "absent"})).error().code ==
        service_errc::no_such_key);
}

TEST_CASE("an archived source cannot be copied before it is restored")
{
    emulated here;
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket,
        .key = "k",
        .body = "frozen",
        .headers = {.storage_class = storage_class::archive}})));
    const auto copy = [&] {
        return here.get(here.cos.copy_object(
            {.bucket = bucket, .key = "copy", .copy_source = {.bucket = bucket, .key = "k"}}));
    };
    CHECK(copy().error().code == condition::archived);
    REQUIRE(here.get(here.cos.restore_object(restore())));
    here.server.advance_clock(2min);
    CHECK(copy());
}

} // namespace restore_test
