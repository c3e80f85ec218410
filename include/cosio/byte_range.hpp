// SPDX-License-Identifier: MIT
//
// Which bytes of an object are asked for.

#ifndef COSIO_BYTE_RANGE_HPP
#define COSIO_BYTE_RANGE_HPP

#include <cosio/detail/ascii.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0 {

/// A range of bytes, both ends included as HTTP counts them. By default the whole object.
class byte_range
{
public:
    enum class form {
        whole,  ///< No range.
        between, ///< `first()` to `last()`.
        from,   ///< `first()` to the end.
        suffix, ///< The last `length()` bytes.
    };

    byte_range() = default;

    /// `bytes=first-last`; refused with `errc::invalid_range` when reversed.
    [[nodiscard]] static constexpr byte_range between(
        std::uint64_t first, std::uint64_t last) noexcept
    {
        return {form::between, first, last};
    }
    /// `bytes=first-`.
    [[nodiscard]] static constexpr byte_range from(std::uint64_t first) noexcept
    {
        return {form::from, first, 0};
    }
    /// `bytes=-length`; refused with `errc::invalid_range` when 0.
    [[nodiscard]] static constexpr byte_range suffix(std::uint64_t length) noexcept
    {
        return {form::suffix, length, 0};
    }

    [[nodiscard]] constexpr form kind() const noexcept { return form_; }
    [[nodiscard]] constexpr bool is_whole() const noexcept { return form_ == form::whole; }
    [[nodiscard]] constexpr std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] constexpr std::uint64_t last() const noexcept { return last_; }
    [[nodiscard]] constexpr std::uint64_t length() const noexcept { return first_; }

    /// Why it cannot be sent; empty when it can.
    [[nodiscard]] constexpr std::string_view problem() const noexcept
    {
        if (form_ == form::between && last_ < first_)
            return "must not end before it begins";
        if (form_ == form::suffix && first_ == 0)
            return "must not be empty";
        return {};
    }

    /// The value of a Range header; requires `!is_whole()`.
    [[nodiscard]] std::string header_value() const
    {
        std::string text = "bytes=";
        if (form_ != form::suffix)
            detail::append_number(text, first_);
        text.push_back('-');
        if (form_ == form::between)
            detail::append_number(text, last_);
        if (form_ == form::suffix)
            detail::append_number(text, first_);
        return text;
    }

private:
    constexpr byte_range(form f, std::uint64_t first, std::uint64_t last) noexcept
        : form_(f), first_(first), last_(last)
    {}

    form form_ = form::whole;
    std::uint64_t first_ = 0; // The length of a suffix.
    std::uint64_t last_ = 0;
};

/// The answer to a range: `bytes first-last/size`.
struct content_range
{
    std::uint64_t first = 0;
    std::uint64_t last = 0; ///< Included.
    std::uint64_t size = 0; ///< Of the whole object.

    /// Whether these are the bytes that were asked for, as far as the object has them.
    [[nodiscard]] constexpr bool answers(const byte_range& asked) const noexcept
    {
        if (first > last || last >= size)
            return false;
        switch (asked.kind()) {
        case byte_range::form::whole: return false;
        case byte_range::form::between:
            return first == asked.first() &&
                last == (asked.last() < size - 1 ? asked.last() : size - 1);
        case byte_range::form::from: return first == asked.first() && last == size - 1;
        case byte_range::form::suffix: break;
        }
        return last == size - 1 && first == (asked.length() < size ? size - asked.length() : 0);
    }
};

/// Reads a Content-Range header; nothing unless it is `bytes first-last/size`.
[[nodiscard]] inline std::optional<content_range> parse_content_range(std::string_view text)
{
    constexpr std::string_view unit = "bytes ";
    const auto hyphen = text.find('-');
    const auto slash = text.find('/');
    if (!text.starts_with(unit) || hyphen == std::string_view::npos ||
        slash == std::string_view::npos || slash < hyphen)
        return std::nullopt;
    const auto first =
        detail::parse_number<std::uint64_t>(text.substr(unit.size(), hyphen - unit.size()));
    const auto last =
        detail::parse_number<std::uint64_t>(text.substr(hyphen + 1, slash - hyphen - 1));
    const auto size = detail::parse_number<std::uint64_t>(text.substr(slash + 1));
    if (!first || !last || !size)
        return std::nullopt;
    return content_range{*first, *last, *size};
}

} // namespace cosio::inline v0

#endif
