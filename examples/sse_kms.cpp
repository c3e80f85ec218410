// SSE-KMS: the key is held by the key management service. The key id and the context, a JSON object
// that is bound to the data, are optional.

#include "environment.hpp"

#include <string>

asio::awaitable<void> put_and_get(examples::environment& here, cosio::client cos, std::string name,
    std::string key_id, std::string context)
{
    const std::string plaintext = "sealed with a key of the key management service";
    const std::string key = "sdk-sse-kms";

    const auto put = co_await cos.put_object({
        .bucket = here.bucket(),
        .key = key,
        .body = plaintext,
        .sse = cosio::sse::kms{.key_id = key_id, .context = context},
    });
    examples::print_reply("put_object SSE-KMS, " + name, put.value().request_id, put.value().sse,
        put.value().etag);
    examples::require(
        key_id.empty() || put.value().sse.kms_key_id == key_id, "the key is the one asked for");
    here.prove_sealed(key, plaintext);

    const auto got = co_await cos.get_object({.bucket = here.bucket(), .key = key});
    examples::print_reply("get_object SSE-KMS, decrypted with no header", got.value().request_id,
        got.value().sse);
    examples::require(got.value().body == plaintext, "the plaintext came back");
}

asio::awaitable<void> sse_kms(examples::environment& here, cosio::client cos)
{
    const std::string context = R"({"department":"finance"})";
    co_await put_and_get(here, cos, "default key, no context", "", "");
    co_await put_and_get(here, cos, "default key, context", "", context);
    co_await put_and_get(here, cos, "key by id, no context", here.kms_key_id(), "");
    co_await put_and_get(here, cos, "key by id, context", here.kms_key_id(), context);
}

int main()
{
    return examples::run(sse_kms);
}
