// cosio::s3_client as one side of an exchange whose other side is boto3: writes what boto3 reads,
// reads what boto3 wrote, prints URLs that others use. Usage: s3_program write|read|presign, with
// the variables in the environment that cosio-emulator prints.

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
#include <vector>

namespace {

using namespace cosio;

constexpr std::size_t part_size = 5 * 1024 * 1024;
constexpr std::size_t single_size = 100'001;
constexpr std::size_t multipart_size = part_size + 12'345;

/// The bytes that both sides know without exchanging them.
std::string pattern(std::string_view key, std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>((i * 31 + i / 253 + key.size()) & 255U);
    return text;
}

void require(bool right, std::string_view what)
{
    if (!right)
        throw std::runtime_error(fmt::format("FAILED: {}", what));
}

std::string variable(const char* name)
{
    const char* const value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error(fmt::format("{} is not set", name));
    return value;
}

/// A way to encrypt, as both sides name it.
struct mode
{
    std::string_view name;
    sse::on_write written;
    sse::on_read needed;
    encryption_mode confirmed;
};

class program
{
public:
    program()
        : bucket_(variable("COS_BUCKET")), kms_key_(variable("KMS_KEY_ID")),
          key_(customer_key::from_text("00000000000000000000000000000001").value()),
          other_key_(customer_key::from_text("00000000000000000000000000000002").value()),
          modes_{{"plain", sse::bucket_default{}, sse::none{}, encryption_mode::none},
              {"sse-s3", sse::cos_managed{}, sse::none{}, encryption_mode::cos_managed},
              {"sse-kms", sse::kms{}, sse::none{}, encryption_mode::kms},
              {"sse-kms-key", sse::kms{kms_key_, R"({"department":"finance"})"}, sse::none{},
                  encryption_mode::kms},
              {"sse-c", sse::customer{key_, key_.md5()}, sse::customer{key_, key_.md5()},
                  encryption_mode::customer}},
          client_(context_.get_executor(), settings(false)),
          by_path_(context_.get_executor(), settings(true))
    {}

    int run(std::string_view what)
    {
        auto work = what == "write" ? write() : what == "read" ? read() : presign();
        auto done = asio::co_spawn(context_, std::move(work), asio::use_future);
        context_.run();
        done.get();
        return EXIT_SUCCESS;
    }

private:
    /// By path, as boto3 addresses an IP address; otherwise by Amazon's host names, for which the
    /// emulator answers as well.
    static config settings(bool by_path)
    {
        config out;
        out.region = variable("COS_REGION");
        out.credentials = credentials(variable("COS_SECRET_ID"), variable("COS_SECRET_KEY"));
        out.tls.ca_file = variable("COSIO_CA_FILE");
        (by_path ? out.endpoint : out.connect_to) = variable("COSIO_HTTPS_ENDPOINT");
        return out;
    }

    asio::awaitable<void> write()
    {
        for (const auto& each : modes_) {
            const auto key = fmt::format("from-cosio/{}", each.name);
            const auto body = pattern(key, single_size);
            const auto put = co_await client_.put_object(
                {.bucket = bucket_, .key = key, .body = body, .sse = each.written});
            const bool etag_is_md5 = each.confirmed == cosio::encryption_mode::none ||
                each.confirmed == cosio::encryption_mode::cos_managed;
            require(put.value().md5_verified == etag_is_md5, key + ": what the ETag proves");
            require(put->sse.mode == each.confirmed, key + ": another mode is confirmed");
            co_await write_parts(each);
        }
        co_await copy();
        co_await refusals();
    }

    asio::awaitable<void> write_parts(const mode& each)
    {
        const auto key = fmt::format("from-cosio/parts/{}", each.name);
        const auto body = pattern(key, multipart_size);
        const auto begun = (co_await by_path_.initiate_multipart_upload(
            {.bucket = bucket_, .key = key, .sse = each.written})).value();
        std::vector<std::string> etags;
        for (std::uint32_t number = 1; number != 3; ++number) {
            const auto piece = std::string_view(body).substr((number - 1) * part_size, part_size);
            const auto part = (co_await by_path_.upload_part({.bucket = bucket_,
                .key = key,
                .upload_id = begun.upload_id,
                .part_number = number,
                .body = piece,
                .sse = each.needed})).value();
            const bool etag_is_md5 = each.confirmed == cosio::encryption_mode::none ||
                each.confirmed == cosio::encryption_mode::cos_managed;
            require(part.md5_verified == etag_is_md5, key + ": what the ETag of a part proves");
            etags.push_back(part.etag);
        }
        const auto listed = (co_await by_path_.list_parts(
            {.bucket = bucket_, .key = key, .upload_id = begun.upload_id})).value();
        require(listed.parts.size() == 2, key + ": not all parts are listed");
        const completed_part parts[] = {{1, etags[0]}, {2, etags[1]}};
        const auto done = (co_await by_path_.complete_multipart_upload({.bucket = bucket_,
            .key = key,
            .upload_id = begun.upload_id,
            .parts = parts,
            .expected_sse = each.written})).value();
        require(!done.etag.empty(), key + ": no ETag");
    }

    asio::awaitable<void> copy()
    {
        const auto copied = (co_await client_.copy_object({.bucket = bucket_,
            .key = "from-cosio/copied",
            .copy_source = {.bucket = bucket_,
                .key = "from-cosio/sse-c",
                .sse = sse::customer{key_, key_.md5()}},
            .sse = sse::customer{other_key_, other_key_.md5()}})).value();
        require(copied.sse.customer_key_md5 == other_key_.md5().base64(), "the copy's key");
    }

    /// What is refused has the right code, whatever the words of S3 for it.
    asio::awaitable<void> refusals()
    {
        const auto no_key = co_await client_.get_object(
            {.bucket = bucket_, .key = "from-cosio/sse-c"});
        require(no_key.error().code == service_errc::invalid_request, "no key");
        const auto wrong_key = co_await client_.get_object({.bucket = bucket_,
            .key = "from-cosio/sse-c",
            .sse = sse::customer{other_key_, other_key_.md5()}});
        require(wrong_key.error().code == service_errc::access_denied, "the wrong key");
        const auto absent = co_await client_.get_object({.bucket = bucket_, .key = "absent"});
        require(absent.error().code == service_errc::no_such_key, "an absent object");
        const auto no_kms_key = co_await client_.put_object(
            {.bucket = bucket_, .key = "k", .body = "x", .sse = sse::kms{"no-such-key"}});
        require(no_kms_key.error().code == service_errc::kms_key_not_exist, "no such KMS key");
        const auto no_default =
            co_await client_.get_bucket_encryption({.bucket = bucket_});
        require(no_default.error().code == service_errc::no_such_encryption_configuration,
            "no default encryption");
    }

    asio::awaitable<void> read()
    {
        for (const auto& each : modes_)
            for (const bool in_parts : {false, true}) {
                const auto key = fmt::format("from-boto3/{}{}", in_parts ? "parts/" : "", each.name);
                const auto got = co_await client_.get_object(
                    {.bucket = bucket_, .key = key, .sse = each.needed});
                require(got.value().body == pattern(key, in_parts ? multipart_size : single_size),
                    key + ": other bytes");
                require(got->sse.mode == each.confirmed, key + ": another mode");
                const auto range = co_await by_path_.get_object({.bucket = bucket_,
                    .key = key,
                    .sse = each.needed,
                    .range = byte_range::between(4090, 8200)});
                require(range.value().body == got->body.substr(4090, 4111), key + ": a range");
                const auto head = co_await by_path_.head_object(
                    {.bucket = bucket_, .key = key, .sse = each.needed});
                require(head.value().size == got->body.size(), key + ": another size");
                require(in_parts || head->metadata.at(0).value == "boto3", key + ": metadata");
            }
        co_await list();
    }

    asio::awaitable<void> list()
    {
        std::vector<std::string> keys;
        auto pages = client_.object_pages(
            {.bucket = bucket_, .prefix = "from-boto3/", .delimiter = "/", .max_keys = 2});
        std::size_t prefixes = 0;
        for (;;) {
            const auto page = (co_await pages.next()).value();
            if (!page)
                break;
            for (const auto& object : page->objects)
                keys.push_back(object.key);
            prefixes += page->common_prefixes.size();
        }
        require(keys.size() == modes_.size() + 1, "not all objects are listed");
        require(prefixes == 1, "the common prefix is listed once");
        require(keys.front() == "from-boto3/a b+c&d<目录>", "a key that XML would spoil");
    }

    asio::awaitable<void> presign()
    {
        const auto get = client_on_port().presign(
            get_object_request{.bucket = bucket_, .key = "from-cosio/sse-kms"},
            std::chrono::seconds(60));
        const auto put = client_on_port().presign(
            put_object_request{.bucket = bucket_,
                .key = "from-cosio/by-url",
                .sse = sse::cos_managed{},
                .headers = {.content_type = "text/plain"}},
            std::chrono::seconds(60));
        fmt::print("{}\n{}\n", get.value().url, put.value().url);
        co_return;
    }

    /// URLs must name the port that is to be connected to.
    [[nodiscard]] const s3_client& client_on_port() const { return by_path_; }

    std::string bucket_;
    std::string kms_key_;
    customer_key key_;
    customer_key other_key_;
    std::vector<mode> modes_;
    asio::io_context context_{};
    s3_client client_;
    s3_client by_path_;
};

} // namespace

int main(int count, char** words)
{
    const std::string_view what = count == 2 ? words[1] : "";
    if (what != "write" && what != "read" && what != "presign") {
        fmt::print(stderr, "usage: s3_program write|read|presign\n");
        return 2;
    }
    try {
        return program().run(what);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "s3_program: {}\n", problem.what());
        return EXIT_FAILURE;
    }
}
