// What refusals say of regions and endpoints, and what errors make of it.

#include "operation/encoding_support.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>
#include <cosio/error.hpp>
#include <cosio/operation/shared/bucket_region.hpp>
#include <cosio/operation/shared/service_error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace cosio;
using cosio::operation::judge_region;
using cosio::operation::region_verdict;
using dialect::cos;
using dialect::s3;
using support::bare_reply;

namespace {

std::string document(const std::string& code, const std::string& more)
{
    return "<Error><Code>" + code + "</Code><Message>m</Message>" + more + "</Error>";
}

} // namespace

TEST_CASE("region: what can be the name of one")
{
    for (const std::string& good : {std::string("ap-guangzhou"), std::string("us-east-1"),
             std::string("default"), std::string("a"), std::string(63, 'a')})
        CHECK(operation::is_region_name(good));
    for (const std::string& bad :
        {std::string(), std::string("ap_guangzhou"), std::string("AP-Guangzhou"), std::string("1a"),
            std::string("-a"), std::string("a-"), std::string("a.b"), std::string("a b"),
            std::string("a\n"), std::string("a\0b", 3), std::string("a/b"), std::string("a\xc3\xa4"),
            std::string("http://a"), std::string(64, 'a')})
        CHECK_FALSE(operation::is_region_name(bad));
}

TEST_CASE("region: what a stated one means")
{
    struct row
    {
        const char* stated;
        const char* asked;
        const char* source; // Empty: no copy.
        bool about_signature;
        region_verdict expected;
    };
    using enum region_verdict;
    const std::vector<row> rows{
        {"", "r-1", "", false, nothing},
        {"r-1", "r-1", "", false, nothing},
        {"r-1", "R-1", "", false, nothing},
        {"r-2", "r-1", "", false, bucket_elsewhere},
        {"r-2", "r-1", "", true, bucket_elsewhere},
        {"r-2", "", "", false, unknown},
        {"r-2", "accelerate", "", false, unknown},
        // A copy: from the region of the bucket, and from another.
        {"r-1", "r-1", "r-1", false, nothing},
        {"r-2", "r-1", "r-1", false, either_elsewhere},
        {"r-1", "r-1", "r-2", false, nothing},
        {"r-2", "r-1", "r-2", false, nothing}, // The source, where it was said to be.
        {"r-3", "r-1", "r-2", false, either_elsewhere},
        {"r-2", "r-1", "r-1", true, bucket_elsewhere}, // Signed for the bucket's alone.
        {"r-2", "r-1", "r-2", true, bucket_elsewhere},
        {"r-2", "", "r-1", false, either_elsewhere},
    };
    for (const auto& each : rows) {
        CAPTURE(each.stated);
        CAPTURE(each.asked);
        CAPTURE(each.source);
        CAPTURE(each.about_signature);
        CHECK(judge_region({each.stated, each.asked, each.source, each.about_signature}) ==
            each.expected);
    }
}

TEST_CASE("region: which refusals are of a wrong one")
{
    struct row
    {
        unsigned status;
        std::string fields;
        std::string body;
        const char* region;    // What the error names.
        service_errc expected; // Where condition::wrong_region follows from it.
    };
    using enum service_errc;
    const std::string elsewhere = "x-amz-bucket-region: eu-west-1\r\n";
    const std::string here = "x-amz-bucket-region: us-east-1\r\n";
    const std::string region = "<Region>eu-west-1</Region>";
    const auto malformed = document("AuthorizationHeaderMalformed", region);
    const std::vector<row> rows{
        // A signature for another region.
        {400, "", malformed, "eu-west-1", wrong_region},
        {400, elsewhere, document("AuthorizationHeaderMalformed", ""), "eu-west-1", wrong_region},
        {400, "", document("AuthorizationQueryParametersError", region), "eu-west-1", wrong_region},
        {400, "", document("AuthorizationHeaderMalformed", ""), "", authorization_malformed},
        {400, here, document("AuthorizationHeaderMalformed", ""), "", authorization_malformed},
        {400, "", document("AuthorizationHeaderMalformed", "<Region>us-east-1</Region>"), "",
            authorization_malformed},
        {400, "", document("AuthorizationHeaderMalformed", "<Region>eu_west</Region>"), "",
            authorization_malformed},
        {400, elsewhere, document("AuthorizationHeaderMalformed", "<Region>sa-east-1</Region>"),
            "eu-west-1", wrong_region},
        {400, "", document("IllegalLocationConstraintException", ""), "", wrong_region},
        // Without a code.
        {400, elsewhere, "", "eu-west-1", wrong_region},
        {403, elsewhere, "", "eu-west-1", wrong_region},
        {301, elsewhere, "", "eu-west-1", wrong_region},
        {307, elsewhere, "", "eu-west-1", wrong_region},
        {403, "x-cos-bucket-region: ap-beijing\r\n", "", "ap-beijing", wrong_region},
        {400, here, "", "", bad_request},
        {403, here, "", "", forbidden},
        {301, here, "", "", unexpected_status},
        {403, "", "", "", forbidden},
        {403, "x-amz-bucket-region: eu_west_1\r\n", "", "", forbidden},
        {403, "x-amz-bucket-region: EU\r\n", "", "", forbidden},
        {404, elsewhere, "", "", not_found},
        {500, elsewhere, "", "", server_error},
        // With another code: that stands, and the region is told.
        {403, elsewhere, document("AccessDenied", ""), "eu-west-1", access_denied},
        {400, elsewhere, document("InvalidRequest", ""), "eu-west-1", invalid_request},
        {404, elsewhere, document("NoSuchKey", region), "", no_such_key},
        {301, elsewhere, document("PermanentRedirect", ""), "eu-west-1", permanent_redirect},
        {307, "", document("TemporaryRedirect", ""), "", temporary_redirect},
        {307, "", document("Redirect", ""), "", temporary_redirect},
    };
    for (const auto& each : rows) {
        CAPTURE(each.status);
        CAPTURE(each.fields);
        CAPTURE(each.body);
        auto why =
            operation::decode_service_error<s3>(bare_reply(each.status, each.fields, each.body));
        const auto said = why.service_code;
        for (int twice = 0; twice != 2; ++twice) {
            operation::tell_region(why, "us-east-1", {});
            CHECK(why.region == each.region);
            CHECK(why.code == each.expected);
            CHECK(why.service_code == said);
        }
        const bool wrong = each.expected == wrong_region || each.expected == permanent_redirect ||
            each.expected == temporary_redirect;
        CHECK((why.code == condition::wrong_region) == wrong);
        CHECK((why.code == condition::access_denied) ==
            (each.expected == access_denied || each.expected == forbidden ||
                each.expected == authorization_malformed));
    }
}

TEST_CASE("region: of a copy, whose bucket and source may both be meant")
{
    const auto bare = bare_reply(403, "x-cos-bucket-region: ap-shanghai\r\n", "");
    auto why = operation::decode_service_error<cos>(bare);
    for (int twice = 0; twice != 2; ++twice) {
        operation::tell_region(why, "ap-guangzhou", "ap-beijing");
        CHECK(why.region.empty());
        CHECK(why.code == service_errc::forbidden);
        CHECK(why.message ==
            "forbidden (403, no code); the bucket or the source of the copy is in region "
            "ap-shanghai");
    }
    why = operation::decode_service_error<cos>(bare);
    operation::tell_region(why, "ap-guangzhou", "ap-shanghai");
    CHECK(why.message.empty());
    CHECK(why.region.empty());
    CHECK(why.code == service_errc::forbidden);
}

TEST_CASE("region: where a redirect leads is told as data")
{
    const std::string said = "m; the service names the endpoint ";
    struct row
    {
        std::string endpoint;
        std::string told; // Empty: nothing.
        std::string region;
    };
    const std::vector<row> rows{
        {"b.s3.eu-west-1.amazonaws.com", "b.s3.eu-west-1.amazonaws.com", "eu-west-1"},
        {"b.s3-us-west-2.amazonaws.com", "b.s3-us-west-2.amazonaws.com", "us-west-2"},
        {"s3.amazonaws.com", "s3.amazonaws.com", ""},
        {"127.0.0.1:9000", "127.0.0.1:9000", ""},
        {"store.example.org:443", "store.example.org:443", ""},
        {"", "", ""},
        {"a b", "", ""},
        {"http://evil.example/", "", ""},
        {"evil.example/x", "", ""},
        {"a\nb", "", ""},
        {"a&amp;b", "", ""},
        {"a.example:99999", "", ""},
        {std::string(254, 'a'), "", ""},
        {std::string(100'000, 'a'), "", ""},
    };
    for (const auto& each : rows)
        for (const char* const code : {"PermanentRedirect", "TemporaryRedirect"}) {
            CAPTURE(each.endpoint);
            auto why = operation::decode_service_error<s3>(bare_reply(code[0] == 'P' ? 301 : 307, "",
                document(code, "<Endpoint>" + each.endpoint + "</Endpoint>")));
            CHECK(why.message == (each.told.empty() ? "m" : said + each.told));
            CHECK(why.region == each.region);
            CHECK(why.describe().find(each.told) != std::string::npos);
        }
    // The header says it better than the name of a host; other refusals lead nowhere.
    const std::string endpoint = "<Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint>";
    CHECK(operation::decode_service_error<s3>(bare_reply(301,
              "x-amz-bucket-region: sa-east-1\r\n", document("PermanentRedirect", endpoint)))
              .region == "sa-east-1");
    const auto other = operation::decode_service_error<s3>(
        bare_reply(403, "", document("AccessDenied", endpoint)));
    CHECK(other.region.empty());
    CHECK(other.message == "m");
}

TEST_CASE("region: in the name of a host")
{
    const std::vector<std::pair<const char*, const char*>> of_cos{
        {"b-1.cos.ap-guangzhou.myqcloud.com", "ap-guangzhou"},
        {"cos.ap-guangzhou.myqcloud.com", "ap-guangzhou"},
        {"b-1.cos.eu-frankfurt.tencentcos.cn", "eu-frankfurt"},
        {"b-1.cos.accelerate.myqcloud.com", ""},
        {"service.cos.myqcloud.com", ""},
        {"xcos.ap-guangzhou.myqcloud.com", ""},
        {"cos.myqcloud.com", ""},
        {"myqcloud.com", ""},
        {".myqcloud.com", ""},
        {"b.s3.eu-west-1.amazonaws.com", ""},
        {"cos.ap-guangzhou.myqcloud.com.evil.example", ""},
    };
    for (const auto& [host, region] : of_cos) {
        CAPTURE(host);
        CHECK(cos::region_of_host(host) == region);
    }
    const std::vector<std::pair<const char*, const char*>> of_s3{
        {"s3.eu-west-1.amazonaws.com", "eu-west-1"},
        {"b.s3.eu-west-1.amazonaws.com", "eu-west-1"},
        {"b.c.s3.cn-north-1.amazonaws.com.cn", "cn-north-1"},
        {"b.s3-us-west-2.amazonaws.com", "us-west-2"},
        {"b.s3.dualstack.us-west-2.amazonaws.com", "us-west-2"},
        {"b.s3-fips.us-east-1.amazonaws.com", "us-east-1"},
        {"s3-fips-us-gov-west-1.amazonaws.com", "us-gov-west-1"},
        {"s3.amazonaws.com", ""},
        {"b.s3.amazonaws.com", ""},
        {"b.s3-accelerate.amazonaws.com", ""},
        {"b.s3-website-us-east-1.amazonaws.com", ""},
        {"b.ec2.us-east-1.amazonaws.com", ""},
        {".amazonaws.com", ""},
        {"s3.eu-west-1.example.org", ""},
    };
    for (const auto& [host, region] : of_s3) {
        CAPTURE(host);
        CHECK(s3::region_of_host(host) == region);
    }
}
