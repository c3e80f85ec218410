// What a client meets at the gateway (16.2) that has to do with encryption. It stores some things
// in the clear that were to be encrypted; nothing of that may pass for success.

#ifndef COSIO_TESTS_INTEROP_RGW_ENCRYPTION_ROWS_HPP
#define COSIO_TESTS_INTEROP_RGW_ENCRYPTION_ROWS_HPP

#include "gateway.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace rgw {

class encryption_rows : public rows
{
public:
    void check_encryption()
    {
        run("SSE-C", [this] { return customer_keys(); });
        run("multipart with SSE-C", [this] { return multipart(); });
        run("copies", [this] { return copies(); });
        run("part copies", [this] { return part_copies(); });
        run("SSE-KMS", [this] { return kms(); });
        run("SSE-S3 and bucket encryption", [this] { return managed(); });
    }

private:
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
        struct piece
        {
            byte_range asked;
            std::size_t first;
            std::size_t size;
        };
        for (const auto& each : {piece{byte_range::between(0, 0), 0, 1},
                 piece{byte_range::between(1, 10), 1, 10},
                 piece{byte_range::between(4095, 4096), 4095, 2},
                 piece{byte_range::between(5000, 70000), 5000, 65001},
                 piece{byte_range::between(100'000, 200'000), 100'000, 1},
                 piece{byte_range::from(99'990), 99'990, 11},
                 piece{byte_range::suffix(7), 99'994, 7}}) {
            const auto part = co_await s3_.get_object(
                {.bucket = bucket, .key = "sealed", .sse = with(one_), .range = each.asked});
            right(part && part->body == body.substr(each.first, each.size),
                fmt::format("{} bytes from {} on", each.size, each.first));
        }
        fails(co_await s3_.get_object({.bucket = bucket,
                  .key = "sealed",
                  .sse = with(one_),
                  .range = byte_range::between(200'000, 300'000)}),
            service_errc::invalid_range, "a range behind the end");
        co_await without_the_right_key();
        co_await versions();
        const auto in_the_open = co_await over_http_.put_object(
            {.bucket = bucket, .key = "sealed", .body = body, .sse = with(one_)});
        fails(in_the_open, errc::sse_requires_tls, "a key over http");
        right(!in_the_open.error().request_was_sent, "a key over http is not sent");
        fails(co_await over_http_.get_object({.bucket = bucket, .key = "sealed"}),
            service_errc::invalid_request, "no key, over http");
    }

    asio::awaitable<void> without_the_right_key()
    {
        // No key and the wrong key: no more than "invalid" here, for HEAD as a GET tells.
        for (const auto& key : {sse::on_read(), sse::on_read(with(two_))}) {
            const auto refused = co_await s3_.get_object(
                {.bucket = bucket, .key = "sealed", .sse = key});
            fails(refused, service_errc::invalid_argument, "get without the right key");
            const auto no_head = co_await s3_.head_object(
                {.bucket = bucket, .key = "sealed", .sse = key});
            fails(no_head, service_errc::invalid_argument, "head without the right key");
        }

        // The gateway ignores a key that an object does not need.
        succeeds(co_await s3_.put_object({.bucket = bucket, .key = "plain", .body = plain}), "put");
        const auto needless = co_await s3_.get_object(
            {.bucket = bucket, .key = "plain", .sse = with(one_)});
        fails(needless, errc::encryption_not_applied, "a key for a plain object");
        const auto needless_head = co_await s3_.head_object(
            {.bucket = bucket, .key = "plain", .sse = with(one_)});
        fails(needless_head, errc::encryption_not_applied, "a key for the head of a plain object");

        succeeds(co_await s3_.put_object({.bucket = bucket, .key = "empty", .sse = with(one_)}),
            "an empty object");
        const auto empty = co_await s3_.get_object(
            {.bucket = bucket, .key = "empty", .sse = with(one_)});
        right(empty && empty->body.empty(), "an empty object");
        fails(co_await s3_.get_object({.bucket = bucket, .key = "empty"}),
            service_errc::invalid_argument, "an empty object without its key");
        // Conditions are looked at before the key.
        fails(co_await s3_.get_object({.bucket = bucket,
                  .key = "empty",
                  .conditions = {.if_match = "\"other\""}}),
            service_errc::precondition_failed, "If-Match without the key");
        const auto etag = empty.value().etag;
        fails(co_await s3_.get_object(
                  {.bucket = bucket, .key = "empty", .conditions = {.if_none_match = etag}}),
            service_errc::not_modified, "If-None-Match without the key");
        succeeds(co_await s3_.delete_object({.bucket = bucket, .key = "empty"}),
            "deletion without the key");
    }

    /// Each version has its own key.
    asio::awaitable<void> versions()
    {
        const auto put = [this](const customer_key& key) {
            return s3_.put_object({.bucket = "versioned-bucket",
                .key = "k",
                .body = plain,
                .sse = with(key)});
        };
        const auto get = [this](std::string_view version_id, const customer_key& key) {
            return s3_.get_object({.bucket = "versioned-bucket",
                .key = "k",
                .sse = with(key),
                .version_id = version_id});
        };
        const auto first = (co_await put(one_)).value();
        const auto second = (co_await put(two_)).value();
        right(!first.version_id.empty() && first.version_id != second.version_id, "versions");
        for (const auto& [version, key, other] :
            {std::tuple(&first, &one_, &two_), std::tuple(&second, &two_, &one_)}) {
            const auto got = co_await get(version->version_id, *key);
            right(got && got->body == plain && got->version_id == version->version_id, "a version");
            fails(co_await get(version->version_id, *other), service_errc::invalid_argument,
                "the key of another version");
        }
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
        // It is told as an error of the server: nothing is known of what became of the upload.
        fails(co_await s3_.complete_multipart_upload({.bucket = bucket,
                  .key = "k",
                  .upload_id = "no-such-upload",
                  .parts = wrong}),
            service_errc::internal_error, "no upload to complete");
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
        const sse::on_read& from_key, const sse::on_write& written, const sse::on_read& needed,
        byte_range range = {})
    {
        const auto begun = (co_await s3_.initiate_multipart_upload(
            {.bucket = bucket, .key = "of parts", .sse = written})).value();
        auto part = co_await s3_.upload_part_copy({.bucket = bucket,
            .key = "of parts",
            .upload_id = begun.upload_id,
            .part_number = 1,
            .copy_source = {.bucket = bucket, .key = from, .sse = from_key},
            .source_range = range,
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
        const auto piece = co_await part_copy(
            "plain", {}, with(one_), with(one_), byte_range::between(4, 8));
        right(piece && *piece == plain.substr(4, 5), "a range to SSE-C");
        const auto sealed_again = co_await part_copy(
            "sealed", with(one_), with(one_), with(one_), byte_range::between(4090, 8200));
        right(sealed_again && *sealed_again == pattern(100'001).substr(4090, 4111),
            "a range under the same key");
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
        const auto to_customer = co_await part_copy("by kms", {}, with(one_), with(one_));
        right(to_customer && *to_customer == plain, "a part copy to SSE-C");
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
};

} // namespace rgw

#endif
