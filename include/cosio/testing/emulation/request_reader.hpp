// SPDX-License-Identifier: MIT
//
// Reads requests as a server does: its own parser, strict about what ends a line or a body.

#ifndef COSIO_TESTING_EMULATION_REQUEST_READER_HPP
#define COSIO_TESTING_EMULATION_REQUEST_READER_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/testing/emulation/message.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// What a request's head says about its body.
struct body_framing
{
    std::uint64_t length = 0;
    bool has_length = false;
    bool chunked = false;
    bool expects_continue = false;
};

/// Decodes %XX, and `+` as a space where `plus_is_space`. An escape that is none is refused.
[[nodiscard]] inline std::string unescape(std::string_view text, bool plus_is_space)
{
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9')
            return c - '0';
        const char lower = detail::to_lower(c);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i] == '+' && plus_is_space ? ' ' : text[i]);
            continue;
        }
        const bool whole = i + 2 < text.size();
        const int high = whole ? digit(text[i + 1]) : -1;
        const int low = whole ? digit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            refuse(400, "InvalidURI", "The URI has an escape that is none.");
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

/// Splits the target into decoded path and decoded parameters.
inline void read_target(http_request& request)
{
    const std::string_view target = request.target;
    const auto mark = target.find('?');
    request.path = unescape(target.substr(0, mark), false);
    if (mark == std::string_view::npos)
        return;
    auto query = target.substr(mark + 1);
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            request.parameters.emplace_back(unescape(pair.substr(0, equals), true),
                unescape(pair.substr(std::min(equals + 1, pair.size())), true));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

/// Reads a head, without its blank line; every line ends in CRLF.
[[nodiscard]] inline body_framing read_head(std::string_view head, http_request& request)
{
    const auto bad = [](std::string_view why) {
        refuse(400, "BadRequest", std::string("Not HTTP/1.1: ").append(why));
    };
    const auto take_line = [&]() -> std::string_view {
        const auto end = head.find("\r\n");
        if (end == std::string_view::npos)
            bad("a line has no end");
        const auto line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.find_first_of("\r\n") != std::string_view::npos)
            bad("a bare line end");
        return line;
    };

    const auto first = take_line();
    const auto method_end = first.find(' ');
    const auto target_end = first.rfind(' ');
    if (method_end == std::string_view::npos || target_end == method_end)
        bad("the request line");
    request.method = first.substr(0, method_end);
    request.target = first.substr(method_end + 1, target_end - method_end - 1);
    const auto version = first.substr(target_end + 1);
    if ((version != "HTTP/1.1" && version != "HTTP/1.0") || !request.target.starts_with('/') ||
        request.target.find(' ') != std::string::npos)
        bad("the request line");
    request.keep_alive = version == "HTTP/1.1";

    while (!head.empty()) {
        const auto line = take_line();
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 ||
            line.substr(0, colon).find_first_of(" \t") != std::string_view::npos)
            bad("a header field");
        request.fields.add(line.substr(0, colon), detail::trimmed(line.substr(colon + 1)));
    }
    read_target(request);

    body_framing framing;
    if (const auto length = request.fields.find("Content-Length")) {
        const auto number = detail::parse_number<std::uint64_t>(*length);
        if (!number)
            bad("Content-Length");
        framing.length = number.value_or(0);
        framing.has_length = true;
    }
    if (const auto coding = request.fields.find("Transfer-Encoding")) {
        if (!detail::equal_ignoring_case(*coding, "chunked") || framing.has_length)
            bad("Transfer-Encoding");
        framing.chunked = true;
    }
    framing.expects_continue =
        detail::equal_ignoring_case(request.fields.get("Expect"), "100-continue");
    if (detail::equal_ignoring_case(request.fields.get("Connection"), "close"))
        request.keep_alive = false;
    return framing;
}

/// Takes whole chunks off the front of `input`; true once the last one and its trailers are read.
[[nodiscard]] inline bool take_chunks(std::string& input, std::string& body)
{
    for (;;) {
        const auto line_end = input.find("\r\n");
        if (line_end == std::string::npos)
            return false;
        const auto size_text =
            std::string_view(input).substr(0, std::min(line_end, input.find(';')));
        const auto size = detail::parse_number<std::uint32_t>(size_text, 16);
        if (!size)
            refuse(400, "BadRequest", "A chunk without a size.");
        if (*size == 0) {
            // Trailers, if any, end with a blank line.
            const auto end = input.find("\r\n\r\n", line_end);
            if (end == std::string::npos)
                return false;
            input.erase(0, end + 4);
            return true;
        }
        const std::size_t start = line_end + 2;
        if (input.size() < start + *size + 2)
            return false;
        if (input.compare(start + *size, 2, "\r\n") != 0)
            refuse(400, "BadRequest", "A chunk without an end.");
        body.append(input, start, *size);
        input.erase(0, start + *size + 2);
    }
}

} // namespace cosio::inline v0::testing::emulation

#endif
