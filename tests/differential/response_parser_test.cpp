// Replies read by our parser and decoder, and by http-parser: what both accept they read alike, to
// the last byte, and where one alone accepts there is a reason with a name.

#include "differential/text_source.hpp"

#include <cosio/http/response_body.hpp>
#include <cosio/http/response_parser.hpp>

#include <doctest/doctest.h>

#include <http_parser.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace http = cosio::http;
using cosio::detail::trimmed;
using differential::printable;
using differential::text_source;

enum class outcome { complete, incomplete, refused };

constexpr std::string_view name_of(outcome what)
{
    switch (what) {
    case outcome::complete: return "complete";
    case outcome::incomplete: return "incomplete";
    case outcome::refused: break;
    }
    return "refused";
}

/// A reply as one of the two has read it.
struct reading
{
    outcome end = outcome::incomplete;
    std::string problem{};
    unsigned status = 0;
    unsigned minor_version = 0;
    std::vector<std::pair<std::string, std::string>> fields{};
    bool chunked = false;
    bool keep_alive = false;
    std::string body{};
    std::size_t consumed = 0;

    [[nodiscard]] bool same_message(const reading& other) const
    {
        return status == other.status && minor_version == other.minor_version &&
            fields == other.fields && chunked == other.chunked &&
            keep_alive == other.keep_alive && body == other.body && consumed == other.consumed;
    }
};

/// Reads as the client does: the head from a buffer that grows, then the body piece by piece, and
/// the end of the connection behind `text`.
reading ours(std::string_view text, http::method request)
{
    reading out;
    http::response_parser parser;
    http::response_head head;
    std::size_t at = 0;
    for (std::size_t shown = 0; at == 0;) {
        shown = std::min(shown + 7, text.size());
        const auto length = parser.parse(text.substr(0, shown), head);
        if (!length) {
            out.end = outcome::refused;
            out.problem = length.error().message;
            return out;
        }
        at = *length;
        if (shown == text.size() && at == 0)
            return out;
    }
    out.status = head.status;
    out.minor_version = head.minor_version;
    out.chunked = head.chunked;
    for (std::size_t i = 0; i != head.size(); ++i)
        out.fields.emplace_back(head[i].name, head[i].value);
    http::response_body body(request, head);
    out.keep_alive = head.keep_alive && body.kind() != http::framing::until_close;
    while (!body.done()) {
        const auto piece = body.next(text.substr(at));
        if (!piece) {
            out.end = outcome::refused;
            out.problem = piece.error().message;
            return out;
        }
        out.body.append(piece->payload);
        at += piece->consumed;
        if (piece->consumed == 0)
            break;
    }
    out.end = body.closed() ? outcome::complete : outcome::incomplete;
    out.consumed = at;
    return out;
}

/// What http-parser tells while it reads.
struct listener
{
    reading seen{};
    bool is_head = false;
    bool in_value = false;
    bool head_done = false;
    bool done = false;

    static listener& of(http_parser* parser) { return *static_cast<listener*>(parser->data); }

    static int on_name(http_parser* parser, const char* text, std::size_t size)
    {
        auto& self = of(parser);
        if (self.head_done)
            return 0; // A trailer.
        if (self.in_value || self.seen.fields.empty())
            self.seen.fields.emplace_back();
        self.in_value = false;
        self.seen.fields.back().first.append(text, size);
        return 0;
    }
    static int on_value(http_parser* parser, const char* text, std::size_t size)
    {
        auto& self = of(parser);
        self.in_value = true;
        if (!self.head_done)
            self.seen.fields.back().second.append(text, size);
        return 0;
    }
    static int on_head(http_parser* parser)
    {
        auto& self = of(parser);
        self.head_done = true;
        self.seen.status = parser->status_code;
        self.seen.minor_version = parser->http_minor;
        self.seen.chunked = (parser->flags & F_CHUNKED) != 0;
        for (auto& [name, value] : self.seen.fields)
            value = std::string(trimmed(value));
        // Which replies have no body it leaves to its user to know (RFC 9112, section 6.3).
        const auto status = self.seen.status;
        return self.is_head || status / 100 == 1 || status == 204 || status == 304 ? 1 : 0;
    }
    static int on_body(http_parser* parser, const char* text, std::size_t size)
    {
        of(parser).seen.body.append(text, size);
        return 0;
    }
    static int on_end(http_parser* parser)
    {
        auto& self = of(parser);
        self.done = true;
        self.seen.keep_alive = http_should_keep_alive(parser) != 0;
        http_parser_pause(parser, 1);
        return 0;
    }
};

reading theirs(std::string_view text, http::method request)
{
    http_parser_settings settings;
    http_parser_settings_init(&settings);
    settings.on_header_field = listener::on_name;
    settings.on_header_value = listener::on_value;
    settings.on_headers_complete = listener::on_head;
    settings.on_body = listener::on_body;
    settings.on_message_complete = listener::on_end;
    listener heard;
    heard.is_head = request == http::method::head;
    http_parser parser;
    http_parser_init(&parser, HTTP_RESPONSE);
    parser.data = &heard;
    heard.seen.consumed = http_parser_execute(&parser, &settings, text.data(), text.size());
    if (HTTP_PARSER_ERRNO(&parser) == HPE_OK && !heard.done)
        http_parser_execute(&parser, &settings, nullptr, 0); // The end of the connection.
    const auto problem = HTTP_PARSER_ERRNO(&parser);
    if (heard.done)
        heard.seen.end = outcome::complete;
    else if (problem != HPE_OK && problem != HPE_INVALID_EOF_STATE)
        heard.seen.end = outcome::refused;
    heard.seen.problem = http_errno_name(problem);
    return std::move(heard.seen);
}

/// Takes a line off the front of `text`, with its end; what is left when there is none.
std::string take_line(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string line(text.substr(0, end));
    text.remove_prefix(end);
    return line;
}

const std::regex status_line("HTTP/1\\.[01] [1-9][0-9]{2}( [\\t\\x20-\\x7e\\x80-\\xff]*)?\r\n");
const std::regex field_line(
    "[-!#$%&'*+.^_`|~0-9A-Za-z]+:[\\t\\x20-\\x7e\\x80-\\xff]*\r\n");
const std::regex chunk_line("[0-9A-Fa-f]+(;[\\t\\x20-\\x7e\\x80-\\xff]*)?\r\n");
const std::regex coding_line("transfer-encoding:[ \t]*chunked[ \t]*\r\n", std::regex::icase);
const std::regex empty_item("(^|,)[ \t]*,");
const std::regex close_item("(^|,)[ \t]*close[ \t]*(,|$)", std::regex::icase);
const std::regex keep_alive_item("(^|,)[ \t]*keep-alive[ \t]*(,|$)", std::regex::icase);

bool is_field(std::string_view line, std::string_view name)
{
    return cosio::detail::starts_with_ignoring_case(line, name) &&
        line.substr(name.size()).starts_with(':');
}

/// Whether the digits in `line` are a number beyond 2^63 - 1.
bool exceeds_signed(std::string_view line)
{
    constexpr std::string_view largest = "9223372036854775807";
    constexpr std::string_view digits = "0123456789";
    line.remove_prefix(std::min(line.find_first_of("123456789"), line.size()));
    const auto number = line.substr(0, line.find_first_not_of(digits));
    return number.size() > largest.size() || (number.size() == largest.size() && number > largest);
}

/// The rule of RFC 9112 that a chunked body breaks.
std::string_view rule_broken_by_chunks(std::string_view body)
{
    while (!body.empty()) {
        const auto line = take_line(body);
        if (!std::regex_match(line, chunk_line))
            return "a chunk's size, extensions, CRLF";
        const auto digits = std::string_view(line).substr(0, line.find_first_of(";\r"));
        const auto size = cosio::detail::parse_number<std::uint64_t>(digits, 16);
        if (!size || static_cast<std::int64_t>(*size) < 0)
            return "a length of at most 2^63 - 1";
        if (*size == 0)
            break;
        body.remove_prefix(std::min<std::uint64_t>(*size, body.size()));
        constexpr std::string_view end = "\r\n";
        if (!end.starts_with(body.substr(0, end.size())))
            return "CRLF behind a chunk";
        body.remove_prefix(std::min(end.size(), body.size()));
    }
    while (!body.empty()) {
        const auto line = take_line(body);
        if (line == "\r\n")
            break;
        if (!std::regex_match(line, field_line))
            return "a trailer: name, colon, value, CRLF";
    }
    return {};
}

/// The rule of RFC 9112 that a reply breaks, by a reading of its own: where http-parser lets it
/// pass, ours may not. Empty when there is none.
std::string_view broken_rule(std::string_view text, http::method request)
{
    const auto first = take_line(text);
    if (!std::regex_match(first, status_line))
        return "a status line: version 1.0 or 1.1, three digits, reason, CRLF";
    bool chunked = false;
    for (;;) {
        if (text.empty())
            return {};
        const auto line = take_line(text);
        if (line == "\r\n")
            break;
        if (!std::regex_match(line, field_line))
            return "a header field: name, colon, value, CRLF";
        if (is_field(line, "content-length") && exceeds_signed(line))
            return "a length of at most 2^63 - 1";
        if (!is_field(line, "transfer-encoding"))
            continue;
        if (chunked || first[7] == '0' ||
            !std::regex_match(line, coding_line))
            return "one transfer coding, chunked, in HTTP/1.1";
        chunked = true;
    }
    const bool has_body = request != http::method::head && first[9] != '1' &&
        first.compare(9, 3, "204") != 0 && first.compare(9, 3, "304") != 0;
    return chunked && has_body ? rule_broken_by_chunks(text) : std::string_view{};
}

/// Why the two may judge the connection in two ways; empty when there is no such reason.
std::string_view difference_of_connections(const reading& message)
{
    bool closes = false;
    bool keeps = false;
    for (const auto& [name, value] : message.fields) {
        if (cosio::detail::equal_ignoring_case(name, "proxy-connection"))
            return "http-parser takes Proxy-Connection for Connection";
        if (!cosio::detail::equal_ignoring_case(name, "connection"))
            continue;
        if (std::regex_search(value, empty_item))
            return "http-parser loses its place in a list with an empty item";
        closes = closes || std::regex_search(value, close_item);
        keeps = keeps || std::regex_search(value, keep_alive_item);
    }
    return closes && keeps && message.minor_version == 0
        ? "http-parser lets keep-alive win over close in HTTP/1.0"
        : std::string_view{};
}

/// How often each reason explained a difference; empty: none was needed.
using tally = std::map<std::string_view, std::size_t, std::less<>>;

bool alike(const reading& we, const reading& they)
{
    return we.end == they.end && (we.end != outcome::complete || we.same_message(they));
}

/// Why the two differ on `text`; empty when there is no reason that is known.
std::string_view explain(
    std::string_view text, http::method request, const reading& we, const reading& they)
{
    std::string without_tabs(text);
    std::ranges::replace(without_tabs, '\t', ' ');
    if (without_tabs != text && alike(ours(without_tabs, request), theirs(without_tabs, request)))
        return "http-parser takes a tab behind a value for part of it";
    // Trailers say nothing about the message: RFC 9112, section 7.1.2.
    const auto read = text.substr(0, we.consumed);
    if (we.end != outcome::refused && we.chunked && they.chunked && we.body == they.body &&
        read.find("0\r\n") != std::string_view::npos && !read.ends_with("0\r\n\r\n"))
        return "http-parser obeys the fields of a trailer";
    if (we.end == outcome::complete && they.end == outcome::complete) {
        auto same_otherwise = they;
        same_otherwise.keep_alive = we.keep_alive;
        return we.same_message(same_otherwise) ? difference_of_connections(we)
                                               : std::string_view{};
    }
    if (they.end != outcome::refused)
        return we.end == outcome::complete ? std::string_view{} : broken_rule(text, request);
    for (const auto& [name, value] : we.fields)
        if (cosio::detail::starts_with_ignoring_case(name, "transfer-encoding") &&
            name.size() != std::string_view("transfer-encoding").size() &&
            they.problem == "HPE_UNEXPECTED_CONTENT_LENGTH")
            return "http-parser takes a name that begins with Transfer-Encoding for it";
    // It looks at every byte, our parsers at whole lines and heads.
    const auto ended = std::string(text).append("\r\n\r\n");
    if (we.end == outcome::incomplete && ours(ended, request).end == outcome::refused)
        return "refused once the line or the head is whole";
    return {};
}

void compare(std::string_view text, http::method request, tally& counts)
{
    const auto we = ours(text, request);
    const auto they = theirs(text, request);
    const auto reached =
        alike(we, they) ? name_of(we.end) : explain(text, request, we, they);
    ++counts[reached];
    // http-parser lets much pass that it should not, so that agreeing with it is not enough.
    const bool too_lenient = we.end == outcome::complete &&
        !broken_rule(text.substr(0, we.consumed), request).empty();
    if (reached.empty() || too_lenient)
        FAIL_CHECK(printable(text), " | ours: ", std::string(name_of(we.end)), " ", we.problem,
            " | theirs: ", std::string(name_of(they.end)), " ", they.problem);
}

constexpr std::array<std::string_view, 11> replies{
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"a\"\r\nx-cos-request-id: NWU5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nA\r\n0123456789\r\n0\r\n"
    "x-cos-hash: 1\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nServer: tencent-cos\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nab",
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/5\r\nContent-Length: 2\r\n\r\nhe",
    "HTTP/1.1 404 Not Found\r\nContent-Type: application/xml\r\nContent-Length: 8\r\n\r\n<Error/>",
    "HTTP/1.1 503\r\nRetry-After: 1\r\nConnection: close\r\n\r\nbusy",
};

constexpr std::array<std::string_view, 62> pieces{"\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ": ",
    ";", ",", "\"", "\x7f", "\x01", "\x80", "\xc3\xa9", "0", "1", "5", "f", "00", "ffffffffffffffff",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "HTTP/1.1 ", "HTTP/1.0 ",
    "HTTP/2.0 ", "HTTP/1.1 200 OK\r\n", "99", "1000", "\r\n ", "\r\n\t", " :", "Content-Length: 5\r\n",
    "Content-Length: 3\r\n", "content-length:0\r\n", "Content-Length: 1, 1\r\n", "Content-Length: +5\r\n",
    "Content-Length: \r\n", "Transfer-Encoding: chunked\r\n", "transfer-encoding:Chunked \r\n",
    "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n", "Connection: close\r\n",
    "Connection: keep-alive\r\n", "Connection: Keep-Alive, x\r\n", "connection: x, close\r\n",
    "Upgrade: h2c\r\n", "Connection: upgrade\r\n", "Proxy-Connection: close\r\n", "A: b\r\n", "A:\r\n",
    "A: b \t\r\n", "A B: c\r\n", "(: c\r\n", "\xc3\xa9: c\r\n", "\r\n0\r\n\r\n", "\r\n1\r\nx\r\n", "0x5", "-1",
    " OK", "101"};

/// Tells what the rounds have met, and checks that they were not all of one kind.
void report(const tally& counts)
{
    std::string all;
    for (const auto& [reason, count] : counts)
        all.append("\n  ").append(std::to_string(count)).append(" ").append(reason);
    MESSAGE(all);
    for (const auto* const met : {"complete", "incomplete", "refused"})
        CHECK(counts.contains(std::string_view(met)));
}

} // namespace

TEST_CASE("HTTP: replies are read as http-parser reads them")
{
    tally counts;
    for (const auto reply : replies)
        for (const auto request : {http::method::get, http::method::head})
            compare(reply, request, counts);
    CHECK(counts["complete"] == 2 * replies.size());
}

TEST_CASE("HTTP: where the two differ, and why")
{
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::vector<std::pair<std::string, std::string_view>> differences{
        {"\r\nHTTP/1.1 204 No Content\r\n\r\n",
            "a status line: version 1.0 or 1.1, three digits, reason, CRLF"},
        {"HTTP/1.2 204 No Content\r\n\r\n",
            "a status line: version 1.0 or 1.1, three digits, reason, CRLF"},
        {"HTTP/1.1 204 No Content\n\n",
            "a status line: version 1.0 or 1.1, three digits, reason, CRLF"},
        {"HTTP/1.1 204 No Content\r\nA: b\r\n c\r\n\r\n", "a header field: name, colon, value, CRLF"},
        {"HTTP/1.1 204 No Content\r\nA : b\r\n\r\n", "a header field: name, colon, value, CRLF"},
        {"HTTP/1.1 204 No Content\r\nA: b\n\r\n", "a header field: name, colon, value, CRLF"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "one transfer coding, chunked, in HTTP/1.1"},
        {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "one transfer coding, chunked, in HTTP/1.1"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n",
            "a length of at most 2^63 - 1"},
        {chunked + "8000000000000000\r\n", "a length of at most 2^63 - 1"},
        {chunked + "1 \r\nx\r\n0\r\n\r\n", "a chunk's size, extensions, CRLF"},
        {chunked + "1\r\nxy\n0\r\n\r\n", "CRLF behind a chunk"},
        {chunked + "0\r\nA b: c\r\n\r\n", "a trailer: name, colon, value, CRLF"},
        {chunked + "0\r\nContent-Length: x\r\n\r\n", "http-parser obeys the fields of a trailer"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\t\r\n\r\nx",
            "http-parser takes a tab behind a value for part of it"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encodings: x\r\nContent-Length: 1\r\n\r\nx",
            "http-parser takes a name that begins with Transfer-Encoding for it"},
        {"HTTP/1.1 200 OK\r\nProxy-Connection: close\r\nContent-Length: 0\r\n\r\n",
            "http-parser takes Proxy-Connection for Connection"},
        {"HTTP/1.1 200 OK\r\nConnection: ,close\r\nContent-Length: 0\r\n\r\n",
            "http-parser loses its place in a list with an empty item"},
        {"HTTP/1.0 200 OK\r\nConnection: close, keep-alive\r\nContent-Length: 0\r\n\r\n",
            "http-parser lets keep-alive win over close in HTTP/1.0"},
        {"HTTP/1.1 200 OK\r\nContent-Length: x", "refused once the line or the head is whole"},
    };
    for (const auto& [reply, reason] : differences) {
        const auto we = ours(reply, http::method::get);
        const auto they = theirs(reply, http::method::get);
        CAPTURE(printable(reply));
        CHECK_FALSE(alike(we, they));
        CHECK(explain(reply, http::method::get, we, they) == reason);
    }
}

TEST_CASE("HTTP: mutated replies")
{
    text_source source(20260103);
    tally counts;
    for (int round = 0; round != 20'000; ++round) {
        std::string reply(source.one_of(replies));
        source.mutate(reply, pieces);
        compare(reply, source.one_in(8) ? http::method::head : http::method::get, counts);
    }
    report(counts);
}

TEST_CASE("HTTP: replies made of fields at random")
{
    text_source source(20260104);
    tally counts;
    for (int round = 0; round != 20'000; ++round) {
        std::string reply = source.one_in(8) ? "HTTP/1.0 200 OK\r\n" : "HTTP/1.1 200 OK\r\n";
        for (auto count = source.below(4); count != 0; --count)
            reply.append(source.one_of(pieces));
        reply.append("\r\n").append(source.one_in(2) ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
        compare(reply, http::method::get, counts);
    }
    report(counts);
}
