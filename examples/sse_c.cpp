// SSE-C: the key is yours and goes with every request that touches the object. put, get, head, copy
// between two keys, restore of an archived object.

#include "environment.hpp"

#include <string>

using cosio::sse::customer;

const std::string plaintext = "sealed with a key of the customer";

asio::awaitable<void> put_get_head(
    examples::environment& here, cosio::client cos, const cosio::customer_key& key)
{
    const auto put = co_await cos.put_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c",
        .body = plaintext,
        .sse = customer{key, key.md5()},
    });
    examples::print_reply(
        "put_object SSE-C", put.value().request_id, put.value().sse, put.value().etag);
    here.prove_sealed("sdk-sse-c", plaintext);

    const auto got = co_await cos.get_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c",
        .sse = customer{key, key.md5()},
    });
    examples::print_reply("get_object SSE-C", got.value().request_id, got.value().sse);
    examples::require(got.value().body == plaintext, "the plaintext came back");

    const auto head = co_await cos.head_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c",
        .sse = customer{key, key.md5()},
    });
    examples::print_reply(
        "head_object SSE-C", head.value().request_id, head.value().sse, head.value().etag);
    examples::require(head.value().size == plaintext.size(), "the size is that of the plaintext");

    const auto without_key = co_await cos.get_object({.bucket = here.bucket(), .key = "sdk-sse-c"});
    examples::require(!without_key, "nobody reads it without the key");
    fmt::print("get_object without the key\n  {}\n", without_key.error());
}

asio::awaitable<void> copy_to_another_key(examples::environment& here, cosio::client cos,
    const cosio::customer_key& source_key, const cosio::customer_key& copy_key)
{
    const auto copied = co_await cos.copy_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-copy",
        .copy_source =
            {
                .bucket = here.bucket(),
                .key = "sdk-sse-c",
                .sse = customer{source_key, source_key.md5()},
            },
        .sse = customer{copy_key, copy_key.md5()},
    });
    examples::print_reply("copy_object SSE-C, from one key to another", copied.value().request_id,
        copied.value().sse, copied.value().etag);
    here.prove_sealed("sdk-sse-c-copy", plaintext);

    const auto got = co_await cos.get_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-copy",
        .sse = customer{copy_key, copy_key.md5()},
    });
    examples::require(got.value().body == plaintext, "the copy is read with its own key");
}

asio::awaitable<void> restore(
    examples::environment& here, cosio::client cos, const cosio::customer_key& key)
{
    const auto put = co_await cos.put_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-archive",
        .body = plaintext,
        .sse = customer{key, key.md5()},
        .headers = {.storage_class = cosio::storage_class::archive},
    });
    examples::print_reply("put_object SSE-C, ARCHIVE", put.value().request_id, put.value().sse);

    const auto restored = co_await cos.restore_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-archive",
        .days = 1,
        .tier = cosio::restore_tier::expedited,
        .sse = customer{key, key.md5()},
    });
    fmt::print("restore_object SSE-C, 1 day, Expedited\n  x-cos-request-id: {}\n",
        restored.value().request_id);
    if (!here.is_emulated())
        co_return; // The real service takes its minutes.

    here.let_restores_finish();
    const auto got = co_await cos.get_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-archive",
        .sse = customer{key, key.md5()},
    });
    examples::print_reply(
        "get_object SSE-C, restored", got.value().request_id, got.value().sse);
    examples::require(got.value().body == plaintext, "the restored object is read with its key");
}

asio::awaitable<void> sse_c(examples::environment& here, cosio::client cos)
{
    const auto one = cosio::customer_key::from_text("00000000000000000000000000000001").value();
    const auto two = cosio::customer_key::from_text("00000000000000000000000000000002").value();
    co_await put_get_head(here, cos, one);
    co_await copy_to_another_key(here, cos, one, two);
    co_await restore(here, cos, one);
}

int main()
{
    return examples::run(sse_c);
}
