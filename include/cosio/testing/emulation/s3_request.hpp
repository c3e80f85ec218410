// SPDX-License-Identifier: MIT
//
// Requests of S3 clients in the words of COS, which the rest of the emulator understands.

#ifndef COSIO_TESTING_EMULATION_S3_REQUEST_HPP
#define COSIO_TESTING_EMULATION_S3_REQUEST_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/testing/emulation/encryption_rules.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/s3_payload.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

inline constexpr std::string_view s3_header_prefix = "x-amz-";
inline constexpr std::string_view s3_sse_header = "x-amz-server-side-encryption";

/// A value that nothing in COS's vocabulary is equal to, for one that S3 does not have.
inline constexpr std::string_view no_such_word = "(none)";

/// The key id within a KMS key's ARN; `alias/aws/s3` is the account's default.
[[nodiscard]] inline std::string read_kms_key_name(std::string_view name, const key_vault& vault)
{
    if (name == "alias/aws/s3")
        return vault.default_kms_key();
    return std::string(name.starts_with("arn:") ? name.substr(name.rfind('/') + 1) : name);
}

/// `value` of the S3 header `name` as COS has it.
[[nodiscard]] inline std::string translate_s3_value(
    std::string_view name, std::string_view value, const key_vault& vault)
{
    const auto one_of = [value](std::string_view theirs, std::string_view ours,
                            std::string_view otherwise) {
        return std::string(value == theirs ? ours : otherwise);
    };
    if (name == "server-side-encryption")
        return one_of("aws:kms", "cos/kms", value == "AES256" ? value : no_such_word);
    if (name == "server-side-encryption-aws-kms-key-id")
        return read_kms_key_name(value, vault);
    if (name == "metadata-directive" || name == "tagging-directive")
        return one_of("REPLACE", "Replaced", value == "COPY" ? "Copy" : no_such_word);
    if (name == "storage-class")
        return one_of("GLACIER", "ARCHIVE", value == "ARCHIVE" ? no_such_word : value);
    if (name == "copy-source")
        return std::string(value.starts_with('/') ? "" : "/").append(value);
    return std::string(value);
}

/// Content-Encoding without the coding of the transfer.
[[nodiscard]] inline std::string without_aws_chunked(std::string_view codings)
{
    std::string out;
    while (!codings.empty()) {
        const auto end = std::min(codings.find(','), codings.size());
        const auto one = detail::trimmed(codings.substr(0, end));
        if (!detail::equal_ignoring_case(one, "aws-chunked"))
            out.append(out.empty() ? "" : ",").append(one);
        codings.remove_prefix(std::min(end + 1, codings.size()));
    }
    return out;
}

/// The request in COS's words. Refuses a body that is not what the request says of it.
[[nodiscard]] inline http_request translate_s3_request(
    const http_request& request, signed_by how, const key_vault& vault)
{
    http_request out = request;
    const bool checksum_compared = check_s3_payload(out, how);
    out.fields = field_table();
    for (const auto& [name, value] : request.fields) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), detail::to_lower);
        if (lower.starts_with("x-cos-"))
            continue;
        if (lower == "content-encoding") {
            if (const auto kept = without_aws_chunked(value); !kept.empty())
                out.fields.add(name, kept);
        } else if (!lower.starts_with(s3_header_prefix)) {
            out.fields.add(name, value);
        } else {
            const auto bare = lower.substr(s3_header_prefix.size());
            const bool is_key_id = bare == "server-side-encryption-aws-kms-key-id";
            out.fields.add(is_key_id ? "x-cos-server-side-encryption-cos-kms-key-id"
                                     : "x-cos-" + bare,
                translate_s3_value(bare, value, vault));
        }
    }
    // The length of the decoded body serves where COS asks for that of the body as it was sent.
    if (!out.fields.has("Content-Length") && request.fields.has("x-amz-decoded-content-length"))
        out.fields.add("Content-Length", std::to_string(out.body.size()));
    // A checksum of S3 serves where COS asks for an MD5.
    if (checksum_compared && !request.fields.has("Content-MD5"))
        out.fields.add("Content-MD5",
            crypto::base64(crypto::md5(detail::bytes_of(out.body)).value()));
    return out;
}

} // namespace cosio::inline v0::testing::emulation

#endif
