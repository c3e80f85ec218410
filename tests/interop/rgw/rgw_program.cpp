// cosio::s3_client on Ceph's RADOS Gateway: each row is what a client can meet there, and what it must
// make of it. The gateway (16.2) stores some things in the clear that were to be encrypted, and takes
// some requests for others; nothing of that may pass for success.
// Usage: rgw_program check|matrix|presign|url-for-BUCKET, with what run.sh exports; the last prints a
// URL that makes a bucket.

#include "conformance/matrix.hpp"

#include <cosio.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using namespace cosio;

constexpr std::string_view bucket = "sealed-objects";
constexpr std::string_view plain = "the plaintext";
constexpr std::size_t part_size = dialect::s3::minimum_part_size;

std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>((i * 31 + i / 253) & 255U);
    return text;
}

std::string variable(const char* name)
{
    const char* const value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error(fmt::format("{} is not set", name));
    return value;
}

/// How the client reaches the gateway.
enum class way { path, virtual_host, http };

config settings(way how)
{
    config out;
    out.region = "default";
    out.credentials = credentials(variable("RGW_ACCESS_KEY"), variable("RGW_SECRET_KEY"));
    out.tls.ca_file = variable("RGW_CA_FILE");
    out.retry.maximum_attempts = 1;
    const auto https = variable("RGW_HTTPS_ENDPOINT");
    if (how == way::http) {
        out.scheme = scheme::http;
        out.endpoint = variable("RGW_HTTP_ENDPOINT");
    } else if (how == way::path) {
        out.endpoint = https;
    } else {
        out.endpoint = variable("RGW_NAME") + https.substr(https.find(':'));
        out.connect_to = https;
    }
    return out;
}

/// A URL that makes a bucket when it is PUT: the client has no operation for that.
int print_bucket_url(std::string_view name)
{
    const auto with = settings(way::path);
    http::target target(std::string("/").append(name));
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

class program
{
public:
    program()
        : one_(customer_key::from_text("00000000000000000000000000000001").value()),
          two_(customer_key::from_text("00000000000000000000000000000002").value()),
          s3_(context_.get_executor(), settings(way::path)),
          by_host_(context_.get_executor(), settings(way::virtual_host)),
          over_http_(context_.get_executor(), settings(way::http))
    {}

    int check()
    {
        run("SSE-C", [this] { return customer_keys(); });
        run("multipart with SSE-C", [this] { return multipart(); });
        run("copies", [this] { return copies(); });
        run("part copies", [this] { return part_copies(); });
        run("SSE-KMS", [this] { return kms(); });
        run("SSE-S3 and bucket encryption", [this] { return managed(); });
        run("reads, conditions, ranges", [this] { return reads(); });
        run("listings and deletion", [this] { return listings(); });
        run("identity and hosts", [this] { return identity(); });
        return failures_ == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }

    int presign()
    {
        const auto url = s3_.presign(
            get_object_request{.bucket = bucket, .key = "plain"}, std::chrono::seconds(60));
        fmt::print("{}", url.value().url);
        return EXIT_SUCCESS;
    }

private:
    template <class Body>
    void run(std::string_view what, Body&& body)
    {
        const auto before = failures_;
        try {
            auto done = asio::co_spawn(context_, body(), asio::use_future);
            context_.restart();
            context_.run();
            done.get();
        } catch (const std::exception& problem) {
            fmt::print("    FAILED: {}\n", problem.what());
            ++failures_;
        }
        fmt::print("  {}: {}\n", what, failures_ == before ? "right" : "WRONG");
        std::fflush(stdout);
    }

    void right(bool is_right, std::string_view what)
    {
        if (is_right)
            return;
        fmt::print("    FAILED: {}\n", what);
        ++failures_;
    }

    /// The result is an error with this code, an `errc` or a `service_errc`.
    template <class T>
    void fails(const result<T>& got, std::error_code code, std::string_view what)
    {
        if (!got && got.error().code == code)
            return;
        fmt::print("    FAILED: {}: {}, not {}\n", what,
            got ? std::string("success") : got.error().describe(), code.message());
        ++failures_;
    }

    template <class T>
    void succeeds(const result<T>& got, std::string_view what)
    {
        if (got)
            return;
        fmt::print("    FAILED: {}: {}\n", what, got.error().describe());
        ++failures_;
    }

    [[nodiscard]] static sse::customer with(const customer_key& key) { return {key, key.md5()}; }

    asio::awaitable<void> customer_keys()
    {
        const auto body = pattern(100'001);
        const auto put = co_await s3_.put_object(
            {.bucket = bucket, .key = "sealed", .body = body, .sse = with(one_)});
        succeeds(put, "put");
        right(put && put->sse.mode == encryption_mode::customer && put->md5_verified, "confirmed");
        const auto got = co_await s3_.get_object(
            {.bucket = bucket, .key = "sealed", .sse = with(one_)});
        right(got && got->body == body, "get");
        const auto head = co_await s3_.head_object(
            {.bucket = bucket, .key = "sealed", .sse = with(one_)});
        right(head && head->size == body.size(), "head");
        for (const auto& [first, last] :
            {std::pair(0, 0), std::pair(1, 10), std::pair(4095, 4096), std::pair(5000, 70000)}) {
            const auto part = co_await s3_.get_object({.bucket = bucket,
                .key = "sealed",
                .sse = with(one_),
                .range = byte_range::between(
                    static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last))});
            right(part && part->body == body.substr(static_cast<std::size_t>(first),
                              static_cast<std::size_t>(last - first + 1)),
                fmt::format("range {}-{}", first, last));
        }

        // No key and the wrong key: no more than "invalid" here, and for HEAD no code at all.
        for (const auto& key : {sse::on_read(), sse::on_read(with(two_))}) {
            const auto refused = co_await s3_.get_object(
                {.bucket = bucket, .key = "sealed", .sse = key});
            fails(refused, service_errc::invalid_argument, "get without the right key");
            const auto no_head = co_await s3_.head_object(
                {.bucket = bucket, .key = "sealed", .sse = key});
            fails(no_head, service_errc::bad_request, "head without the right key");
        }

        // The gateway ignores a key that an object does not need.
        succeeds(co_await s3_.put_object({.bucket = bucket, .key = "plain", .body = plain}), "put");
        const auto needless = co_await s3_.get_object(
            {.bucket = bucket, .key = "plain", .sse = with(one_)});
        fails(needless, errc::encryption_not_applied, "a key for a plain object");

        succeeds(co_await s3_.put_object({.bucket = bucket, .key = "empty", .sse = with(one_)}),
            "an empty object");
        const auto empty = co_await s3_.get_object(
            {.bucket = bucket, .key = "empty", .sse = with(one_)});
        right(empty && empty->body.empty(), "an empty object");
        const auto in_the_open = co_await over_http_.put_object(
            {.bucket = bucket, .key = "sealed", .body = body, .sse = with(one_)});
        fails(in_the_open, errc::sse_requires_tls, "a key over http");
        right(!in_the_open.error().request_was_sent, "a key over http is not sent");
    }

    asio::awaitable<result<std::string>> upload(
        std::string_view key, const std::string& body, const sse::on_write& written,
        const sse::on_read& needed)
    {
        auto begun = co_await s3_.initiate_multipart_upload(
            {.bucket = bucket, .key = key, .sse = written});
        if (!begun)
            co_return std::move(begun).error();
        std::vector<std::string> etags;
        for (std::size_t at = 0; at < body.size(); at += part_size) {
            auto part = co_await s3_.upload_part({.bucket = bucket,
                .key = key,
                .upload_id = begun->upload_id,
                .part_number = static_cast<std::uint32_t>(etags.size() + 1),
                .body = std::string_view(body).substr(at, part_size),
                .sse = needed});
            if (!part)
                co_return std::move(part).error();
            etags.push_back(part->etag);
        }
        std::vector<completed_part> parts;
        for (const auto& etag : etags)
            parts.push_back({static_cast<std::uint32_t>(parts.size() + 1), etag});
        auto done = co_await s3_.complete_multipart_upload({.bucket = bucket,
            .key = key,
            .upload_id = begun->upload_id,
            .parts = parts,
            .expected_sse = written});
        if (!done)
            co_return std::move(done).error();
        co_return done->etag; // Which this version leaves empty.
    }

    asio::awaitable<void> multipart()
    {
        const auto body = pattern(2 * part_size + 12'345);
        succeeds(co_await upload("sealed parts", body, with(one_), with(one_)), "upload");
        const auto got = co_await s3_.get_object(
            {.bucket = bucket, .key = "sealed parts", .sse = with(one_)});
        right(got && got->body == body && got->etag.ends_with("-3\""), "get");
        const auto over_border = co_await s3_.get_object({.bucket = bucket,
            .key = "sealed parts",
            .sse = with(one_),
            .range = byte_range::between(part_size - 7, part_size + 9)});
        right(over_border && over_border->body == body.substr(part_size - 7, 17), "a border");

        const auto sealed = (co_await s3_.initiate_multipart_upload(
            {.bucket = bucket, .key = "k", .sse = with(one_)})).value();
        const auto open = (co_await s3_.initiate_multipart_upload(
            {.bucket = bucket, .key = "k"})).value();
        const auto part = [this](std::string_view upload_id, const sse::on_read& key) {
            return s3_.upload_part({.bucket = bucket,
                .key = "k",
                .upload_id = upload_id,
                .part_number = 1,
                .body = plain,
                .sse = key});
        };
        fails(co_await part(sealed.upload_id, {}), service_errc::invalid_argument, "no key");
        fails(co_await part(sealed.upload_id, with(two_)), service_errc::invalid_argument,
            "another key");
        fails(co_await part(open.upload_id, with(one_)), errc::encryption_not_applied,
            "a key for an open upload");
        fails(co_await part("no-such-upload", {}), service_errc::no_such_upload, "no upload");
        const auto small = (co_await part(open.upload_id, {})).value();
        const auto complete = [&](std::span<const completed_part> parts) {
            return s3_.complete_multipart_upload({.bucket = bucket,
                .key = "k",
                .upload_id = open.upload_id,
                .parts = parts});
        };
        const completed_part wrong[] = {{1, "\"00000000000000000000000000000000\""}};
        fails(co_await complete(wrong), service_errc::invalid_part, "another ETag");
        const auto second = (co_await s3_.upload_part({.bucket = bucket,
            .key = "k",
            .upload_id = open.upload_id,
            .part_number = 2,
            .body = plain})).value();
        const completed_part too_small[] = {{1, small.etag}, {2, second.etag}};
        fails(co_await complete(too_small), service_errc::entity_too_small, "a small part");
        const auto listed = co_await s3_.list_parts(
            {.bucket = bucket, .key = "k", .upload_id = open.upload_id});
        right(listed && listed->parts.size() == 2, "list parts");
        const auto uploads = co_await s3_.list_multipart_uploads({.bucket = bucket});
        right(uploads && uploads->uploads.size() == 2, "list uploads");
        for (const auto& id : {sealed.upload_id, open.upload_id})
            succeeds(co_await s3_.abort_multipart_upload(
                         {.bucket = bucket, .key = "k", .upload_id = id}),
                "abort");
    }

    asio::awaitable<result<copy_object_result>> copy(
        std::string_view from, const sse::on_read& needed, const sse::on_write& written)
    {
        auto copied = co_await s3_.copy_object({.bucket = bucket,
            .key = "copied",
            .copy_source = {.bucket = bucket, .key = from, .sse = needed},
            .sse = written});
        co_return copied;
    }

    asio::awaitable<void> copies()
    {
        succeeds(co_await copy("plain", {}, {}), "plain to plain");
        const auto got = co_await s3_.get_object({.bucket = bucket, .key = "copied"});
        right(got && got->body == plain, "the copy");
        // These are stored in the clear, with a 200.
        for (const auto& written : {sse::on_write(with(one_)), sse::on_write(sse::cos_managed{}),
                 sse::on_write(sse::kms{"key-one"})})
            fails(co_await copy("plain", {}, written), errc::encryption_not_applied,
                "a copy that is not encrypted");
        for (const auto& written : {sse::on_write(), sse::on_write(with(two_))})
            fails(co_await copy("sealed", with(one_), written), service_errc::not_implemented,
                "a copy of a sealed object");
        const auto replaced = co_await s3_.copy_object({.bucket = bucket,
            .key = "plain",
            .copy_source = {.bucket = bucket, .key = "plain"},
            .directive = metadata_directive::replace,
            .headers = {.content_type = "text/plain"}});
        succeeds(replaced, "a copy onto itself");
        const auto absent = co_await copy("absent", {}, {});
        fails(absent, service_errc::no_such_key, "no source");
    }

    asio::awaitable<result<std::string>> part_copy(std::string_view from,
        const sse::on_read& from_key, const sse::on_write& written, const sse::on_read& needed)
    {
        const auto begun = (co_await s3_.initiate_multipart_upload(
            {.bucket = bucket, .key = "of parts", .sse = written})).value();
        auto part = co_await s3_.upload_part_copy({.bucket = bucket,
            .key = "of parts",
            .upload_id = begun.upload_id,
            .part_number = 1,
            .copy_source = {.bucket = bucket, .key = from, .sse = from_key},
            .sse = needed});
        if (!part) {
            static_cast<void>(co_await s3_.abort_multipart_upload(
                {.bucket = bucket, .key = "of parts", .upload_id = begun.upload_id}));
            co_return std::move(part).error();
        }
        const completed_part parts[] = {{1, part->etag}}; // Without quotes here.
        auto done = co_await s3_.complete_multipart_upload({.bucket = bucket,
            .key = "of parts",
            .upload_id = begun.upload_id,
            .parts = parts,
            .expected_sse = written});
        if (!done)
            co_return std::move(done).error();
        auto got = co_await s3_.get_object({.bucket = bucket, .key = "of parts", .sse = needed});
        if (!got)
            co_return std::move(got).error();
        co_return std::move(got->body);
    }

    asio::awaitable<void> part_copies()
    {
        const auto open = co_await part_copy("plain", {}, {}, {});
        right(open && *open == plain, open ? "plain to plain" : open.error().describe());
        const auto sealed = co_await part_copy("plain", {}, with(one_), with(one_));
        right(sealed && *sealed == plain,
            "plain to SSE-C: " + (sealed ? *sealed : sealed.error().describe()));
        const auto by_kms = co_await part_copy("plain", {}, sse::kms{"key-one"}, {});
        right(by_kms && *by_kms == plain,
            "plain to SSE-KMS: " + (by_kms ? *by_kms : by_kms.error().describe()));
        // The gateway opens the source with the key of the destination.
        fails(co_await part_copy("sealed", with(one_), with(two_), with(two_)),
            service_errc::invalid_argument, "one key to another");
    }

    asio::awaitable<void> kms()
    {
        const auto put = co_await s3_.put_object({.bucket = bucket,
            .key = "by kms",
            .body = plain,
            .sse = sse::kms{"key-one", R"({"department":"finance"})"}});
        succeeds(put, "put");
        right(put && put->sse.kms_key_id == "key-one", "the key is confirmed");
        const auto got = co_await s3_.get_object({.bucket = bucket, .key = "by kms"});
        right(got && got->body == plain && got->sse.mode == encryption_mode::kms, "get");
        fails(co_await s3_.get_object({.bucket = bucket, .key = "by kms", .sse = with(one_)}),
            errc::encryption_not_applied, "a customer key for it");
        // It reads like wrong credentials, and must not be retried with others.
        fails(co_await s3_.put_object(
                  {.bucket = bucket, .key = "k", .body = plain, .sse = sse::kms{"none"}}),
            service_errc::invalid_access_key_id, "no such KMS key");
        fails(co_await s3_.put_object(
                  {.bucket = bucket, .key = "k", .body = plain, .sse = sse::kms{}}),
            service_errc::invalid_argument, "no default KMS key");
        fails(co_await over_http_.put_object(
                  {.bucket = bucket, .key = "k", .body = plain, .sse = sse::kms{"key-one"}}),
            service_errc::invalid_request, "over http");
        const auto body = pattern(part_size + 777);
        succeeds(co_await upload("kms parts", body, sse::kms{"key-two"}, {}), "upload");
        const auto whole = co_await s3_.get_object({.bucket = bucket, .key = "kms parts"});
        right(whole && whole->body == body, "the parts");
        fails(co_await copy("by kms", {}, {}), service_errc::not_implemented, "a copy");
    }

    asio::awaitable<void> managed()
    {
        // Stored in the clear, with a 200.
        fails(co_await s3_.put_object(
                  {.bucket = bucket, .key = "k", .body = plain, .sse = sse::cos_managed{}}),
            errc::encryption_not_applied, "SSE-S3");
        // A sub-resource that it does not know is passed over: this makes a bucket,
        fails(co_await s3_.put_bucket_encryption({.bucket = bucket}),
            service_errc::invalid_argument, "put bucket encryption");
        // this lists one,
        fails(co_await s3_.get_bucket_encryption({.bucket = bucket}), errc::malformed_response,
            "get bucket encryption");
        // and this deletes one, unless it holds something.
        succeeds(co_await s3_.put_object({.bucket = "kept-bucket", .key = "k", .body = plain}),
            "put");
        fails(co_await s3_.delete_bucket_encryption({.bucket = "kept-bucket"}),
            service_errc::bucket_not_empty, "delete bucket encryption");
    }

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

    customer_key one_;
    customer_key two_;
    asio::io_context context_{};
    s3_client s3_;
    s3_client by_host_;
    s3_client over_http_;
    int failures_ = 0;
};

} // namespace

int main(int count, char** words)
{
    const std::string_view what = count == 2 ? words[1] : "";
    constexpr std::string_view for_bucket = "url-for-";
    if (what != "check" && what != "matrix" && what != "presign" && !what.starts_with(for_bucket)) {
        fmt::print(stderr, "usage: rgw_program check|matrix|presign|url-for-BUCKET\n");
        return 2;
    }
    try {
        if (what.starts_with(for_bucket))
            return print_bucket_url(what.substr(for_bucket.size()));
        if (what == "matrix")
            return write_matrix();
        return what == "check" ? program().check() : program().presign();
    } catch (const std::exception& problem) {
        fmt::print(stderr, "rgw_program: {}\n", problem.what());
        return EXIT_FAILURE;
    }
}
