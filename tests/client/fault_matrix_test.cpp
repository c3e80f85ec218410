// Every fault the emulator knows, against every operation, in the clear and with a customer key:
// each ends as it should, and the next operation on the same client succeeds.

#include "support/emulated.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fault_matrix_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using support::with;
using testing::fault;

/// How an operation ended: with nothing, or an error.
using ending = std::optional<error>;

template <class T>
ending ending_of(result<T> got)
{
    return got ? ending() : ending(std::move(got).error());
}

/// One operation on objects that are there.
struct operation
{
    std::string_view name;
    std::function<ending(emulated&, const client&)> run;
    /// Facts that decide how it ends.
    bool idempotent = true;
    bool encrypts = false;   ///< The reply to it has to confirm the encryption.
    bool has_crc64 = false;  ///< The reply to it states a CRC64 that is compared.
    bool reads_body = false; ///< The reply to it is an object.
    bool sends_body = false; ///< Its body is covered by that CRC64.
    bool embeds_errors = false;
    bool final = false; ///< Done once, it is not found when it is done again.
};

struct setting
{
    bool sealed;
    customer_key key = key_of(1);
    std::string upload_id{};
    /// Uploads of one part, to be completed and to be aborted.
    std::string whole_upload_id{};
    std::string vain_upload_id{};
    std::string etag{};

    [[nodiscard]] sse::on_write on_write() const
    {
        return sealed ? sse::on_write(with(key)) : sse::on_write();
    }
    [[nodiscard]] sse::on_read on_read() const
    {
        return sealed ? sse::on_read(with(key)) : sse::on_read();
    }
};

const std::string text = pattern(5'000);

/// Objects and an upload for the operations to work on. Made anew for each fault.
setting prepare(emulated& here, bool sealed)
{
    setting made{.sealed = sealed};
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = text, .sse = made.on_write()})));
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "archived", .body = text,
        .sse = made.on_write(), .headers = {.storage_class = storage_class::archive}})));
    REQUIRE(here.get(here.cos.put_bucket_encryption(
        {.bucket = bucket, .encryption = sse::cos_managed()})));
    for (auto* const id : {&made.upload_id, &made.whole_upload_id, &made.vain_upload_id}) {
        *id = here.get(here.cos.initiate_multipart_upload(
            {.bucket = bucket, .key = "parts", .sse = made.on_write()})).value().upload_id;
        made.etag = here.get(here.cos.upload_part({.bucket = bucket, .key = "parts",
            .upload_id = *id, .part_number = 1, .body = text,
            .sse = made.on_read()})).value().etag;
    }
    return made;
}

asio::awaitable<result<void>> read_all(client cos, const setting& at)
{
    auto reader = co_await cos.open_object(
        {.bucket = bucket, .key = "k", .sse = at.on_read()});
    if (!reader)
        co_return std::move(reader).error();
    std::string buffer(1000, ' ');
    for (;;) {
        auto got = co_await reader->read_some(std::as_writable_bytes(std::span(buffer)));
        if (!got)
            co_return std::move(got).error();
        if (*got == 0)
            co_return result<void>();
    }
}

#define COSIO_OPERATION(call) \
    [&at](emulated& here, const client& cos) { \
        static_cast<void>(at); \
        return ending_of(here.get(cos.call)); \
    }

std::vector<operation> operations(const setting& at)
{
    return {
        {.name = "put", .run = COSIO_OPERATION(put_object({.bucket = bucket, .key = "new",
             .body = text, .sse = at.on_write()})),
            .encrypts = true, .has_crc64 = true, .sends_body = true},
        {.name = "get", .run = COSIO_OPERATION(get_object({.bucket = bucket, .key = "k",
             .sse = at.on_read()})),
            .encrypts = true, .has_crc64 = true, .reads_body = true},
        {.name = "head", .run = COSIO_OPERATION(head_object({.bucket = bucket, .key = "k",
             .sse = at.on_read()})), .encrypts = true},
        {.name = "copy", .run = COSIO_OPERATION(copy_object({.bucket = bucket, .key = "copy",
             .copy_source = {.bucket = bucket, .key = "k", .sse = at.on_read()},
             .sse = at.on_write()})),
            .encrypts = true, .embeds_errors = true},
        {.name = "delete", .run = COSIO_OPERATION(delete_object({.bucket = bucket,
             .key = "absent"}))},
        {.name = "delete multiple", .run = [](emulated& here, const client& cos) {
             const std::vector<object_identifier> keys{{"absent"}, {"neither"}};
             return ending_of(
                 here.get(cos.delete_objects({.bucket = bucket, .objects = keys})));
         }},
        {.name = "restore", .run = COSIO_OPERATION(restore_object({.bucket = bucket,
             .key = "archived", .days = 1, .sse = at.on_read()}))},
        {.name = "initiate", .run = COSIO_OPERATION(initiate_multipart_upload({.bucket = bucket,
             .key = "new parts", .sse = at.on_write()})),
            .idempotent = false, .encrypts = true},
        {.name = "upload part", .run = COSIO_OPERATION(upload_part({.bucket = bucket,
             .key = "parts", .upload_id = at.upload_id, .part_number = 2, .body = text,
             .sse = at.on_read()})),
            .encrypts = true, .has_crc64 = true, .sends_body = true},
        {.name = "upload part copy", .run = COSIO_OPERATION(upload_part_copy({.bucket = bucket,
             .key = "parts", .upload_id = at.upload_id, .part_number = 3,
             .copy_source = {.bucket = bucket, .key = "k", .sse = at.on_read()},
             .sse = at.on_read()})),
            .embeds_errors = true},
        {.name = "list parts", .run = COSIO_OPERATION(list_parts({.bucket = bucket,
             .key = "parts", .upload_id = at.upload_id}))},
        {.name = "list uploads", .run = COSIO_OPERATION(list_multipart_uploads({
             .bucket = bucket}))},
        {.name = "list objects", .run = COSIO_OPERATION(list_objects({.bucket = bucket}))},
        {.name = "head bucket", .run = COSIO_OPERATION(head_bucket({.bucket = bucket}))},
        {.name = "put encryption", .run = COSIO_OPERATION(put_bucket_encryption({
             .bucket = bucket, .encryption = sse::cos_managed()}))},
        {.name = "get encryption", .run = COSIO_OPERATION(get_bucket_encryption({
             .bucket = bucket}))},
        {.name = "delete encryption", .run = COSIO_OPERATION(delete_bucket_encryption({
             .bucket = bucket}))},
        {.name = "get into a buffer", .run = [&at](emulated& here, const client& cos) {
             std::string buffer(text.size(), ' ');
             return ending_of(here.get(cos.get_object_into(
                 {.bucket = bucket, .key = "k", .sse = at.on_read()},
                 std::as_writable_bytes(std::span(buffer)))));
         }, .encrypts = true, .has_crc64 = true, .reads_body = true},
        {.name = "open and read", .run = [&at](emulated& here, const client& cos) {
             return ending_of(here.get(read_all(cos, at)));
         }, .encrypts = true, .has_crc64 = true, .reads_body = true},
        {.name = "complete", .run = [&at](emulated& here, const client& cos) {
             const std::vector<completed_part> parts{{1, at.etag}};
             return ending_of(here.get(cos.complete_multipart_upload({.bucket = bucket,
                 .key = "parts", .upload_id = at.whole_upload_id, .parts = parts,
                 .expected_sse = at.on_write()})));
         }, .encrypts = true, .embeds_errors = true, .final = true},
        {.name = "abort", .run = COSIO_OPERATION(abort_multipart_upload({.bucket = bucket,
             .key = "parts", .upload_id = at.vain_upload_id}))},
    };
}

#undef COSIO_OPERATION

/// A fault, and how an operation that meets it once may end.
struct trouble
{
    std::string_view name;
    std::function<fault()> make;
    std::function<void(const operation&, const setting&, const ending&)> check;
};

void succeeds(const ending& seen)
{
    CHECK_MESSAGE(!seen, (seen ? seen->describe() : std::string()));
}

void fails_with(const ending& seen, std::error_code code)
{
    REQUIRE(seen);
    CHECK_MESSAGE(seen->code == code, seen->describe());
}

/// A moment's trouble: whatever may be repeated gets through.
void passes(const operation& what, const setting&, const ending& seen)
{
    if (seen && what.final) {
        CHECK(seen->code == service_errc::no_such_upload);
        CHECK(seen->may_have_executed());
        return;
    }
    if (what.idempotent)
        return succeeds(seen);
    REQUIRE(seen);
    CHECK(seen->attempts == 1);
}

const std::vector<trouble>& troubles()
{
    static const std::vector<trouble> all{
        {"503 SlowDown", [] { return fault::reply_with(503, "SlowDown"); }, passes},
        {"500 without a request id", [] { return fault::reply_with(500, "", false); }, passes},
        {"429", [] { return fault::reply_with(429, "TooManyRequests"); }, passes},
        {"504", [] { return fault::reply_with(504, ""); }, passes},
        {"refused early", [] { return fault::refuse_early(503, "SlowDown"); }, passes},
        {"reset before a reply", [] { return fault::reset_after_reply_bytes(0); }, passes},
        {"closed within the head", [] { return fault::close_after_reply_bytes(20); }, passes},
        {"reset within the request", [] { return fault::reset_after_request_bytes(50); }, passes},
        {"too late", [] { return fault::delay(400ms); }, passes},
        {"stalled within the head", [] { return fault::drip(30, 400ms); }, passes},
        {"403", [] { return fault::reply_with(403, "AccessDenied"); },
            [](const operation&, const setting&, const ending& seen) {
                REQUIRE(seen);
                CHECK(seen->code == condition::access_denied);
                CHECK(seen->attempts == 1);
            }},
        {"not HTTP", [] { return fault::raw_reply("SSH-2.0-OpenSSH_9.2\r\n\r\n"); },
            [](const operation&, const setting&, const ending& seen) {
                fails_with(seen, errc::malformed_response);
            }},
        {"an error inside a 200", [] { return fault::error_inside_200("InternalError"); },
            [](const operation& what, const setting& at, const ending& seen) {
                if (what.embeds_errors)
                    passes(what, at, seen);
            }},
        {"a wrong CRC64", [] { return fault::wrong_crc64(); },
            [](const operation& what, const setting&, const ending& seen) {
                if (what.has_crc64)
                    return fails_with(seen, errc::checksum_mismatch);
                succeeds(seen);
            }},
        {"a bit of the reply", [] { return fault::flip_reply_bit(12'345); },
            [](const operation& what, const setting&, const ending& seen) {
                if (what.reads_body)
                    fails_with(seen, errc::checksum_mismatch);
            }},
        {"a bit of the request", [] { return fault::flip_request_bit(12'345); },
            [](const operation& what, const setting&, const ending& seen) {
                if (what.sends_body)
                    fails_with(seen, errc::checksum_mismatch);
            }},
        {"encryption that is not confirmed", [] { return fault::silent_encryption(); },
            [](const operation& what, const setting& at, const ending& seen) {
                if (at.sealed && what.encrypts)
                    return fails_with(seen, errc::encryption_not_applied);
                succeeds(seen);
            }},
        {"slow, but not too slow", [] { return fault::drip(64, 1ms); },
            [](const operation&, const setting&, const ending& seen) { succeeds(seen); }},
    };
    return all;
}

void run_matrix(bool sealed)
{
    emulated here;
    here.config.retry = retry_settings();
    here.config.retry.base_delay = 1ms;
    here.config.timeouts.first_byte = here.config.timeouts.stall = 200ms;
    std::size_t cells = 0;
    for (const auto& each : troubles()) {
        const auto at = prepare(here, sealed);
        const auto cos = here.client(here.config);
        for (const auto& what : operations(at)) {
            CAPTURE(each.name);
            CAPTURE(what.name);
            here.server.inject(each.make());
            each.check(what, at, what.run(here, cos));
            here.server.clear_faults();
            CHECK(cos.counters().in_use == 0);
            const auto after = here.get(cos.get_object(
                {.bucket = bucket, .key = "k", .sse = at.on_read()}));
            REQUIRE(after);
            REQUIRE((after->body == text));
            ++cells;
        }
        for (const char* const key : {"k", "archived", "new", "copy", "parts"})
            static_cast<void>(here.get(here.cos.delete_object({.bucket = bucket, .key = key})));
    }
    CHECK(cells == 18 * 21);
}

TEST_CASE("faults: every fault on every operation in the clear") { run_matrix(false); }
TEST_CASE("faults: every fault on every operation with a customer key") { run_matrix(true); }

TEST_CASE("faults: a request that is cut off at every 4 KiB is sent again, whole")
{
    emulated here;
    here.config.retry = retry_settings();
    here.config.retry.base_delay = 0ms;
    here.config.retry.budget = 1000;
    const auto cos = here.client(here.config);
    const auto body = pattern(150'000);
    for (const bool sealed : {false, true}) {
        const setting at{.sealed = sealed};
        for (const bool resets : {false, true})
            for (std::size_t cut = 0; cut < body.size(); cut += 4096) {
                CAPTURE(cut);
                const auto before = here.server.counters().requests.load();
                here.server.inject(resets ? fault::reset_after_request_bytes(cut)
                                          : fault::close_after_request_bytes(cut));
                REQUIRE(here.get(cos.put_object(
                    {.bucket = bucket, .key = "k", .body = body, .sse = at.on_write()})));
                CHECK(here.server.counters().requests == before + 2);
                const auto back = here.get(
                    cos.get_object({.bucket = bucket, .key = "k", .sse = at.on_read()}));
                REQUIRE(back);
                REQUIRE((back->body == body));
            }
    }
}

TEST_CASE("faults: a reply in pieces of every size is read the same")
{
    emulated here;
    const auto key = key_of(2);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = "0123456789", .sse = with(key)})));
    for (std::size_t piece = 1; piece < 800; piece += piece < 40 ? 1 : 37) {
        here.server.inject(fault::drip(piece, 0ms));
        const auto got =
            here.get(here.cos.get_object({.bucket = bucket, .key = "k", .sse = with(key)}));
        REQUIRE(got);
        CHECK(got->body == "0123456789");
    }
}

} // namespace fault_matrix_test
