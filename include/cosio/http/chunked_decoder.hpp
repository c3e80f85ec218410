// SPDX-License-Identifier: MIT
//
// The chunked transfer coding, incremental and strict (RFC 9112, section 7.1).

#ifndef COSIO_HTTP_CHUNKED_DECODER_HPP
#define COSIO_HTTP_CHUNKED_DECODER_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/http/field_rules.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

/// What one step of a body decoder did with the bytes it was shown.
struct decoded_piece
{
    std::size_t consumed = 0;   ///< Bytes of the input that are done with.
    std::string_view payload{}; ///< Part of the input that belongs to the body.
};

/// Takes chunk sizes, extensions and trailers out of a byte stream. There may be some extensions and
/// trailers, but not endless ones.
class chunked_decoder
{
public:
    /// Whether the last chunk and its trailers have been read.
    [[nodiscard]] bool done() const noexcept { return state_ == state::done; }

    /// Decodes one step of `input`: at most one piece of payload. Consumes nothing when it needs
    /// more bytes than it was shown. Errors: `errc::malformed_response`, `response_too_large`.
    [[nodiscard]] result<decoded_piece> next(std::string_view input)
    {
        switch (state_) {
        case state::size_line: return size_line(input);
        case state::payload: return payload(input);
        case state::payload_end: return payload_end(input);
        case state::trailer: return trailer(input);
        case state::done: break;
        }
        return decoded_piece{};
    }

private:
    enum class state { size_line, payload, payload_end, trailer, done };

    static constexpr std::size_t line_limit = 4096;
    // Extensions mean nothing to us: a peer that sends them instead of a body would never end.
    static constexpr std::uint64_t extensions_limit = 64 * 1024;
    static constexpr std::size_t trailer_limit = 32; // Lines.

    static error malformed(std::string_view why)
    {
        return error(errc::malformed_response, std::string("chunked reply: ").append(why));
    }

    /// The line at the start of `input` without its CRLF; nothing when it is not whole yet.
    static result<std::optional<std::string_view>> take_line(std::string_view input)
    {
        const auto newline = input.find('\n');
        if (std::min(newline, input.size()) > line_limit)
            return error(errc::response_too_large, "chunked reply: a line is too long");
        if (newline == std::string_view::npos)
            return std::optional<std::string_view>{};
        if (newline == 0 || input[newline - 1] != '\r')
            return malformed("a line does not end in CRLF");
        const auto line = input.substr(0, newline - 1);
        if (!is_receivable_value(line))
            return malformed("a control byte in a line");
        return std::optional(line);
    }

    result<decoded_piece> size_line(std::string_view input)
    {
        auto line = take_line(input);
        if (!line)
            return std::move(line).error();
        if (!*line)
            return decoded_piece{};
        const auto digits = (*line)->substr(0, (*line)->find(';'));
        const auto size = detail::parse_number<std::uint64_t>(digits, 16);
        if (!size || *size > std::numeric_limits<std::int64_t>::max())
            return malformed("the chunk size is not a hexadecimal number in range");
        constexpr std::size_t usual_digits = 16;
        if ((*line)->size() > usual_digits)
            extensions_ += (*line)->size() - usual_digits;
        if (extensions_ > extensions_limit + decoded_)
            return error(
                errc::response_too_large, "chunked reply: more extensions than content");
        left_ = *size;
        state_ = left_ == 0 ? state::trailer : state::payload;
        return decoded_piece{(*line)->size() + 2, {}};
    }

    result<decoded_piece> payload(std::string_view input)
    {
        const auto piece = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
        left_ -= piece.size();
        decoded_ += piece.size();
        if (left_ == 0)
            state_ = state::payload_end;
        return decoded_piece{piece.size(), piece};
    }

    result<decoded_piece> payload_end(std::string_view input)
    {
        constexpr std::string_view end = "\r\n";
        if (!end.starts_with(input.substr(0, end.size())))
            return malformed("no CRLF after a chunk");
        if (input.size() < end.size())
            return decoded_piece{};
        state_ = state::size_line;
        return decoded_piece{end.size(), {}};
    }

    result<decoded_piece> trailer(std::string_view input)
    {
        auto line = take_line(input);
        if (!line)
            return std::move(line).error();
        if (!*line)
            return decoded_piece{};
        if ((*line)->empty())
            state_ = state::done;
        else if (++trailers_ > trailer_limit)
            return error(errc::response_too_large, "chunked reply: too many trailers");
        else if (!is_field_name((*line)->substr(0, (*line)->find(':'))) ||
            (*line)->find(':') == std::string_view::npos)
            return malformed("a trailer that is not a header field");
        return decoded_piece{(*line)->size() + 2, {}};
    }

    state state_ = state::size_line;
    std::uint64_t left_ = 0; // Of the chunk being read.
    std::uint64_t decoded_ = 0;
    std::uint64_t extensions_ = 0; // Bytes of the lines of chunks, but for their sizes.
    std::size_t trailers_ = 0;
};

} // namespace cosio::inline v0::http

#endif
