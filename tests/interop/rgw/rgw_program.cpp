// cosio::s3_client on Ceph's RADOS Gateway: each row is what a client can meet there, and what it
// must make of it. Usage: rgw_program
// check|matrix|presign|presign-sealed|url-for-BUCKET[?PARAMETER], with what run.sh exports; the
// last prints a URL that makes a bucket, or changes one.

#include "conformance/matrix.hpp"
#include "encryption_rows.hpp"

#include <cosio/http/field_list.hpp>
#include <cosio/http/target.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace cosio;
using namespace rgw;

/// A URL that makes a bucket when it is PUT: the client has no operation for that.
int print_bucket_url(std::string_view what)
{
    const auto with = settings(way::path);
    const auto name = what.substr(0, what.find('?'));
    http::target target(std::string("/").append(name));
    if (name != what)
        target.add_parameter(what.substr(name.size() + 1));
    http::field_list fields;
    fields.add("Host", with.endpoint);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto done = auth::sig_v4_signer(with.region)
                          .presign(http::method::put, target, fields, with.credentials, now,
                              std::chrono::seconds(60));
    if (!done)
        throw std::runtime_error(done.error().describe());
    fmt::print("https://{}{}", with.endpoint, target.text());
    return EXIT_SUCCESS;
}

/// What it makes of each operation in each mode; whether that is as expected is read off the table.
int write_matrix()
{
    asio::io_context context;
    conformance::record into(variable("COSIO_CONFORMANCE_RECORD"));
    conformance::matrix<s3_client> all(s3_client(context.get_executor(), settings(way::path)),
        "matrix-bucket", "key-one", into);
    auto done = asio::co_spawn(context, all.run(), asio::use_future);
    context.run();
    done.get();
    return into.failed() ? EXIT_FAILURE : EXIT_SUCCESS;
}

class program : public encryption_rows
{
public:
    int check()
    {
        check_encryption();
        run("reads, conditions, ranges", [this] { return reads(); });
        run("listings and deletion", [this] { return listings(); });
        run("identity and hosts", [this] { return identity(); });
        return failures_ == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }

    int presign(bool sealed)
    {
        const get_object_request open{.bucket = bucket, .key = "plain"};
        const get_object_request by_key{.bucket = bucket, .key = "sealed", .sse = with(one_)};
        const auto url = s3_.presign(sealed ? by_key : open, std::chrono::seconds(60));
        fmt::print("{}", url.value().url);
        return EXIT_SUCCESS;
    }

private:
    asio::awaitable<void> reads()
    {
        const auto head = (co_await s3_.head_object({.bucket = bucket, .key = "plain"})).value();
        const auto get_if = [this](const conditions& when) {
            return s3_.get_object({.bucket = bucket, .key = "plain", .conditions = when});
        };
        succeeds(co_await get_if({.if_match = head.etag}), "If-Match");
        // The bytes are compared with an MD5 that goes along, those of a part too.
        const auto other = crypto::md5(detail::bytes_of(std::string_view("other"))).value();
        fails(co_await s3_.put_object(
                  {.bucket = bucket, .key = "k", .body = plain, .content_md5 = other}),
            service_errc::bad_digest, "another MD5");
        const auto begun =
            (co_await s3_.initiate_multipart_upload({.bucket = bucket, .key = "k"})).value();
        fails(co_await s3_.upload_part({.bucket = bucket,
                  .key = "k",
                  .upload_id = begun.upload_id,
                  .part_number = 1,
                  .body = plain,
                  .content_md5 = other}),
            service_errc::bad_digest, "another MD5 of a part");
        succeeds(co_await s3_.abort_multipart_upload(
                     {.bucket = bucket, .key = "k", .upload_id = begun.upload_id}),
            "abort");
        fails(co_await get_if({.if_match = "\"other\""}), service_errc::precondition_failed,
            "another If-Match");
        fails(co_await get_if({.if_none_match = head.etag}), service_errc::not_modified,
            "If-None-Match");
        fails(co_await s3_.get_object({.bucket = bucket,
                  .key = "plain",
                  .range = byte_range::between(1000, 2000)}),
            service_errc::invalid_range, "a range behind the end");
        fails(co_await s3_.get_object({.bucket = bucket, .key = "absent"}),
            service_errc::no_such_key, "get an absent object");
        fails(co_await s3_.head_object({.bucket = bucket, .key = "absent"}),
            service_errc::not_found, "head of an absent object");
        fails(co_await s3_.get_object({.bucket = "no-such-bucket", .key = "k"}),
            service_errc::no_such_bucket, "an absent bucket");
        // The answer comes while the body is still being sent.
        const auto large = pattern(20'000'000);
        fails(co_await s3_.put_object({.bucket = "no-such-bucket", .key = "k", .body = large}),
            service_errc::no_such_bucket, "a large body for an absent bucket");
        fails(co_await s3_.head_bucket({.bucket = "no-such-bucket"}), service_errc::not_found,
            "head of an absent bucket");
        succeeds(co_await s3_.head_bucket({.bucket = bucket}), "head bucket");
        // Errors with a length and no body leave the connection usable.
        right(s3_.counters().opened <= 2, "connections are used again");

        constexpr header metadata[] = {{"colour", "blue"}};
        constexpr tag tags[] = {{"a b", "c&d"}};
        succeeds(co_await s3_.put_object({.bucket = bucket,
                     .key = "described",
                     .body = plain,
                     .headers = {.content_type = "text/plain",
                         .cache_control = "no-cache",
                         .metadata = metadata,
                         .acl = acl::private_,
                         .tags = tags}}),
            "put with headers");
        const auto got = (co_await s3_.get_object({.bucket = bucket,
            .key = "described",
            .overrides = {.content_type = "text/html"}})).value();
        right(got.metadata == std::vector<metadata_entry>{{"colour", "blue"}} &&
                got.cache_control == "no-cache" && got.content_type == "text/html",
            "headers come back");
        // The gateway gives back the coding in which other clients send their bodies.
        succeeds(co_await s3_.put_object({.bucket = bucket,
                     .key = "described",
                     .body = plain,
                     .headers = {.content_encoding = "aws-chunked,x-mine"}}),
            "put in a coding");
        const auto coded = co_await s3_.head_object({.bucket = bucket, .key = "described"});
        right(coded && coded->content_encoding == "x-mine",
            "the coding is " + (coded ? coded->content_encoding : coded.error().describe()));
    }

    asio::awaitable<void> listings()
    {
        const std::vector<std::string> keys{
            "list/a b+c", "list/a&b<c>", "list/x//y", "list/目录/腾讯", "list/%2e"};
        for (const auto& key : keys)
            succeeds(co_await s3_.put_object({.bucket = bucket, .key = key, .body = "x"}), key);
        for (const std::uint32_t size : {1U, 2U, 0U}) {
            std::vector<std::string> seen;
            auto pages = s3_.object_pages({.bucket = bucket, .prefix = "list/", .max_keys = size});
            for (;;) {
                const auto page = (co_await pages.next()).value();
                if (!page)
                    break;
                for (const auto& object : page->objects)
                    seen.push_back(object.key);
            }
            right(seen ==
                    std::vector<std::string>{
                        "list/%2e", "list/a b+c", "list/a&b<c>", "list/x//y", "list/目录/腾讯"},
                fmt::format("pages of {}: {} keys", size, seen.size()));
        }
        const auto rolled = co_await s3_.list_objects(
            {.bucket = bucket, .prefix = "list/", .delimiter = "/", .marker = "list/a b+c"});
        right(rolled && rolled->objects.size() == 1 &&
                rolled->common_prefixes == std::vector<std::string>{"list/x/", "list/目录/"},
            "prefixes behind a key");
        std::vector<object_identifier> objects;
        for (const auto& key : keys)
            objects.push_back({.key = key});
        const auto gone = co_await s3_.delete_objects({.bucket = bucket, .objects = objects});
        right(gone && gone->deleted.size() == keys.size() && gone->failed.empty(),
            "delete objects");
        succeeds(co_await s3_.delete_object({.bucket = bucket, .key = "described"}), "delete");
        succeeds(co_await s3_.delete_object({.bucket = bucket, .key = "absent"}), "delete nothing");
    }

    asio::awaitable<void> identity()
    {
        const auto get_with = [this](const credentials& who) {
            auto with_them = settings(way::path);
            with_them.credentials = who;
            return s3_client(context_.get_executor(), with_them);
        };
        const auto other_key = get_with({variable("RGW_ACCESS_KEY"), "other"});
        fails(co_await other_key.get_object({.bucket = bucket, .key = "plain"}),
            service_errc::signature_does_not_match, "another secret key");
        const auto other_id = get_with({"OTHER", "other"});
        fails(co_await other_id.get_object({.bucket = bucket, .key = "plain"}),
            service_errc::invalid_access_key_id, "another access key");
        const auto nobody = get_with(credentials::anonymous());
        fails(co_await nobody.get_object({.bucket = bucket, .key = "plain"}),
            service_errc::access_denied, "anonymous");
        for (const auto* const each : {&by_host_, &over_http_}) {
            const std::string key = "dir/a b+c~d(1)/目录.txt";
            succeeds(co_await each->put_object({.bucket = bucket, .key = key, .body = plain}),
                "put by another way");
            const auto got = co_await each->get_object({.bucket = bucket, .key = key});
            right(got && got->body == plain, "get by another way");
        }
        succeeds(co_await by_host_.put_object(
                     {.bucket = "dotted.bucket", .key = "k", .body = plain}),
            "a bucket with a dot");
    }
};

} // namespace

int main(int count, char** words)
{
    const std::string_view what = count == 2 ? words[1] : "";
    constexpr std::string_view for_bucket = "url-for-";
    if (what != "check" && what != "matrix" && what != "presign" && what != "presign-sealed" &&
        !what.starts_with(for_bucket)) {
        fmt::print(
            stderr, "usage: rgw_program check|matrix|presign|presign-sealed|url-for-BUCKET\n");
        return 2;
    }
    try {
        if (what.starts_with(for_bucket))
            return print_bucket_url(what.substr(for_bucket.size()));
        if (what == "matrix")
            return write_matrix();
        return what == "check" ? program().check() : program().presign(what == "presign-sealed");
    } catch (const std::exception& problem) {
        fmt::print(stderr, "rgw_program: {}\n", problem.what());
        return EXIT_FAILURE;
    }
}
