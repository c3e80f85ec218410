// The guide's advanced interface: files that go up and come back in parts, side by side, and a copy
// between two keys, each with SSE-KMS or SSE-C.

#include "environment.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using cosio::sse::customer;

/// Small enough for several parts of a small file.
cosio::transfer_options in_parts_of_a_mebibyte()
{
    cosio::transfer_options made;
    made.part_size = 1024 * 1024;
    made.threshold = 2 * 1024 * 1024;
    return made;
}

/// A folder that goes when the example is over.
struct folder
{
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("cosio-example-" + std::to_string(::getpid()));
    folder() { std::filesystem::create_directory(path); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path); }
};

std::string text_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

asio::awaitable<void> there_and_back(examples::environment& here, cosio::client cos,
    std::string name, cosio::sse::on_write write, cosio::sse::on_read read)
{
    const folder local;
    const std::string source = local.path / "source";
    const std::string target = local.path / "target";
    std::string plaintext;
    while (plaintext.size() < 5'000'000)
        plaintext += "line " + std::to_string(plaintext.size()) + " of a secret file\n";
    std::ofstream(source, std::ios::binary) << plaintext;
    const std::string key = "sdk-transfer-" + name;

    const auto up = co_await cos.upload_file({
        .bucket = here.bucket(),
        .key = key,
        .path = source,
        .sse = write,
        .options = in_parts_of_a_mebibyte(),
    });
    examples::print_reply(
        "upload_file " + name + ", " + std::to_string(up.value().parts) + " parts",
        up.value().request_id, up.value().sse, up.value().etag);
    examples::require(up.value().parts == 5, "the file went in five parts");
    examples::require(up.value().crc64_verified, "the CRC64 of the whole was confirmed");
    here.prove_sealed(key, std::string_view(plaintext).substr(0, 64));

    const auto down = co_await cos.download_file({
        .bucket = here.bucket(),
        .key = key,
        .path = target,
        .sse = read,
        .options = in_parts_of_a_mebibyte(),
    });
    examples::print_reply("download_file " + name + ", " + std::to_string(down.value().parts) +
            " ranges",
        down.value().request_id, down.value().sse);
    examples::require(down.value().crc64_verified, "the CRC64 of the whole was confirmed");
    examples::require(text_of(target) == plaintext, "the file came back as it was");
}

/// Above the threshold, so in parts: from an object under one key to a copy under another.
asio::awaitable<void> copy_under_another_key(examples::environment& here, cosio::client cos,
    const cosio::customer_key& source_key, const cosio::customer_key& copy_key)
{
    const auto copied = co_await cos.copy({
        .bucket = here.bucket(),
        .key = "sdk-transfer-copy",
        .copy_source =
            {
                .bucket = here.bucket(),
                .key = "sdk-transfer-SSE-C",
                .sse = customer{source_key, source_key.md5()},
            },
        .sse = customer{copy_key, copy_key.md5()},
        .options = in_parts_of_a_mebibyte(),
    });
    examples::print_reply("copy from one SSE-C key to another, " +
            std::to_string(copied.value().parts) + " parts",
        copied.value().request_id, copied.value().sse, copied.value().etag);
    examples::require(copied.value().parts == 5, "the object was copied in five parts");
    examples::require(copied.value().crc64_verified, "the copy has the CRC64 of its source");

    const auto head = co_await cos.head_object({
        .bucket = here.bucket(),
        .key = "sdk-transfer-copy",
        .sse = customer{copy_key, copy_key.md5()},
    });
    examples::print_reply("head_object of the copy", head.value().request_id, head.value().sse);
}

asio::awaitable<void> transfers(examples::environment& here, cosio::client cos)
{
    const auto key =
        cosio::customer_key::from_text("00000000000000000000000000000001").value();
    const auto other =
        cosio::customer_key::from_text("00000000000000000000000000000002").value();
    const std::string context = R"({"department":"finance"})";
    co_await there_and_back(here, cos, "SSE-KMS",
        cosio::sse::kms{.key_id = here.kms_key_id(), .context = context}, cosio::sse::none());
    co_await there_and_back(
        here, cos, "SSE-C", customer{key, key.md5()}, customer{key, key.md5()});
    co_await copy_under_another_key(here, cos, key, other);
}

} // namespace

int main()
{
    return examples::run(transfers);
}
