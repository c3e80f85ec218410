// A refused HEAD has no document: what the service says of it is learnt by a GET.

#include "support/emulated.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace cosio;
using support::key_of;
using support::with;
using testing::fault;

namespace {

constexpr std::string_view bucket = support::bucket;

struct refusing : support::emulated
{
    [[nodiscard]] std::size_t requests(std::string_view method)
    {
        return static_cast<std::size_t>(std::ranges::count(
            server.requests(), method, [](const auto& one) { return one.method; }));
    }

    error head(sse::on_read sse = {})
    {
        return get(cos.head_object({.bucket = bucket, .key = "k", .sse = sse})).error();
    }
};

/// A reply to HEAD as the services send it: a status, and no word of the reason.
fault bare(unsigned status, const std::string& fields = {})
{
    return fault::raw_reply("HTTP/1.1 " + std::to_string(status) +
        " Refused\r\nx-cos-request-id: NmQ=\r\n" + fields + "Content-Length: 0\r\n\r\n");
}

fault document(unsigned status, const std::string& code, const std::string& more = {})
{
    const auto body = "<Error><Code>" + code + "</Code><Message>m</Message>" + more + "</Error>";
    return fault::raw_reply("HTTP/1.1 " + std::to_string(status) +
        " Refused\r\nx-cos-request-id: NmQ=\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body);
}

} // namespace

TEST_CASE("refused head: the code is the service's own")
{
    refusing here;
    const auto one = key_of(1);
    const auto two = key_of(2);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = "sealed", .sse = with(one)})));
    const std::vector<sse::on_read> keys{sse::none{}, with(two)};
    for (const auto& sse : keys) {
        const auto got =
            here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = sse})).error();
        const auto head = here.head(sse);
        CHECK_FALSE(head.service_code.empty());
        CHECK(head.service_code == got.service_code);
        CHECK(head.code == got.code);
        CHECK(head.http_status == got.http_status);
        CHECK(head.message == got.message);
        CHECK(head.attempts == 1);
    }
    CHECK(here.get(here.cos.head_object({.bucket = bucket, .key = "k", .sse = with(one)})));
}

TEST_CASE("refused head: refusals that look alike are told apart, once")
{
    struct row
    {
        unsigned status;
        std::string code;
        service_errc expected;
    };
    const std::vector<row> rows{
        {403, "AccessDenied", service_errc::access_denied},
        {403, "SignatureDoesNotMatch", service_errc::signature_does_not_match},
        {403, "InvalidAccessKeyId", service_errc::invalid_access_key_id},
        {301, "PermanentRedirect", service_errc::permanent_redirect},
        {400, "ExpiredToken", service_errc::expired_token},
    };
    for (const auto& [status, code, expected] : rows) {
        CAPTURE(code);
        refusing here;
        here.server.inject(bare(status));
        here.server.inject(document(status, code).skip(1));
        const auto why = here.head();
        CHECK(why.code == expected);
        CHECK(why.service_code == code);

        refusing bucket_head;
        bucket_head.server.inject(bare(status));
        bucket_head.server.inject(document(status, code).skip(1));
        CHECK(bucket_head.get(bucket_head.cos.head_bucket({.bucket = bucket})).error().code ==
            expected);
    }
}

TEST_CASE("refused head: it stands as it was when the question comes to something else")
{
    const std::vector<fault> answers{document(404, "NoSuchKey"), bare(403), document(503, "SlowDown"),
        fault::reset_after_request_bytes(10),
        fault::raw_reply("HTTP/1.1 206 Partial Content\r\nx-cos-request-id: a\r\nETag: \"e\"\r\n"
                         "Content-Range: bytes 0-0/1\r\nContent-Length: 1\r\n\r\nx")};
    for (auto answer : answers) {
        refusing here;
        here.server.inject(bare(403));
        here.server.inject(answer.skip(1));
        const auto why = here.head();
        CHECK(why.http_status == 403);
        CHECK(why.service_code.empty());
        CHECK(why.code == condition::access_denied);
    }
}

TEST_CASE("refused head: what its status says needs no question")
{
    for (const unsigned status : {304U, 404U, 412U}) {
        refusing here;
        here.server.inject(bare(status));
        CHECK(here.head().http_status == status);
        CHECK(here.requests("GET") == 0);
    }
}

TEST_CASE("refusals name the region of the bucket where it is another")
{
    struct row
    {
        unsigned status;
        std::string fields;
        std::string more;
        std::string region;
    };
    const std::vector<row> rows{
        {301, "x-cos-bucket-region: ap-shanghai\r\n", "", "ap-shanghai"},
        {400, "x-cos-bucket-region: ap-shanghai\r\n", "", "ap-shanghai"},
        {403, "x-cos-bucket-region: ap-shanghai\r\n", "", "ap-shanghai"},
        {400, "", "<Region>ap-shanghai</Region>", "ap-shanghai"},
        {403, "x-cos-bucket-region: ap-guangzhou\r\n", "", ""}, // That of the client.
        {404, "x-cos-bucket-region: ap-shanghai\r\n", "", ""},
        {400, "x-cos-bucket-region: ap shanghai\r\n", "", ""},
        {403, "", "", ""},
    };
    for (const auto& [status, fields, more, region] : rows) {
        CAPTURE(status);
        CAPTURE(fields);
        refusing here;
        REQUIRE(here.config.region == "ap-guangzhou");
        here.server.inject(bare(status, fields));
        here.server.inject(document(status, "Refused", more).skip(1));
        const auto why = here.head();
        CHECK(why.region == region);
        CHECK((why.describe().find("is in region") != std::string::npos) == !region.empty());
    }
}
