// SPDX-License-Identifier: MIT
//
// What S3 clients say of their bodies: hashes, checksums, and the coding that carries them behind.

#ifndef COSIO_TESTING_EMULATION_S3_PAYLOAD_HPP
#define COSIO_TESTING_EMULATION_S3_PAYLOAD_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/s3_signature.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// A CRC in reflected form, bit by bit, as big-endian bytes in base64, which is how S3 writes it.
[[nodiscard]] inline std::string reflected_crc(
    std::uint64_t polynomial, unsigned bytes, std::string_view text)
{
    const std::uint64_t mask = bytes == 8 ? ~std::uint64_t{0} : 0xffffffffU;
    std::uint64_t value = mask;
    for (const char c : text) {
        value ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit != 8; ++bit)
            value = value >> 1U ^ ((value & 1U) != 0 ? polynomial : 0);
    }
    value ^= mask;
    std::string out;
    for (unsigned i = bytes; i != 0; --i)
        out.push_back(static_cast<char>(value >> (8 * (i - 1)) & 0xffU));
    return crypto::base64(detail::bytes_of(out));
}

/// The checksum that a header `x-amz-checksum-<name>` states; nothing for a name that is none.
[[nodiscard]] inline std::optional<std::string> s3_checksum(
    std::string_view name, std::string_view body)
{
    constexpr std::uint64_t crc32_polynomial = 0xEDB88320;
    constexpr std::uint64_t crc32c_polynomial = 0x82F63B78;
    constexpr std::uint64_t crc64nvme_polynomial = 0x9A6C9329AC4BC9B5;
    if (name == "crc32")
        return reflected_crc(crc32_polynomial, 4, body);
    if (name == "crc32c")
        return reflected_crc(crc32c_polynomial, 4, body);
    if (name == "crc64nvme")
        return reflected_crc(crc64nvme_polynomial, 8, body);
    if (name == "sha1")
        return crypto::base64(crypto::sha1(detail::bytes_of(body)).value());
    if (name == "sha256")
        return crypto::base64(crypto::sha256(detail::bytes_of(body)).value());
    return std::nullopt;
}

inline constexpr std::string_view s3_checksum_prefix = "x-amz-checksum-";

/// Compares the body with every checksum among `fields`; true when there was one.
inline bool check_s3_checksums(const field_table& fields, std::string_view body)
{
    bool compared = false;
    for (const auto& [name, value] : fields) {
        if (!detail::starts_with_ignoring_case(name, s3_checksum_prefix))
            continue;
        std::string algorithm(name.substr(s3_checksum_prefix.size()));
        std::ranges::transform(algorithm, algorithm.begin(), detail::to_lower);
        const auto ours = s3_checksum(algorithm, body);
        if (!ours)
            continue; // Such as x-amz-checksum-mode.
        if (*ours != value)
            refuse(400, "BadDigest",
                "The " + algorithm + " you specified did not match the calculated checksum.");
        compared = true;
    }
    return compared;
}

/// Decodes `aws-chunked` without signatures, in which a checksum follows the body; yields the
/// trailers. Source: Amazon S3 documentation, "Uploads with trailing headers".
[[nodiscard]] inline field_table take_aws_chunks(std::string& body)
{
    const auto bad = [] { refuse(400, "IncompleteBody", "The aws-chunked body is malformed."); };
    std::string plain;
    std::string_view rest = body;
    const auto take_line = [&]() {
        const auto end = rest.find("\r\n");
        if (end == std::string_view::npos)
            bad();
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        return line;
    };
    for (;;) {
        const auto line = take_line();
        const auto size = detail::parse_number<std::uint32_t>(line.substr(0, line.find(';')), 16);
        if (!size)
            bad();
        if (*size == 0)
            break;
        if (rest.size() < std::size_t{*size} + 2 || rest.substr(*size, 2) != "\r\n")
            bad();
        plain.append(rest.substr(0, *size));
        rest.remove_prefix(std::size_t{*size} + 2);
    }
    field_table trailers;
    while (!rest.empty()) {
        const auto line = take_line();
        const auto colon = line.find(':');
        if (line.empty())
            break;
        if (colon == std::string_view::npos)
            bad();
        trailers.add(line.substr(0, colon), detail::trimmed(line.substr(colon + 1)));
    }
    body = std::move(plain);
    return trailers;
}

/// Compares the body with all that the request says of it, and makes it plain. True when a checksum
/// of S3 was among that.
inline bool check_s3_payload(http_request& request, signed_by how)
{
    const auto stated = request.fields.find("x-amz-content-sha256").value_or("UNSIGNED-PAYLOAD");
    bool compared = false;
    if (stated == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
        const auto trailers = take_aws_chunks(request.body);
        const auto length = detail::parse_number<std::uint64_t>(
            request.fields.get("x-amz-decoded-content-length"));
        if (length != request.body.size())
            refuse(400, "IncompleteBody", "The body is not of its decoded length.");
        if (const auto trailer = request.fields.find("x-amz-trailer");
            trailer && !trailers.has(*trailer))
            refuse(400, "MalformedTrailerError", "The request has no such trailer.");
        compared = check_s3_checksums(trailers, request.body);
    } else if (stated.starts_with("STREAMING-")) {
        refuse(501, "NotImplemented", "Chunk signatures are not verified here.");
    } else if (stated != "UNSIGNED-PAYLOAD" && how != signed_by::nobody &&
        stated != s3_signature_verifier::sha256_hex(request.body)) {
        refuse(400, "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    return check_s3_checksums(request.fields, request.body) || compared;
}

} // namespace cosio::inline v0::testing::emulation

#endif
