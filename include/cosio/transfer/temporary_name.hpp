// SPDX-License-Identifier: MIT
//
// Names of temporary files: random, and such that the next run for the same target knows them.

#ifndef COSIO_TRANSFER_TEMPORARY_NAME_HPP
#define COSIO_TRANSFER_TEMPORARY_NAME_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/result.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cosio::inline v0::transfer {

/// `.cosio-<target>-<random>.partial`, `.cosio-<target>-<random>-<checkpoint>.partial` and
/// `.cosio-<target>-<random>.checkpoint`, each field 16 hexadecimal digits: of at most 65 bytes,
/// however long the name of the target is.
struct temporary_name
{
    static constexpr std::string_view of_download = ".partial";
    static constexpr std::string_view of_checkpoint = ".checkpoint";

    std::string target;                    ///< See `field_of`: the name of what it is to become.
    std::string random;
    std::optional<std::string> checkpoint{}; ///< See `field_of`: the path of what may refer to it.
    std::string_view ending = of_download;

    [[nodiscard]] std::string text() const
    {
        std::string out = ".cosio-" + target + "-" + random;
        if (checkpoint)
            out.append("-").append(*checkpoint);
        return out.append(ending);
    }

    /// Nothing for what is no such name. Pure.
    [[nodiscard]] static std::optional<temporary_name> parse(std::string_view text)
    {
        constexpr std::string_view beginning = ".cosio-";
        temporary_name out;
        if (!text.starts_with(beginning))
            return std::nullopt;
        text.remove_prefix(beginning.size());
        if (text.ends_with(of_checkpoint))
            out.ending = of_checkpoint;
        else if (!text.ends_with(of_download))
            return std::nullopt;
        text.remove_suffix(out.ending.size());
        const bool refers = text.size() == 3 * digits + 2;
        if ((!refers && text.size() != 2 * digits + 1) ||
            (refers && out.ending == of_checkpoint))
            return std::nullopt;
        for (std::size_t at = 0; at != text.size(); ++at)
            if (at % (digits + 1) == digits ? text[at] != '-' : !is_digit(text[at]))
                return std::nullopt;
        out.target = text.substr(0, digits);
        out.random = text.substr(digits + 1, digits);
        if (refers)
            out.checkpoint = text.substr(2 * digits + 2);
        return out;
    }

    [[nodiscard]] static std::string field_of(std::string_view named)
    {
        const auto sum = crypto::crc64_of(detail::bytes_of(named));
        std::array<std::byte, sizeof(sum)> bytes{};
        for (std::size_t at = 0; at != bytes.size(); ++at)
            bytes[at] = static_cast<std::byte>(sum >> (8 * at));
        return crypto::hex(bytes);
    }

    /// A name nobody has. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<temporary_name> make(std::string_view target,
        std::optional<std::string> checkpoint = {}, std::string_view ending = of_download)
    {
        std::array<unsigned char, digits / 2> random{};
        if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
            return error(errc::crypto_unavailable, "OpenSSL has no random bytes");
        temporary_name out;
        out.target = field_of(target);
        out.random = crypto::hex(std::as_bytes(std::span(random)));
        out.checkpoint = std::move(checkpoint);
        out.ending = ending;
        return out;
    }

private:
    static constexpr std::size_t digits = 16;

    [[nodiscard]] static constexpr bool is_digit(char c) noexcept
    {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
};

} // namespace cosio::inline v0::transfer

#endif
