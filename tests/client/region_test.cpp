// Buckets of other regions than the one that is asked, by all operations and in both dialects.

#include "support/emulated.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace region_test {

using namespace cosio;
using support::bucket;
using support::emulated;
using testing::fault;

constexpr std::string_view other = "other-1250000000"; // In Shanghai.

testing::emulator_options two_regions()
{
    testing::emulator_options options;
    options.buckets_elsewhere.emplace(other, "ap-shanghai");
    return options;
}

/// Each operation about a bucket or an object of `from`, by name.
template <class Client>
std::vector<std::pair<std::string, std::function<error()>>> operations(
    emulated& here, const Client& client, std::string_view from)
{
    const auto why = [&here](auto work) { return here.get(std::move(work)).error(); };
    return {
        {"GET", [=] { return why(client.get_object({.bucket = from, .key = "k"})); }},
        {"HEAD", [=] { return why(client.head_object({.bucket = from, .key = "k"})); }},
        {"HEAD bucket", [=] { return why(client.head_bucket({.bucket = from})); }},
        {"PUT", [=] { return why(client.put_object({.bucket = from, .key = "k", .body = "x"})); }},
        {"DELETE", [=] { return why(client.delete_object({.bucket = from, .key = "k"})); }},
        {"list", [=] { return why(client.list_objects({.bucket = from})); }},
        {"list uploads", [=] { return why(client.list_multipart_uploads({.bucket = from})); }},
        {"copy",
            [=] {
                return why(client.copy_object({.bucket = from,
                    .key = "k",
                    .copy_source = {.bucket = from, .key = "s"}}));
            }},
        {"initiate",
            [=] { return why(client.initiate_multipart_upload({.bucket = from, .key = "k"})); }},
        {"encryption", [=] { return why(client.get_bucket_encryption({.bucket = from})); }},
    };
}

/// A refusal without a document.
fault bare(unsigned status, const std::string& fields)
{
    return fault::raw_reply("HTTP/1.1 " + std::to_string(status) +
        " Refused\r\nx-cos-request-id: NmQ=\r\n" + fields + "Content-Length: 0\r\n\r\n");
}

TEST_CASE("regions: every operation names the one of a bucket elsewhere, and follows no redirect")
{
    emulated here(two_regions());
    auto elsewhere = here.config;
    elsewhere.region = "ap-shanghai";
    struct row
    {
        const config& with;
        std::string_view bucket;
        std::string region;
    };
    const std::vector<row> rows{
        {here.config, other, "ap-shanghai"}, {elsewhere, bucket, "ap-guangzhou"}};
    for (const auto& [with, from, region] : rows) {
        const cosio::client cos(here.context.get_executor(), with);
        const s3_client s3(here.context.get_executor(), with);
        const auto check = [&](const std::string& name, const std::function<error()>& run,
                               const std::string& endpoint) {
            CAPTURE(region);
            CAPTURE(name);
            const auto before = here.server.counters().requests.load();
            const auto why = run();
            CHECK(why.code == condition::wrong_region);
            CHECK(why.code == service_errc::permanent_redirect);
            const bool copies = name.ends_with("copy"); // Which of its buckets is not said.
            CHECK(why.region == (copies ? "" : region));
            CHECK(why.http_status == 301);
            CHECK(why.attempts == 1);
            const auto text = why.describe();
            CAPTURE(text);
            CHECK(text.find(std::string(copies ? "the bucket or the source of the copy"
                                               : "the bucket") +
                      " is in region " + region) != std::string::npos);
            CHECK(text.find(endpoint) != std::string::npos);
            const auto asked = here.server.counters().requests.load() - before;
            CHECK(asked == (name.find("HEAD") != std::string::npos ? 2 : 1));
        };
        for (const auto& [name, run] : operations(here, cos, from))
            check(name, run, "");
        for (const auto& [name, run] : operations(here, s3, from))
            check("S3 " + name, run,
                "names the endpoint " + std::string(from) + ".s3." + region + ".amazonaws.com");
    }
    // Nothing is wrong where the bucket is.
    CHECK(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "x"})));
    CHECK(here.get(here.cos.head_bucket({.bucket = bucket})).value().region == "ap-guangzhou");
    CHECK(here.get(here.cos.head_bucket({.bucket = "absent-1250000000"})).error().code ==
        condition::not_found);
}

TEST_CASE("regions: a signature for another one is no denial")
{
    emulated here;
    auto with = here.config;
    with.region = "eu-west-1";
    with.endpoint = here.server.https_endpoint(); // No region is in its name.
    const s3_client s3(here.context.get_executor(), with);
    for (const auto& [name, run] : operations(here, s3, bucket)) {
        CAPTURE(name);
        const auto why = run();
        CHECK(why.code == condition::wrong_region);
        CHECK(why.code == service_errc::wrong_region);
        CHECK(why.code != condition::access_denied);
        CHECK(why.service_code == "AuthorizationHeaderMalformed");
        CHECK(why.http_status == 400);
        CHECK(why.region == "ap-guangzhou");
    }
}

TEST_CASE("regions: a refusal without a code is of the region, where one is named")
{
    for (const unsigned status : {301U, 400U, 403U})
        for (const bool same : {false, true}) {
            CAPTURE(status);
            emulated here;
            const auto refused = bare(status,
                same ? "x-cos-bucket-region: ap-guangzhou\r\n"
                     : "x-cos-bucket-region: ap-shanghai\r\n");
            here.server.inject(refused);
            const auto got = here.get(here.cos.get_object({.bucket = bucket, .key = "k"})).error();
            here.server.inject(refused);
            auto learning = refused;
            here.server.inject(learning.skip(1));
            const auto head =
                here.get(here.cos.head_object({.bucket = bucket, .key = "k"})).error();
            for (const auto* const why : {&got, &head}) {
                CHECK((why->code == condition::wrong_region) == !same);
                CHECK(why->region == (same ? "" : "ap-shanghai"));
            }
        }
}

TEST_CASE("regions: what is said of a copy's source is not said of the bucket")
{
    struct row
    {
        std::string stated;
        std::string source;
        bool told;
    };
    const std::vector<row> rows{{"ap-beijing", "ap-beijing", false},
        {"ap-guangzhou", "ap-beijing", false}, {"ap-shanghai", "ap-beijing", true},
        {"ap-shanghai", "", true}};
    for (const auto& [stated, source, told] : rows) {
        CAPTURE(stated);
        emulated here;
        here.server.inject(bare(403, "x-cos-bucket-region: " + stated + "\r\n"));
        const auto why = here.get(here.cos.copy_object({.bucket = bucket,
                                      .key = "k",
                                      .copy_source = {.bucket = other,
                                          .key = "s",
                                          .region = source}}))
                             .error();
        CHECK(why.region.empty());
        CHECK(why.code == condition::access_denied);
        CHECK((why.message.find("the bucket or the source of the copy is in region " + stated) !=
                  std::string::npos) == told);
    }
    // The transfer asks for the source where that was said to be.
    for (const bool right : {true, false}) {
        emulated here(two_regions());
        const auto refused = bare(403,
            right ? "x-cos-bucket-region: ap-shanghai\r\n" : "x-cos-bucket-region: ap-beijing\r\n");
        here.server.inject(refused);
        auto learning = refused;
        here.server.inject(learning.skip(1));
        const auto why = here.get(here.cos.copy({.bucket = bucket,
                                      .key = "k",
                                      .copy_source = {.bucket = other,
                                          .key = "s",
                                          .region = "ap-shanghai"}}))
                             .error();
        CAPTURE(why.describe());
        CHECK(why.http_status == 403);
        CHECK(why.message.starts_with("the source of the copy: "));
        CHECK((why.code == condition::wrong_region) == !right);
        CHECK(why.region == (right ? "" : "ap-beijing"));
    }
}

} // namespace region_test
