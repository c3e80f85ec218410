// SPDX-License-Identifier: MIT
//
// What the handlers of the emulated service share.

#ifndef COSIO_TESTING_EMULATION_STATE_HPP
#define COSIO_TESTING_EMULATION_STATE_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/http/date.hpp>
#include <cosio/testing/emulation/encryption_rules.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/signature.hpp>
#include <cosio/testing/emulation/store.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// How the service behaves where it can be chosen, or where COS's behaviour is not known.
struct service_options
{
    std::string region = "ap-guangzhou";
    /// Buckets of other regions, which are not served, and where they are.
    std::map<std::string, std::string> buckets_elsewhere{};
    account who{};
    /// Host names served besides those of COS; a bucket may be prefixed to them.
    std::vector<std::string> hosts{};
    bool https_only_customer_keys = true;
    /// What a wrong customer key is answered with: 400 or 403.
    unsigned wrong_key_status = 400;
    std::uint64_t minimum_part_size = 1024 * 1024;
    /// How long a restore takes by tier.
    std::map<std::string, std::chrono::milliseconds> restore_duration{
        {"Expedited", std::chrono::milliseconds(0)}, {"Standard", std::chrono::milliseconds(0)},
        {"Bulk", std::chrono::milliseconds(0)}};
};

/// What was changed since it was last written to disk.
struct change_list
{
    bool buckets = false;
    std::set<std::pair<std::string, std::string>> objects{}; ///< Bucket and key.
    std::set<std::pair<std::string, std::string>> uploads{}; ///< Bucket and upload id.
    std::set<std::pair<std::string, std::uint32_t>> parts{}; ///< Upload id and number.
};

struct service_state
{
    service_options options{};
    bucket_table buckets{};
    key_vault vault{};
    change_list changes{};
    /// Added to the time for everything but signatures.
    std::chrono::milliseconds clock_offset{0};
    std::uint64_t sequence = 0;
};

/// One request on its way through the service.
struct call_context
{
    service_state& state;
    const http_request& request;
    time_point now{};
    std::string bucket{};
    std::string key{};
    std::string request_id{};
    /// A fault: writes store in the clear whatever they were asked.
    bool ignores_encryption = false;
    signed_by signature = signed_by::nobody;
    /// The client speaks S3: `request` is a translation, documents are as S3 has them.
    bool speaks_s3 = false;

    [[nodiscard]] stored_bucket& stored() const { return bucket_of(state.buckets, bucket); }
    void changed_object(const std::string& of_key) const
    {
        state.changes.objects.emplace(bucket, of_key);
    }
    void changed_upload(const std::string& upload_id) const
    {
        state.changes.uploads.emplace(bucket, upload_id);
    }
    [[nodiscard]] std::optional<std::string_view> version_id() const
    {
        return request.parameter_value("versionId");
    }
};

[[nodiscard]] inline std::string header_date(time_point time)
{
    return http::format_date(std::chrono::floor<std::chrono::seconds>(time));
}

/// With milliseconds, as listings have it.
[[nodiscard]] inline std::string listing_date(time_point time)
{
    auto text = http::format_iso_date(std::chrono::floor<std::chrono::seconds>(time));
    text.pop_back();
    return text.append(".000Z");
}

[[nodiscard]] inline std::string random_hex(std::size_t bytes)
{
    return crypto::hex(detail::bytes_of(random_bytes(bytes)));
}

/// Base64 of `<hex time>_<hex address>_<hex>_<hex>`, as the service's identifiers decode to.
[[nodiscard]] inline std::string make_request_id(time_point now)
{
    std::string text;
    const auto seconds = static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto byte = static_cast<std::byte>(seconds >> shift & 0xffU);
        crypto::append_hex(text, std::span(&byte, 1));
    }
    text.append("_7f000001_").append(random_hex(2)).append("_").append(random_hex(4));
    return crypto::base64(detail::bytes_of(text));
}

/// Base64 without padding of 2^64 - 1 - microseconds, so that newer versions sort first.
[[nodiscard]] inline std::string make_version_id(time_point now, std::uint64_t sequence)
{
    const auto microseconds =
        static_cast<std::uint64_t>(now.time_since_epoch().count()) * 1000 + sequence % 1000;
    auto text = crypto::base64(detail::bytes_of(
        std::to_string(std::numeric_limits<std::uint64_t>::max() - microseconds)));
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

/// 10 digits of seconds and 64 hexadecimal digits.
[[nodiscard]] inline std::string make_upload_id(time_point now)
{
    return std::to_string(
               std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()) +
        random_hex(32);
}

} // namespace cosio::inline v0::testing::emulation

#endif
