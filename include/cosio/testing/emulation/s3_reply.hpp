// SPDX-License-Identifier: MIT
//
// Replies to S3 clients: what the emulator answers to COS clients, in the words of S3.

#ifndef COSIO_TESTING_EMULATION_S3_REPLY_HPP
#define COSIO_TESTING_EMULATION_S3_REPLY_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/s3_request.hpp>
#include <cosio/testing/emulation/state.hpp>
#include <cosio/xml/writer.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// As AWS names a KMS key in its replies, whatever name it was asked for by.
[[nodiscard]] inline std::string kms_key_arn(std::string_view region, std::string_view id)
{
    return std::string("arn:aws:kms:").append(region).append(":111122223333:key/").append(id);
}

/// A refusal of COS as S3 has it.
[[nodiscard]] inline refusal translate_refusal(refusal why, const http_request& request)
{
    struct row
    {
        std::string_view cos_code;
        unsigned status;
        std::string_view s3_code;
    };
    static constexpr std::array<row, 9> rows{{
        {"KmsKeyNotExist", 400, "KMS.NotFoundException"},
        {"KmsKeyDisabled", 400, "KMS.DisabledException"},
        {"NoSuchEncryptionConfiguration", 404, "ServerSideEncryptionConfigurationNotFoundError"},
        {"KeyTooLong", 400, "KeyTooLongError"},
        {"NotSupportedStorageClass", 400, "InvalidStorageClass"},
        {"RestoreNonArchiveObject", 403, "InvalidObjectState"},
        {"SSEHeaderNotAllowed", 400, "InvalidArgument"},
        {"InvalidCopySource", 400, "InvalidArgument"},
        {"InvalidObjectName", 400, "InvalidURI"},
    }};
    for (const auto& [cos_code, status, s3_code] : rows)
        if (why.code == cos_code) {
            why.status = status;
            why.code = s3_code;
            return why;
        }
    if (why.code == "SsecDecryptHeaderInvalid") {
        const bool has_key =
            request.fields.has("x-amz-server-side-encryption-customer-key") ||
            request.fields.has("x-amz-copy-source-server-side-encryption-customer-key");
        why.status = has_key ? 403 : 400;
        why.code = has_key ? "AccessDenied" : "InvalidRequest";
        why.message = has_key
            ? "Access Denied"
            : "The object was stored using a form of Server Side Encryption. The correct "
              "parameters must be provided to retrieve the object.";
    }
    if (why.message == "The encryption algorithm must be AES256.")
        why.code = "InvalidEncryptionAlgorithmError";
    return why;
}

/// Puts `with` in place of every `what`.
inline void replace_all(std::string& text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

/// A document of COS with the names and the namespace of S3.
inline void translate_document(std::string& text)
{
    if (const auto root_end = text.find('>'); root_end != std::string::npos)
        text.insert(root_end, " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
    for (const std::string_view name : {"CRC64", "RestoreStatus"}) {
        const auto open = std::string("<").append(name).append(">");
        const auto close = std::string("</").append(name).append(">");
        for (auto at = text.find(open); at != std::string::npos; at = text.find(open))
            text.erase(at, text.find(close, at) + close.size() - at);
    }
    replace_all(text, "Encoding-Type>", "EncodingType>");
    replace_all(text, "<StorageClass>Standard<", "<StorageClass>STANDARD<");
    replace_all(text, "<StorageClass>ARCHIVE<", "<StorageClass>GLACIER<");
}

/// The reply in S3's words. `is_object`: the body is that of an object.
inline void translate_s3_reply(http_reply& reply, std::string_view region, bool is_object)
{
    constexpr std::string_view prefix = "x-cos-";
    field_table fields;
    for (const auto& [name, value] : reply.fields) {
        if (!detail::starts_with_ignoring_case(name, prefix)) {
            fields.add(name, value);
            continue;
        }
        const auto bare = std::string_view(name).substr(prefix.size());
        if (bare == "hash-crc64ecma" || bare == "restore-status")
            continue;
        if (bare == "server-side-encryption-cos-kms-key-id")
            fields.add("x-amz-server-side-encryption-aws-kms-key-id", kms_key_arn(region, value));
        else if (value == "cos/kms")
            fields.add("x-amz-server-side-encryption", "aws:kms");
        else if (bare == "storage-class" && value == "ARCHIVE")
            fields.add("x-amz-storage-class", "GLACIER");
        else
            fields.add(std::string(s3_header_prefix).append(bare), value);
    }
    reply.fields = std::move(fields);
    reply.declaration_first = true;
    if (!is_object && !reply.body.empty())
        translate_document(reply.body);
}

/// 16 capital hexadecimal digits, as Amazon's identifiers are.
[[nodiscard]] inline std::string make_s3_request_id()
{
    auto id = random_hex(8);
    std::ranges::transform(
        id, id.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return id;
}

/// The document and headers of a refusal, which is one of S3 already.
[[nodiscard]] inline http_reply describe_s3_refusal(
    const refusal& why, const http_request& request, std::string_view request_id)
{
    http_reply reply;
    reply.status = why.status;
    for (const auto& [name, value] : why.fields)
        if (name != "string-to-sign" && name != "format-string")
            reply.fields.add(name, value);
    translate_s3_reply(reply, {}, true);
    const auto host_id = crypto::base64(detail::bytes_of(random_bytes(48)));
    reply.fields.add("x-amz-id-2", host_id);
    xml::writer document;
    document.open("Error").element("Code", why.code).element("Message", why.message);
    for (const auto& [name, text] : why.elements)
        document.element(name, text);
    document.element("Resource", request.target.substr(0, request.target.find('?')));
    if (const auto text = why.fields.find("string-to-sign"))
        document.element("StringToSign", *text);
    if (const auto text = why.fields.find("format-string"))
        document.element("CanonicalRequest", *text);
    document.element("RequestId", request_id).element("HostId", host_id).close();
    reply.body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::move(document).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
