// SPDX-License-Identifier: MIT
//
// The ETag that S3 makes of the parts of an upload.

#ifndef COSIO_DIALECT_COMPOSITE_ETAG_HPP
#define COSIO_DIALECT_COMPOSITE_ETAG_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace cosio::inline v0::dialect {

/// The MD5 that an ETag is the hexadecimal text of, with or without quotes; nothing when it is none.
[[nodiscard]] inline std::optional<crypto::md5_value> md5_of_etag(std::string_view etag) noexcept
{
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    crypto::md5_value value{};
    if (etag.size() != 2 * value.size())
        return std::nullopt;
    for (std::size_t i = 0; i != value.size(); ++i) {
        std::uint8_t byte = 0;
        const auto* const first = etag.data() + 2 * i;
        if (const auto [end, problem] = std::from_chars(first, first + 2, byte, 16);
            end != first + 2 || problem != std::errc())
            return std::nullopt;
        value[i] = std::byte{byte};
    }
    return value;
}

/// The ETag of an object of these parts, given in their order: the MD5 of the MD5s that their ETags
/// are, `-` and how many there are, without quotes. Nothing when an ETag is no MD5.
///
/// Amazon documents no formula; its ETags, and those of Ceph and MinIO, are made by this one where
/// the ETag of a part is the MD5 of its bytes: without encryption and under SSE-S3. An ETag that
/// equals it was made of the same parts. One that differs proves nothing.
class composite_etag
{
public:
    void add(std::string_view part_etag)
    {
        const auto part = md5_of_etag(part_etag);
        are_digests_ = are_digests_ && part.has_value();
        if (part)
            digests_.update(*part);
        ++parts_;
    }

    /// Once.
    [[nodiscard]] std::optional<std::string> finish()
    {
        if (!are_digests_ || parts_ == 0)
            return std::nullopt;
        const auto digest = digests_.finish();
        if (!digest)
            return std::nullopt;
        return crypto::hex(*digest).append("-").append(std::to_string(parts_));
    }

private:
    crypto::hasher<crypto::digest_algorithm::md5> digests_{};
    std::uint32_t parts_ = 0;
    bool are_digests_ = true;
};

} // namespace cosio::inline v0::dialect

#endif
