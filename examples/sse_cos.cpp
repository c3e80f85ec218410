// SSE-COS: the service encrypts with keys it manages itself. The write asks for it, the read gets
// the plaintext without a header.

#include "environment.hpp"

#include <string>

asio::awaitable<void> sse_cos(examples::environment& here, cosio::client cos)
{
    const std::string plaintext = "sealed with a key of the service";

    const auto put = co_await cos.put_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-cos",
        .body = plaintext,
        .sse = cosio::sse::cos_managed{},
    });
    examples::print_reply(
        "put_object SSE-COS", put.value().request_id, put.value().sse, put.value().etag);
    here.prove_sealed("sdk-sse-cos", plaintext);

    const auto got = co_await cos.get_object({.bucket = here.bucket(), .key = "sdk-sse-cos"});
    examples::print_reply(
        "get_object SSE-COS, decrypted with no header", got.value().request_id, got.value().sse);
    examples::require(got.value().body == plaintext, "the plaintext came back");
    examples::require(got.value().crc64_verified, "the service's CRC64 is that of the plaintext");
}

int main()
{
    return examples::run(sse_cos);
}
