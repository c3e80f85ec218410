// SPDX-License-Identifier: MIT
//
// Replies as bytes, as they should be and as faults make them.

#ifndef COSIO_TESTING_EMULATION_REPLY_WRITER_HPP
#define COSIO_TESTING_EMULATION_REPLY_WRITER_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/testing/emulation/fault.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/service.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

[[nodiscard]] inline std::string_view reason_of(unsigned status)
{
    switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 416: return "Requested Range Not Satisfiable";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
    }
}

inline void append_chunk(std::string& out, std::string_view bytes)
{
    std::array<char, 20> digits{};
    auto* const first = digits.data();
    const auto* const end =
        std::to_chars(first, first + digits.size(), bytes.size(), 16).ptr;
    out.append(std::string_view(first, static_cast<std::size_t>(end - first)));
    out.append("\r\n").append(bytes).append("\r\n");
}

/// The whole reply. `stays` tells whether the connection is kept.
[[nodiscard]] inline std::string write_reply(const http_reply& reply, bool stays)
{
    std::string out = "HTTP/1.1 ";
    out.append(std::to_string(reply.status)).append(" ").append(reason_of(reply.status));
    out.append("\r\n");
    for (const auto& [name, value] : reply.fields)
        out.append(name).append(": ").append(value).append("\r\n");
    out.append(stays ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    if (reply.chunked) {
        out.append("Transfer-Encoding: chunked\r\n\r\n");
        constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        constexpr std::string_view blanks = "  "; // Keep the connection alive while a copy goes on.
        append_chunk(out, reply.declaration_first ? declaration : blanks);
        append_chunk(out,
            std::string(reply.declaration_first ? blanks : declaration).append(reply.body));
        return out.append("0\r\n\r\n");
    }
    if (reply.status != 204 && reply.status != 304)
        out.append("Content-Length: ")
            .append(std::to_string(reply.announced_length.value_or(reply.body.size())))
            .append("\r\n");
    return out.append("\r\n").append(reply.body);
}

/// Does to a reply what the faults say; those about bytes on the wire come later.
inline void spoil(http_reply& reply, const std::vector<fault>& faults)
{
    for (const auto& each : faults) {
        if (!each.embedded_code.empty()) {
            xml::writer document;
            document.open("Error").element("Code", each.embedded_code);
            document.element("Message", "Injected.").close();
            reply.body = std::move(document).document();
        }
        if (each.breaks_crc64 && reply.fields.has("x-cos-hash-crc64ecma")) {
            reply.fields.erase("x-cos-hash-crc64ecma");
            reply.fields.add("x-cos-hash-crc64ecma", "1");
        }
        if (each.hides_encryption || each.ignores_encryption) {
            std::vector<std::string> hidden;
            for (const auto& [name, value] : reply.fields)
                if (detail::starts_with_ignoring_case(name, sse_header) ||
                    detail::starts_with_ignoring_case(name, s3_sse_header))
                    hidden.push_back(name);
            for (const auto& name : hidden)
                reply.fields.erase(name);
        }
        if (each.reply_bit && !reply.body.empty()) {
            const auto bit = *each.reply_bit % (reply.body.size() * 8);
            reply.body[bit / 8] = static_cast<char>(reply.body[bit / 8] ^ (1 << bit % 8));
        }
    }
}

/// The reply a fault puts in place of the service's own; nothing when none does.
[[nodiscard]] inline std::optional<http_reply> injected_refusal(
    const std::vector<fault>& faults, const http_request& request, time_point now)
{
    for (const auto& each : faults) {
        if (each.status == 0)
            continue;
        const auto request_id = make_request_id(now);
        refusal why;
        why.status = each.status;
        why.code = each.code;
        why.message = "Injected.";
        auto reply = describe_refusal(why, request, each.with_request_id ? request_id : "");
        if (each.with_request_id)
            reply.fields.add(request_id_header(request), request_id);
        else
            reply.fields.erase("x-cos-trace-id");
        if (each.code.empty() || request.method == "HEAD")
            reply.body.clear();
        reply.fields.add("Date", header_date(now));
        return reply;
    }
    return std::nullopt;
}

} // namespace cosio::inline v0::testing::emulation

#endif
