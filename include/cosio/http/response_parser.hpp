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
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// What a peer may make us hold.
struct head_limits
{
    std::size_t bytes = 64 * 1024; ///< Of a head, with its blank line.
    std::size_t fields = 128;
};

/// Parses a head in a growing buffer, line by line: a line that comes in pieces when it begins and
/// once more when it is whole.
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
    /// Yields the length of the head once it is whole, and `head` is filled; 0 when more bytes are
    /// needed, and then it has to be called with a longer buffer and the same `head`, empty so far;
    /// or `errc::malformed_response`, `errc::response_too_large`, and nothing is kept but the
    /// status, if its line was in order. After a whole head, or an error, the next call starts a
    /// new one.
    [[nodiscard]] result<std::size_t> parse(std::string_view buffer, response_head& head)
    {
        auto length = parse_lines(buffer, head);
        if (!length) {
            head.clear();
            head.status = status_;
        }
        if (!length || *length != 0)
            scanned_ = line_start_ = 0;
        return length;
    }

private:
    result<std::size_t> parse_lines(std::string_view buffer, response_head& head)
    {
        if (line_start_ == 0) {
            auto status_line = parse_first_line(buffer, head);
            if (!status_line || *status_line == 0)
                return status_line;
            line_start_ = *status_line;
        } else if (waits_for_newline(buffer)) {
            return more_is_needed(buffer);
        }
        std::optional<error> problem;
        for (;;) {
            if (is_blank_line(buffer.substr(line_start_)))
                return head_ends(buffer, head);
            const auto next = parse_field(buffer, line_start_, head, problem);
            if (problem)
                return std::move(*problem);
            if (next == 0)
                return more_is_needed(buffer);
            if (next > limits_.bytes)
                return too_large();
            line_start_ = next;
        }
    }

    static error malformed(std::string_view why)
    {
        return error(errc::malformed_response, std::string("reply head: ").append(why));
    }

    static error too_large()
    {
        return error(errc::response_too_large, "reply head: larger than allowed");
    }

    static error bad_line_end() { return malformed("a line does not end in CRLF"); }

    /// Whether the line that was not whole still is not: it is not read again until it is.
    [[nodiscard]] bool waits_for_newline(std::string_view buffer) const noexcept
    {
        return scanned_ > line_start_ && buffer.find('\n', scanned_) == std::string_view::npos;
    }

    result<std::size_t> more_is_needed(std::string_view buffer)
    {
        scanned_ = buffer.size();
        if (buffer.size() > limits_.bytes)
            return too_large();
        return std::size_t{0};
    }

    static bool is_blank_line(std::string_view rest) noexcept
    {
        return rest.size() >= 2 && rest[0] == '\r' && rest[1] == '\n';
    }

    result<std::size_t> head_ends(std::string_view buffer, response_head& head) const
    {
        const std::size_t length = line_start_ + 2;
        if (length > limits_.bytes)
            return too_large();
        head.complete(buffer.substr(0, line_start_));
        head.status = status_;
        head.minor_version = minor_version_;
        if (auto sound = interpret(head); !sound)
            return std::move(sound).error();
        return length;
    }

    /// Where the status line ends, 0 when that has not come.
    result<std::size_t> parse_first_line(std::string_view buffer, response_head& head)
    {
        head.clear();
        status_ = 0;
        // A peer that speaks something else may never end its line.
        constexpr std::string_view version = "HTTP/1.";
        if (buffer.substr(0, version.size()) != version.substr(0, buffer.size()))
            return malformed("not an HTTP/1 status line");
        const auto newline = buffer.find('\n', scanned_);
        if (newline == std::string_view::npos)
            return more_is_needed(buffer);
        if (newline >= limits_.bytes)
            return too_large();
        if (buffer[newline - 1] != '\r')
            return bad_line_end();
        if (auto parsed = parse_status_line(buffer.substr(0, newline - 1)); !parsed)
            return std::move(parsed).error();
        return newline + 1;
    }

    result<void> parse_status_line(std::string_view line)
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
        status_ = *code;
        minor_version_ = line[minor] == '1' ? 1 : 0;
        return {};
    }

    /// The field whose line begins at `start`; where the next line begins, 0 when that has not come
    /// or there is a problem.
    std::size_t parse_field(std::string_view text, std::size_t start, response_head& head,
        std::optional<error>& problem) const
    {
        const auto colon = token_until(text, start);
        if (colon == text.size())
            return 0;
        if (colon == start || text[colon] != ':') {
            problem = problem_without_name(text.substr(start), colon - start);
            return 0;
        }
        std::size_t value = colon + 1;
        while (value != text.size() && is_blank(text[value]))
            ++value;
        std::size_t end = receivable_until(text, value);
        if (text.size() - end < 2 || text[end] != '\r' || text[end + 1] != '\n') {
            problem = problem_behind_value(text.substr(end));
            return 0;
        }
        if (head.added() == limits_.fields) {
            problem = error(errc::response_too_large, "reply head: too many header fields");
            return 0;
        }
        const std::size_t next = end + 2;
        while (end != value && is_blank(text[end - 1]))
            --end;
        head.add_field(text.substr(start, colon - start), start, value, end - value);
        return next;
    }

    /// Why a line is no field, of which the first `token` characters might be a name; nothing when
    /// it may be the blank line.
    static std::optional<error> problem_without_name(std::string_view line, std::size_t token)
    {
        if (line == "\r")
            return std::nullopt;
        if (line[token] == '\n')
            return bad_line_end();
        return malformed(is_blank(line.front()) ? "a folded line"
                                                : "a line that is not a header field");
    }

    /// Why a field cannot end as it does; nothing when its end may come yet.
    static std::optional<error> problem_behind_value(std::string_view rest)
    {
        if (rest.empty() || rest == "\r")
            return std::nullopt;
        if (rest.front() == '\n')
            return bad_line_end();
        return malformed("a control byte in a header field");
    }

    static bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

    /// Where the characters from `at` on that a name may have end.
    static std::size_t token_until(std::string_view text, std::size_t at) noexcept
    {
        return end_of(text, at, detail::name_characters_among_eight_at, is_token_character);
    }

    /// Where the characters from `at` on that a value may have end.
    static std::size_t receivable_until(std::string_view text, std::size_t at) noexcept
    {
        return end_of(text, at, detail::printable_among_eight_at, is_receivable_character);
    }

    /// Where the characters from `at` on that belong end: `among_eight_at` counts the usual ones,
    /// `belongs` decides.
    template <class AmongEightAt, class Belongs>
    static std::size_t end_of(std::string_view text, std::size_t at, AmongEightAt among_eight_at,
        Belongs belongs) noexcept
    {
        for (; at != text.size(); ++at) {
            for (std::size_t usual = 8; usual == 8 && at + 8 <= text.size();) {
                usual = among_eight_at(&text[at]);
                at += usual;
            }
            if (at == text.size() || !belongs(text[at]))
                break;
        }
        return at;
    }

    /// Reads the fields that decide where the message ends.
    static result<void> interpret(response_head& head)
    {
        bool close = false;
        bool keep_alive = false;
        bool sound = true;
        head.for_each("content-length", [&](std::string_view value) {
            const auto length = detail::parse_number<std::uint64_t>(value);
            sound = sound && !head.content_length && length &&
                *length <= std::numeric_limits<std::int64_t>::max();
            head.content_length = length;
        });
        if (!sound)
            return malformed("Content-Length is not one number in range");
        head.for_each("transfer-encoding", [&](std::string_view value) {
            sound = sound && !head.chunked && detail::equal_ignoring_case(value, "chunked");
            head.chunked = true;
        });
        if (!sound)
            return malformed("a transfer coding other than chunked");
        head.for_each("connection", [&](std::string_view value) {
            close = close || lists(value, "close");
            keep_alive = keep_alive || lists(value, "keep-alive");
        });
        if (head.chunked && head.content_length)
            return malformed("both Content-Length and Transfer-Encoding");
        if (head.chunked && head.minor_version == 0)
            return malformed("a transfer coding in HTTP/1.0");
        head.keep_alive = !close && (head.minor_version == 1 || keep_alive);
        return {};
    }

    /// Whether a comma-separated list has the item, in any case.
    static bool lists(std::string_view list, std::string_view item)
    {
        if (detail::equal_ignoring_case(list, item))
            return true; // Mostly it is the only one.
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
    unsigned status_ = 0; // Once its line was read.
    unsigned minor_version_ = 1;
};

} // namespace cosio::inline v0::http

#endif
