// Makes every allocation of the pure layers fail in turn: what was asked for then fails with
// std::bad_alloc or an error, nothing crashes, and nothing leaks.

#include "operation/encoding_support.hpp"

#include <cosio/auth/q_signer.hpp>
#include <cosio/net/pool.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/put_bucket_encryption.hpp>
#include <cosio/operation/put_object.hpp>
#include <cosio/operation/restore_object.hpp>
#include <cosio/operation/upload_part.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

thread_local std::size_t allocations_until_failure = never;
thread_local std::ptrdiff_t live_allocations = 0;

void* allocate(std::size_t size)
{
    if (allocations_until_failure != never && allocations_until_failure-- == 0) {
        allocations_until_failure = 0; // From here on there is no memory at all.
        throw std::bad_alloc();
    }
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr)
        throw std::bad_alloc();
    ++live_allocations;
    return memory;
}

void release(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    --live_allocations;
    std::free(memory);
}

} // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace {

using namespace cosio;
using support::bucket;
using support::key_one;
using support::key_two;
using support::reply;
using support::with;

/// Runs `work` with the first allocation failing, then the second, and so on until it succeeds by
/// itself. `work` yields whether it succeeded; how many allocations it takes is returned.
template <class Work>
std::size_t torture(Work work)
{
    REQUIRE(work()); // What is made once is made now.
    for (std::size_t count = 0;; ++count) {
        const auto before = live_allocations;
        bool threw = false;
        bool succeeded = false;
        allocations_until_failure = count;
        try {
            succeeded = work();
        } catch (const std::bad_alloc&) {
            threw = true;
        }
        const bool failed_one = allocations_until_failure == 0;
        allocations_until_failure = never;
        CHECK(live_allocations == before);
        if (succeeded && !failed_one)
            return count;
        CHECK((threw || !succeeded || failed_one));
        REQUIRE(count < 100'000);
    }
}

template <template <class> class Operation>
std::size_t torture_encode(const typename Operation<support::cos>::request_type& request)
{
    const auto where = support::endpoint();
    return torture([&] {
        return Operation<support::cos>::encode(request, where).has_value();
    });
}

template <template <class> class Operation>
std::size_t torture_decode(const typename Operation<support::cos>::request_type& request,
    const std::string& head, const std::string& body)
{
    using of = Operation<support::cos>;
    const auto prepared = support::encode<Operation>(request).value();
    return torture([&] {
        operation::reply got;
        http::response_parser parser;
        if (!parser.parse(head, got.head))
            return false;
        got.body = body;
        got.body_size = body.size();
        if (operation::missing_proof(got.head, of::what.proof, of::what.name,
                operation::request_id_in<support::cos>(got.head), "x-cos-request-id") ||
            operation::refusal_of<support::cos>(got, of::what))
            return false;
        return operation::decoded<of>(prepared.expected, std::move(got)).has_value();
    });
}

const std::string ok = "HTTP/1.1 200 OK\r\nx-cos-request-id: NWU5ZjZhYWJfMjQ4OGY3MGFfMWExXzE=\r\n"
                       "ETag: \"0123456789abcdef0123456789abcdef\"\r\nContent-Length: 0\r\n\r\n";

TEST_CASE("torture: encoding requests")
{
    const header metadata[] = {{"one", "1"}, {"two", "a longer value of metadata"}};
    CHECK(torture_encode<operation::put_object>({.bucket = bucket,
              .key = "some/key with spaces and 腾讯云",
              .body = "00000",
              .sse = with(key_one()),
              .headers = {.content_type = "text/plain", .metadata = metadata}}) > 3);
    CHECK(torture_encode<operation::put_object>({.bucket = bucket,
              .key = "k",
              .body = "00000",
              .sse = sse::kms{.key_id = "key-1", .context = R"({"a":"b"})"}}) > 2);
    CHECK(torture_encode<operation::copy_object>({.bucket = bucket,
              .key = "to",
              .copy_source = {.bucket = bucket, .key = "from", .sse = with(key_one())},
              .sse = with(key_two())}) > 3);
    CHECK(torture_encode<operation::restore_object>({.bucket = bucket, .key = "k"}) > 3);
    const std::vector<object_identifier> objects{{"a"}, {"b"}, {"c"}};
    CHECK(torture_encode<operation::delete_objects>(
              {.bucket = bucket, .objects = objects}) > 3);
    const std::vector<completed_part> parts{{1, "\"a\""}, {2, "\"b\""}};
    CHECK(torture_encode<operation::complete_multipart_upload>(
              {.bucket = bucket, .key = "k", .upload_id = "u", .parts = parts}) > 3);
    CHECK(torture_encode<operation::list_objects>(
              {.bucket = bucket, .prefix = "a/", .delimiter = "/"}) > 3);
}

TEST_CASE("torture: signing")
{
    const auto request = support::encode<operation::put_object>(
        {.bucket = bucket, .key = "k", .body = "0", .sse = with(key_one())}).value();
    const credentials who("AKIDEXAMPLE", "a secret key of some length", "a session token");
    const auto now = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
    CHECK(torture([&] {
        auth::q_signer signer;
        http::field_list fields;
        fields.add("Host", request.host);
        if (!signer.sign(request.head.method, request.head.target, request.head.fields, fields,
                who, now))
            return false;
        crypto::secret_buffer head;
        http::append_request_head(head, request.head, fields);
        return head.size() > 100;
    }) > 5);
}

TEST_CASE("torture: reading replies")
{
    CHECK(torture_decode<operation::put_object>({.bucket = bucket, .key = "k"}, ok, "") > 2);
    std::string listing = "<ListBucketResult><IsTruncated>false</IsTruncated>";
    for (int i = 0; i != 20; ++i)
        listing += "<Contents><Key>a key of some length " + std::to_string(100 + i) +
            "</Key><LastModified>2026-11-23T00:00:00.000Z</LastModified>"
            "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>1</Size>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
            "<CommonPrefixes><Prefix>a/common/prefix/of/some/length/" +
            std::to_string(100 + i) + "/</Prefix></CommonPrefixes>";
    listing += "</ListBucketResult>";
    CHECK(torture_decode<operation::list_objects>({.bucket = bucket}, ok, listing) > 20);
    CHECK(torture([&] {
        operation::reply got;
        http::response_parser parser;
        if (!parser.parse(ok, got.head))
            return false;
        got.head.status = 404;
        got.body = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist."
                   "</Message><RequestId>NWU5ZjZhYWJfMjQ4OGY3MGFfMWExXzE=</RequestId></Error>";
        const auto refusal = operation::refusal_of<support::cos>(got, {.name = "GetObject"});
        return refusal && refusal->code == service_errc::no_such_key;
    }) > 3);
}

/// Stands in for a connection.
struct quiet_connection
{
    [[nodiscard]] static bool is_quiet() noexcept
    {
        return true;
    }
};

TEST_CASE("torture: whoever has no memory to wait for a connection leaves no trace in the queue")
{
    using pool = net::pool<quiet_connection>;
    constexpr std::size_t allocations_of_a_place = 3;
    pool_settings settings;
    settings.maximum_per_host = 1;
    // Asio's own timer, which comes next, does not survive its lack of memory.
    for (std::size_t count = 0; count != allocations_of_a_place; ++count) {
        asio::io_context context;
        const auto shared = std::make_shared<pool>(settings);
        std::optional<result<net::lease<quiet_connection>>> held;
        bool failed = false;
        const auto acquire = [&]() -> asio::awaitable<void> {
            net::origin to;
            to.host = "the-host-of-a-bucket.of-some-length";
            const auto where = std::make_shared<const net::origin>(to);
            const auto control = std::make_shared<net::operation_control>(
                context.get_executor(), timeout_settings());
            auto got = shared->acquire(*control, where);
            co_await asio::post(asio::use_awaitable);
            if (held)
                allocations_until_failure = count;
            try {
                auto leased = co_await std::move(got);
                held = std::move(leased);
            } catch (const std::bad_alloc&) {
                allocations_until_failure = never;
                failed = true;
            }
        };
        asio::co_spawn(context, acquire(), asio::detached);
        context.run();
        REQUIRE(held);
        asio::co_spawn(context, acquire(), asio::detached);
        context.restart();
        context.poll();
        CHECK(failed);
        CHECK(shared->counters().waiting == 0);
        held.reset(); // The right goes to nobody who waits.
        CHECK(shared->counters().in_use == 0);
        asio::co_spawn(context, acquire(), asio::detached);
        context.restart();
        context.run();
        CHECK(held);
    }
}

TEST_CASE("torture: secrets and errors")
{
    CHECK(torture([] {
        const credentials one("an id that does not fit into a string itself", "key", "token");
        const auto two = one;
        return two == one;
    }) > 3);
    CHECK(torture([] {
        error why(errc::invalid_key, "a message that does not fit into a string itself", "key");
        const exception thrown(std::move(why));
        return !thrown.details().describe().empty();
    }) > 2);
}

} // namespace
