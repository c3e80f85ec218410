// SSE-C in parts: an upload whose every part carries the key, and a copy of it, part by part, under
// another key. The CRC64s of the parts are combined and proved by the reply to the completion.

#include "environment.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using cosio::sse::customer;

constexpr std::size_t part_size = 1024 * 1024;

asio::awaitable<void> upload(examples::environment& here, cosio::client cos,
    const cosio::customer_key& key, std::string_view plaintext)
{
    const auto begun = co_await cos.initiate_multipart_upload({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-parts",
        .sse = customer{key, key.md5()},
    });
    examples::print_reply(
        "initiate_multipart_upload SSE-C", begun.value().request_id, begun.value().sse);

    std::vector<std::string> etags;
    std::uint64_t crc64 = 0;
    for (std::uint32_t number = 1; (number - 1) * part_size < plaintext.size(); ++number) {
        const auto bytes = plaintext.substr((number - 1) * part_size, part_size);
        const auto part = co_await cos.upload_part({
            .bucket = here.bucket(),
            .key = "sdk-sse-c-parts",
            .upload_id = begun.value().upload_id,
            .part_number = number,
            .body = bytes,
            .sse = customer{key, key.md5()},
        });
        examples::print_reply("upload_part SSE-C, number " + std::to_string(number),
            part.value().request_id, part.value().sse, part.value().etag);
        crc64 = cosio::crypto::crc64_combine(crc64, part.value().crc64.value(), bytes.size());
        etags.push_back(part.value().etag);
    }
    std::vector<cosio::completed_part> parts;
    for (std::uint32_t number = 1; const auto& etag : etags)
        parts.push_back({number++, etag});
    const auto done = co_await cos.complete_multipart_upload({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-parts",
        .upload_id = begun.value().upload_id,
        .parts = parts,
        .expected_sse = customer{key, key.md5()},
        .expected_crc64 = crc64,
    });
    examples::print_reply("complete_multipart_upload SSE-C", done.value().request_id,
        done.value().sse, done.value().etag);
    here.prove_sealed("sdk-sse-c-parts", plaintext.substr(0, 64));
}

asio::awaitable<void> copy(examples::environment& here, cosio::client cos,
    const cosio::customer_key& source_key, const cosio::customer_key& copy_key,
    std::string_view plaintext)
{
    const auto begun = co_await cos.initiate_multipart_upload({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-parts-copy",
        .sse = customer{copy_key, copy_key.md5()},
    });
    std::vector<std::string> etags;
    for (std::uint32_t number = 1; (number - 1) * part_size < plaintext.size(); ++number) {
        const std::uint64_t first = (number - 1) * part_size;
        const std::uint64_t last = std::min<std::uint64_t>(first + part_size, plaintext.size()) - 1;
        const auto part = co_await cos.upload_part_copy({
            .bucket = here.bucket(),
            .key = "sdk-sse-c-parts-copy",
            .upload_id = begun.value().upload_id,
            .part_number = number,
            .copy_source =
                {
                    .bucket = here.bucket(),
                    .key = "sdk-sse-c-parts",
                    .sse = customer{source_key, source_key.md5()},
                },
            .source_range = cosio::byte_range::between(first, last),
            .sse = customer{copy_key, copy_key.md5()},
        });
        fmt::print("upload_part_copy SSE-C, number {}\n  ETag: {}\n  x-cos-request-id: {}\n",
            number, part.value().etag, part.value().request_id);
        etags.push_back(part.value().etag);
    }
    std::vector<cosio::completed_part> parts;
    for (std::uint32_t number = 1; const auto& etag : etags)
        parts.push_back({number++, etag});
    const auto done = co_await cos.complete_multipart_upload({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-parts-copy",
        .upload_id = begun.value().upload_id,
        .parts = parts,
        .expected_sse = customer{copy_key, copy_key.md5()},
        .expected_crc64 = cosio::crypto::crc64_of(std::as_bytes(std::span(plaintext))),
    });
    examples::print_reply("complete_multipart_upload of the copy, under another key",
        done.value().request_id, done.value().sse, done.value().etag);
    here.prove_sealed("sdk-sse-c-parts-copy", plaintext.substr(0, 64));

    const auto got = co_await cos.get_object({
        .bucket = here.bucket(),
        .key = "sdk-sse-c-parts-copy",
        .sse = customer{copy_key, copy_key.md5()},
    });
    examples::require(got.value().body == plaintext, "the copy is read with its own key");
}

asio::awaitable<void> sse_c_multipart(examples::environment& here, cosio::client cos)
{
    const auto one = cosio::customer_key::from_text("00000000000000000000000000000001").value();
    const auto two = cosio::customer_key::from_text("00000000000000000000000000000002").value();
    std::string plaintext(2 * part_size + 100, '\0');
    for (std::size_t i = 0; i != plaintext.size(); ++i)
        plaintext[i] = static_cast<char>('a' + i * 7 % 26);
    co_await upload(here, cos, one, plaintext);
    co_await copy(here, cos, one, two, plaintext);
}

int main()
{
    return examples::run(sse_c_multipart);
}
