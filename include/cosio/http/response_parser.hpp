// SPDX-License-Identifier: MIT
//
// An incremental parser of HTTP/1.1 reply heads that refuses whatever could be read in two ways.

#ifndef COSIO_HTTP_RESPONSE_PARSER_HPP
#define COSIO_HTTP_RESPONSE_PARSER_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/http/field_rules.hpp>
#include <cosio/http/response_head.hpp>
#include <cosio/result.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// What a peer may make us hold.
struct head_limits
{
    std::size_t bytes = 64 * 1024; ///< Of a head, with its blank line.
    std::size_t fields = 128;
};

/// Finds the end of a head in a growing buffer, then parses it at one go.
///
/// Refused, as each has been used to make two readers disagree: bare LF or CR, folded lines,
/// blanks before the colon, control bytes, repeated `Content-Length` (even with the same value),
/// `Content-Length` with `Transfer-Encoding`, any transfer coding but `chunked`, lengths that are
/// not plain digits or overflow (RFC 9112, sections 2.2, 5, 6 and 11).
class response_parser
{
public:
    explicit response_parser(head_limits limits = {}) noexcept : limits_(limits) {}

    /// Looks at `buffer`, which holds all bytes received for this head so far and maybe more.
    ///
    /// Yields the length of the head once it is whole, filling `head`; 0 when more bytes are
    /// needed; or `errc::malformed_response`, `errc::response_too_large`. Call it again with a
    /// longer buffer; after a whole head the next call starts a new one.
    [[nodiscard]] result<std::size_t> parse(std::string_view buffer, response_head& head)
    {
        // A peer that speaks something else may never end its line.
        constexpr std::string_view version = "HTTP/1.";
        if (buffer.substr(0, version.size()) != version.substr(0, buffer.size()))
            return malformed("not an HTTP/1 status line");
        for (;;) {
            const auto newline = buffer.find('\n', scanned_);
            if (newline == std::string_view::npos) {
                scanned_ = buffer.size();
                if (buffer.size() > limits_.bytes)
                    return too_large();
                return std::size_t{0};
            }
            if (newline >= limits_.bytes)
                return too_large();
            if (newline == 0 || buffer[newline - 1] != '\r')
                return malformed("a line does not end in CRLF");
            const bool blank = newline - 1 == line_start_;
            scanned_ = newline + 1;
            if (!blank) {
                line_start_ = scanned_;
                continue;
            }
            const std::size_t length = scanned_;
            const std::size_t without_blank_line = line_start_;
            scanned_ = line_start_ = 0;
            if (auto parsed = parse_whole(buffer.substr(0, without_blank_line), head); !parsed)
                return std::move(parsed).error();
            return length;
        }
    }

private:
    static error malformed(std::string_view why)
    {
        return error(errc::malformed_response, std::string("reply head: ").append(why));
    }

    static error too_large()
    {
        return error(errc::response_too_large, "reply head: larger than allowed");
    }

    result<void> parse_whole(std::string_view text, response_head& head) const
    {
        head = response_head{};
        head.assign_text(text);
        if (text.empty())
            return malformed("no status line");

        const std::size_t first_end = text.find("\r\n");
        if (auto parsed = parse_status_line(text.substr(0, first_end), head); !parsed)
            return parsed;
        for (std::size_t start = first_end + 2; start < text.size();) {
            const auto end = parse_field(text, start, head);
            if (!end)
                return end.error();
            start = *end;
        }
        return interpret(head);
    }

    static result<void> parse_status_line(std::string_view line, response_head& head)
    {
        constexpr std::string_view version = "HTTP/1.";
        constexpr std::size_t minor = version.size();
        constexpr std::size_t status = minor + 2;
        constexpr std::size_t status_length = 3;
        if (line.size() < status + status_length || !line.starts_with(version) ||
            (line[minor] != '0' && line[minor] != '1') || line[minor + 1] != ' ')
            return malformed("not an HTTP/1 status line");
        const auto code = detail::parse_number<unsigned>(line.substr(status, status_length));
        if (!code || *code < 100)
            return malformed("the status is not a number from 100 to 999");
        const auto reason = line.substr(status + status_length);
        if ((!reason.empty() && reason.front() != ' ') || !is_receivable_value(reason))
            return malformed("bad bytes after the status");
        head.status = *code;
        head.minor_version = line[minor] == '1' ? 1 : 0;
        return {};
    }

    /// The field whose line begins at `start`; where the next line begins. The text ends in CRLF.
    result<std::size_t> parse_field(
        std::string_view text, std::size_t start, response_head& head) const
    {
        constexpr auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
        if (is_blank(text[start]))
            return malformed("a folded line");
        std::size_t colon = start;
        while (is_token_character(text[colon]))
            ++colon;
        if (colon == start || text[colon] != ':')
            return malformed("a line that is not a header field");
        std::size_t value = colon + 1;
        while (is_blank(text[value]))
            ++value;
        std::size_t end = receivable_until(text, value);
        if (text[end] != '\r' || text[end + 1] != '\n')
            return malformed("a control byte in a header field");
        if (head.size() == limits_.fields)
            return error(errc::response_too_large, "reply head: too many header fields");
        const std::size_t next = end + 2;
        while (end != value && is_blank(text[end - 1]))
            --end;
        head.add_field(start, colon - start, value, end - value);
        return next;
    }

    /// Where the characters from `at` on that a value may have end. The text ends in CRLF.
    static std::size_t receivable_until(std::string_view text, std::size_t at)
    {
        for (;; ++at) {
            for (std::size_t printable = 8; printable == 8 && at + 8 <= text.size();) {
                printable = detail::printable_among_eight_at(&text[at]);
                at += printable;
            }
            if (!is_receivable_character(text[at]))
                return at;
        }
    }

    /// Reads the fields that decide where the message ends.
    static result<void> interpret(response_head& head)
    {
        bool close = false;
        bool keep_alive = false;
        for (std::size_t i = 0; i != head.size(); ++i) {
            const auto [name, value] = head[i];
            if (is(name, "content-length")) {
                if (head.content_length)
                    return malformed("more than one Content-Length");
                const auto length = detail::parse_number<std::uint64_t>(value);
                if (!length || *length > std::numeric_limits<std::int64_t>::max())
                    return malformed("Content-Length is not a number in range");
                head.content_length = length;
            } else if (is(name, "transfer-encoding")) {
                if (head.chunked || !detail::equal_ignoring_case(value, "chunked"))
                    return malformed("a transfer coding other than chunked");
                head.chunked = true;
            } else if (is(name, "connection")) {
                close = close || lists(value, "close");
                keep_alive = keep_alive || lists(value, "keep-alive");
            }
        }
        if (head.chunked && head.content_length)
            return malformed("both Content-Length and Transfer-Encoding");
        if (head.chunked && head.minor_version == 0)
            return malformed("a transfer coding in HTTP/1.0");
        head.keep_alive = !close && (head.minor_version == 1 || keep_alive);
        return {};
    }

    /// The length tells most names apart without a call.
    static bool is(std::string_view name, std::string_view known)
    {
        return name.size() == known.size() && detail::equal_ignoring_case(name, known);
    }

    /// Whether a comma-separated list has the item, in any case.
    static bool lists(std::string_view list, std::string_view item)
    {
        for (;;) {
            const auto comma = list.find(',');
            if (detail::equal_ignoring_case(detail::trimmed(list.substr(0, comma)), item))
                return true;
            if (comma == std::string_view::npos)
                return false;
            list.remove_prefix(comma + 1);
        }
    }

    head_limits limits_;
    std::size_t scanned_ = 0;    // Bytes known to hold no unseen line end.
    std::size_t line_start_ = 0; // Of the line that is not complete yet.
};

} // namespace cosio::inline v0::http

#endif
