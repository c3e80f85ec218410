// An emulator that takes small parts, and a folder for files: what the tests of transfers share.

#ifndef COSIO_TESTS_TRANSFER_TRANSFERRING_HPP
#define COSIO_TESTS_TRANSFER_TRANSFERRING_HPP

#include "support/emulated.hpp"
#include "support/temporary_directory.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace support {

/// Parts of 1000 bytes above 2000, so that small objects take every path.
class transferring : public emulated
{
public:
    explicit transferring(cosio::testing::emulator_options with = {})
        : emulated(small_parts(std::move(with)))
    {}

    static cosio::testing::emulator_options small_parts(cosio::testing::emulator_options with)
    {
        with.minimum_part_size = 1;
        return with;
    }

    static cosio::transfer_options options()
    {
        cosio::transfer_options made;
        made.part_size = 1000;
        made.threshold = 2000;
        made.parallelism = 3;
        made.allow_small_parts = true;
        return made;
    }

    /// A client that tries again, quickly.
    [[nodiscard]] cosio::client retrying()
    {
        auto again = config;
        again.retry = cosio::retry_settings();
        again.retry.base_delay = std::chrono::milliseconds(0);
        return client(again);
    }

    /// The bytes of an object; empty when it is not there.
    [[nodiscard]] std::string content(
        std::string_view key, cosio::sse::on_read sse = cosio::sse::none())
    {
        auto got = get(cos.get_object({.bucket = bucket, .key = key, .sse = sse}));
        return got ? std::move(got->body) : std::string();
    }

    /// Unfinished uploads that the emulator keeps.
    [[nodiscard]] std::size_t unfinished()
    {
        return get(cos.list_multipart_uploads({.bucket = bucket})).value().uploads.size();
    }

    /// Requests served whose target has `part`, by method.
    [[nodiscard]] std::size_t requests(std::string_view method, std::string_view part = {})
    {
        const auto all = server.requests();
        return static_cast<std::size_t>(std::ranges::count_if(all, [&](const auto& one) {
            return one.method == method && one.target.find(part) != std::string::npos;
        }));
    }

    temporary_directory files{};
};

/// The encryption modes of a write, each with what reads it.
struct encryption_case
{
    std::string_view name;
    cosio::sse::on_write write;
    cosio::sse::on_read read;
    cosio::encryption_mode mode;
};

inline std::vector<encryption_case> encryption_cases(const cosio::customer_key& key)
{
    using namespace cosio;
    return {
        {"no encryption", sse::bucket_default(), sse::none(), encryption_mode::none},
        {"SSE-COS", sse::cos_managed(), sse::none(), encryption_mode::cos_managed},
        {"SSE-KMS", sse::kms{.context = R"({"a":"b"})"}, sse::none(), encryption_mode::kms},
        {"SSE-C", with(key), with(key), encryption_mode::customer},
    };
}

} // namespace support

#endif
