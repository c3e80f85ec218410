// Every operation in every encryption mode, on one server, through one client: what the table in
// docs/conformance.md says of our clients. See table.py for the form of a record.

#ifndef COSIO_TESTS_CONFORMANCE_MATRIX_HPP
#define COSIO_TESTS_CONFORMANCE_MATRIX_HPP

#include "support/temporary_directory.hpp"

#include <cosio.hpp>
#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>

#include <asio/awaitable.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace conformance {

using namespace cosio;

constexpr std::string_view passed = "passed";
/// Of what cannot be tried, as the server took nothing in this mode before.
constexpr std::string_view not_served = "-";

/// What became of an operation: an error by the server's code where it gave one.
template <class T>
[[nodiscard]] std::string outcome_of(const result<T>& got)
{
    if (got)
        return std::string(passed);
    const auto& why = got.error();
    if (why.code == errc::encryption_not_applied)
        return "told: not encrypted";
    if (why.code == errc::malformed_response)
        return "told: not the reply";
    if (!why.service_code.empty())
        return "refused: " + why.service_code;
    if (why.http_status >= 300)
        return fmt::format("refused: HTTP {}", why.http_status);
    return "FAILED: " + why.describe();
}

/// The lines about one peer. Throws when the file cannot be written.
class record
{
public:
    explicit record(const std::string& path) : file_(path, std::ios::app)
    {
        if (!file_)
            throw std::runtime_error("cannot write " + path);
    }

    void add(std::string_view operation, std::string_view mode, std::string_view outcome)
    {
        fmt::print("  {}, {}: {}\n", operation, mode, outcome);
        file_ << operation << '|' << mode << '|' << outcome << '\n' << std::flush;
        all_passed_ = all_passed_ && outcome == passed;
        failed_ = failed_ || outcome.starts_with("FAILED");
    }

    /// Of what has to be refused.
    void add_refusal(std::string_view operation, std::string_view mode, std::string_view outcome)
    {
        const bool before = std::exchange(all_passed_, true);
        const bool is_refusal = outcome.starts_with("refused: ");
        add(operation, mode, is_refusal ? outcome : "FAILED: not refused");
        all_passed_ = before && is_refusal;
    }

    void add_version(std::string_view text) { file_ << "version|" << text << '\n' << std::flush; }

    /// For servers that are to serve all.
    [[nodiscard]] bool all_passed() const noexcept { return all_passed_; }
    /// Whether something was neither done nor refused.
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    std::ofstream file_;
    bool all_passed_ = true;
    bool failed_ = false;
};

/// Works in `bucket`, under the prefix `matrix/`. One use.
template <class Client>
class matrix
{
public:
    /// `kms_key` is one that the server has.
    matrix(Client on, std::string bucket, const std::string& kms_key, record& into)
        : cos_(std::move(on)), bucket_(std::move(bucket)), kms_key_(kms_key), record_(into)
    {}

    [[nodiscard]] asio::awaitable<void> run()
    {
        for (const auto& each : modes_) {
            const auto there = co_await object(each);
            co_await multipart(each);
            co_await files(each);
            co_await copy_in_parts(each);
            co_await copies("copy object", &matrix::copied, each, there);
            co_await copies("part copy", &matrix::part_copied, each, there);
            co_await restore(each);
        }
        co_await wrong_keys();
        co_await reads();
        co_await listings();
        co_await bucket();
        co_await deletion(); // Last: it takes the source of the copies.
    }

private:
    static constexpr std::size_t part_size = Client::dialect::minimum_part_size;
    static constexpr std::size_t large_size = part_size + 12'345;

    struct mode
    {
        std::string_view name;
        sse::on_write written;
        sse::on_read needed;
        encryption_mode confirmed;
    };

    [[nodiscard]] static std::string pattern(std::size_t size)
    {
        std::string text(size, '\0');
        for (std::size_t i = 0; i != size; ++i)
            text[i] = static_cast<char>((i * 31 + i / 253) & 255U);
        return text;
    }

    [[nodiscard]] static std::string key_of(const mode& how)
    {
        return fmt::format("matrix/{}", how.name);
    }

    /// What `get` made of an object that has to have these bytes and this encryption.
    [[nodiscard]] static std::string compared(
        const result<get_object_result>& got, std::string_view body, const mode& how)
    {
        if (got && (got->body != body || got->sse.mode != how.confirmed))
            return "FAILED: other bytes or another encryption: " + got->sse.describe();
        return outcome_of(got);
    }

    /// Reads what was written to `key`, once it was: the outcome of both.
    [[nodiscard]] asio::awaitable<std::string> confirmed(
        std::string_view written, std::string_view key, std::string_view body, const mode& how)
    {
        if (written != passed)
            co_return std::string(written);
        const auto got =
            co_await cos_.get_object({.bucket = bucket_, .key = key, .sse = how.needed});
        co_return compared(got, body, how);
    }

    /// Whether the object is there for what comes next.
    [[nodiscard]] asio::awaitable<bool> object(const mode& how)
    {
        const auto key = key_of(how);
        const auto body = pattern(9000);
        const auto put = co_await cos_.put_object(
            {.bucket = bucket_, .key = key, .body = body, .sse = how.written});
        const auto written = outcome_of(put);
        record_.add("put object", how.name, written);
        if (!put) {
            for (const auto* const each : {"get object", "get object, range", "head object"})
                record_.add(each, how.name, not_served);
            co_return false;
        }
        const auto read = co_await confirmed(written, key, body, how);
        record_.add("get object", how.name, read);
        const auto range = co_await cos_.get_object({.bucket = bucket_,
            .key = key,
            .sse = how.needed,
            .range = byte_range::between(4090, 8200)});
        record_.add("get object, range", how.name,
            compared(range, std::string_view(body).substr(4090, 4111), how));
        const auto head =
            co_await cos_.head_object({.bucket = bucket_, .key = key, .sse = how.needed});
        const bool right = !head || (head->size == body.size() && head->sse.mode == how.confirmed);
        record_.add("head object", how.name, right ? outcome_of(head) : "FAILED: another object");
        co_return true;
    }

    [[nodiscard]] asio::awaitable<void> multipart(const mode& how)
    {
        const auto key = key_of(how) + "/multipart";
        const auto body = pattern(large_size);
        const auto begun = co_await cos_.initiate_multipart_upload(
            {.bucket = bucket_, .key = key, .sse = how.written});
        std::string outcome = outcome_of(begun);
        std::vector<std::string> etags;
        for (std::uint32_t number = 1; outcome == passed && number != 3; ++number) {
            const auto part = co_await cos_.upload_part({.bucket = bucket_,
                .key = key,
                .upload_id = begun->upload_id,
                .part_number = number,
                .body = std::string_view(body).substr((number - 1) * part_size, part_size),
                .sse = how.needed});
            outcome = outcome_of(part);
            if (part)
                etags.push_back(part->etag);
        }
        if (outcome == passed) {
            const completed_part parts[] = {{1, etags[0]}, {2, etags[1]}};
            const auto done = co_await cos_.complete_multipart_upload({.bucket = bucket_,
                .key = key,
                .upload_id = begun->upload_id,
                .parts = parts,
                .expected_sse = how.written});
            outcome = outcome_of(done);
        }
        const auto whole = co_await confirmed(outcome, key, body, how);
        record_.add("multipart upload", how.name, whole);
    }

    [[nodiscard]] asio::awaitable<void> files(const mode& how)
    {
        const auto key = key_of(how) + "/file";
        const auto body = pattern(large_size);
        const auto path = folder_.write("source", body);
        const auto target = folder_ / "target";
        transfer_options options;
        options.part_size = part_size;
        options.threshold = part_size;
        const auto up = co_await cos_.upload_file(
            {.bucket = bucket_, .key = key, .path = path, .sse = how.written, .options = options});
        // Where no CRC64 is stated, an ETag that is no MD5 leaves nothing to prove.
        const bool provable = up && (up->crc64_verified || up->md5_verified ||
            std::holds_alternative<sse::kms>(how.written) ||
            std::holds_alternative<sse::customer>(how.written));
        const bool checked = !up || (up->parts == 2 && provable);
        record_.add("upload file", how.name, checked ? outcome_of(up) : "FAILED: not checked");
        if (!up)
            co_return record_.add("download file", how.name, not_served);
        const auto down = co_await cos_.download_file(
            {.bucket = bucket_, .key = key, .path = target, .sse = how.needed, .options = options});
        const bool right = !down || folder_.read("target") == body;
        record_.add("download file", how.name, right ? outcome_of(down) : "FAILED: other bytes");
    }

    /// Of the large object without encryption.
    [[nodiscard]] asio::awaitable<void> copy_in_parts(const mode& how)
    {
        const auto from = key_of(modes_[0]) + "/file";
        const auto key = key_of(how) + "/copy in parts";
        transfer_options options;
        options.part_size = part_size;
        options.threshold = part_size;
        const auto done = co_await cos_.copy({.bucket = bucket_,
            .key = key,
            .copy_source = {.bucket = bucket_, .key = from},
            .sse = how.written,
            .options = options});
        const auto body = pattern(large_size);
        const auto written = done && done->parts != 2 ? "FAILED: not in parts" : outcome_of(done);
        const auto whole = co_await confirmed(written, key, body, how);
        record_.add("copy in parts into", how.name, whole);
    }

    [[nodiscard]] asio::awaitable<std::string> copied(const mode& from, const mode& to)
    {
        const auto key = key_of(from) + "/copy";
        const auto source_key = key_of(from);
        const auto done = co_await cos_.copy_object({.bucket = bucket_,
            .key = key,
            .copy_source = {.bucket = bucket_, .key = source_key, .sse = from.needed},
            .sse = to.written});
        const auto body = pattern(9000);
        const auto written = outcome_of(done);
        auto outcome = co_await confirmed(written, key, body, to);
        co_return outcome;
    }

    using copying = asio::awaitable<std::string> (matrix::*)(const mode& from, const mode& to);

    /// Into a mode, and, if there is an object in it, from it.
    [[nodiscard]] asio::awaitable<void> copies(
        std::string_view what, copying copy, const mode& how, bool there)
    {
        auto outcome = co_await (this->*copy)(modes_[0], how);
        record_.add(fmt::format("{} into", what), how.name, outcome);
        outcome = not_served;
        if (there)
            outcome = co_await (this->*copy)(how, modes_[0]);
        record_.add(fmt::format("{} from", what), how.name, outcome);
    }

    [[nodiscard]] asio::awaitable<std::string> part_copied(const mode& from, const mode& to)
    {
        const auto key = key_of(from) + "/part copy";
        const auto source_key = key_of(from);
        const auto begun = co_await cos_.initiate_multipart_upload(
            {.bucket = bucket_, .key = key, .sse = to.written});
        if (!begun)
            co_return outcome_of(begun);
        const auto part = co_await cos_.upload_part_copy({.bucket = bucket_,
            .key = key,
            .upload_id = begun->upload_id,
            .part_number = 1,
            .copy_source = {.bucket = bucket_, .key = source_key, .sse = from.needed},
            .sse = to.needed});
        if (!part) {
            const auto gone = co_await cos_.abort_multipart_upload(
                {.bucket = bucket_, .key = key, .upload_id = begun->upload_id});
            co_return gone ? outcome_of(part) : "FAILED: abort";
        }
        const completed_part parts[] = {{1, part->etag}};
        const auto done = co_await cos_.complete_multipart_upload({.bucket = bucket_,
            .key = key,
            .upload_id = begun->upload_id,
            .parts = parts,
            .expected_sse = to.written});
        const auto body = pattern(9000);
        const auto written = outcome_of(done);
        auto outcome = co_await confirmed(written, key, body, to);
        co_return outcome;
    }

    [[nodiscard]] asio::awaitable<void> restore(const mode& how)
    {
        const auto key = key_of(how) + "/archived";
        const auto put = co_await cos_.put_object({.bucket = bucket_,
            .key = key,
            .body = "x",
            .sse = how.written,
            .headers = {.storage_class = storage_class::archive}});
        if (!put)
            co_return record_.add("restore object", how.name, outcome_of(put));
        const auto asked =
            co_await cos_.restore_object({.bucket = bucket_, .key = key, .sse = how.needed});
        record_.add("restore object", how.name, outcome_of(asked));
    }

    [[nodiscard]] asio::awaitable<void> wrong_keys()
    {
        const auto& how = modes_.back();
        const auto key = key_of(how);
        const sse::on_read other = sse::customer{other_key_, other_key_.md5()};
        for (const auto& [needed, with] :
            {std::pair(sse::on_read(), "no key"), std::pair(other, "other key")}) {
            const auto got =
                co_await cos_.get_object({.bucket = bucket_, .key = key, .sse = needed});
            const auto head =
                co_await cos_.head_object({.bucket = bucket_, .key = key, .sse = needed});
            record_.add_refusal(fmt::format("get object, {}", with), how.name, outcome_of(got));
            record_.add_refusal(fmt::format("head object, {}", with), how.name, outcome_of(head));
        }
    }

    /// Of what has no encryption mode.
    void add(std::string_view operation, std::string_view outcome)
    {
        record_.add(operation, modes_[0].name, outcome);
    }

    [[nodiscard]] asio::awaitable<void> reads()
    {
        const auto key = key_of(modes_[0]);
        const auto head = co_await cos_.head_object({.bucket = bucket_, .key = key});
        const auto etag = head.value().etag;
        const auto same = co_await cos_.get_object(
            {.bucket = bucket_, .key = key, .conditions = {.if_none_match = etag}});
        const bool unchanged = !same && same.error().code == service_errc::not_modified;
        add("get object, If-None-Match", unchanged ? passed : "FAILED: " + outcome_of(same));
    }

    [[nodiscard]] asio::awaitable<void> listings()
    {
        const std::vector<std::string> keys{
            "matrix list/a b+c", "matrix list/a&b<c>", "matrix list/x//y", "matrix list/目录"};
        std::vector<object_identifier> objects;
        for (const auto& key : keys) {
            const auto put = co_await cos_.put_object({.bucket = bucket_, .key = key, .body = "x"});
            static_cast<void>(put.value());
            objects.push_back({.key = key});
        }
        std::vector<std::string> seen;
        auto pages =
            cos_.object_pages({.bucket = bucket_, .prefix = "matrix list/", .max_keys = 3});
        for (;;) {
            const auto page = co_await pages.next();
            if (!page.value())
                break;
            for (const auto& one : (*page)->objects)
                seen.push_back(one.key);
        }
        add("list objects", seen == keys ? passed : "FAILED: other keys");
        const auto gone = co_await cos_.delete_objects({.bucket = bucket_, .objects = objects});
        const bool all = !gone || gone->deleted.size() == keys.size();
        add("delete objects", all ? outcome_of(gone) : "FAILED: not all");
        co_await uploads();
    }

    [[nodiscard]] asio::awaitable<void> uploads()
    {
        const std::string key = "matrix list/given up";
        const auto begun = co_await cos_.initiate_multipart_upload({.bucket = bucket_, .key = key});
        const auto id = begun.value().upload_id;
        const auto part = co_await cos_.upload_part(
            {.bucket = bucket_, .key = key, .upload_id = id, .part_number = 1, .body = "x"});
        static_cast<void>(part.value());
        const auto parts =
            co_await cos_.list_parts({.bucket = bucket_, .key = key, .upload_id = id});
        const bool one = !parts || parts->parts.size() == 1;
        add("list parts", one ? outcome_of(parts) : "FAILED: other parts");
        const auto uploads =
            co_await cos_.list_multipart_uploads({.bucket = bucket_, .prefix = key});
        const bool listed = !uploads || uploads->uploads.at(0).upload_id == id;
        add("list uploads", listed ? outcome_of(uploads) : "FAILED: other uploads");
        const auto gone =
            co_await cos_.abort_multipart_upload({.bucket = bucket_, .key = key, .upload_id = id});
        add("abort upload", outcome_of(gone));
    }

    [[nodiscard]] asio::awaitable<void> bucket()
    {
        const auto head = co_await cos_.head_bucket({.bucket = bucket_});
        add("head bucket", outcome_of(head));
        const auto put = co_await cos_.put_bucket_encryption({.bucket = bucket_});
        add("put bucket encryption", outcome_of(put));
        const auto got = co_await cos_.get_bucket_encryption({.bucket = bucket_});
        add("get bucket encryption", outcome_of(got));
        const auto gone = co_await cos_.delete_bucket_encryption({.bucket = bucket_});
        add("delete bucket encryption", outcome_of(gone));
    }

    [[nodiscard]] asio::awaitable<void> deletion()
    {
        const auto key = key_of(modes_[0]);
        const auto gone = co_await cos_.delete_object({.bucket = bucket_, .key = key});
        const auto head = co_await cos_.head_object({.bucket = bucket_, .key = key});
        const bool absent = !head && head.error().code == condition::not_found;
        add("delete object", absent ? outcome_of(gone) : "FAILED: it is there");
    }

    const customer_key key_ = customer_key::from_text("00000000000000000000000000000001").value();
    const customer_key other_key_ =
        customer_key::from_text("00000000000000000000000000000002").value();
    Client cos_;
    std::string bucket_;
    std::string kms_key_;
    record& record_;
    support::temporary_directory folder_{};
    const std::vector<mode> modes_{
        {"none", sse::bucket_default{}, sse::none{}, encryption_mode::none},
        {"SSE-COS, SSE-S3", sse::cos_managed{}, sse::none{}, encryption_mode::cos_managed},
        {"SSE-KMS", sse::kms{}, sse::none{}, encryption_mode::kms},
        {"SSE-KMS, key and context", sse::kms{kms_key_, R"({"department":"finance"})"}, sse::none{},
            encryption_mode::kms},
        {"SSE-C", sse::customer{key_, key_.md5()}, sse::customer{key_, key_.md5()},
            encryption_mode::customer}};
};

} // namespace conformance

#endif
