// SPDX-License-Identifier: MIT
//
// Checks that a text is a JSON object (RFC 8259) whose values are all strings: the form of a KMS
// encryption context.

#ifndef COSIO_DETAIL_JSON_HPP
#define COSIO_DETAIL_JSON_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::detail {

/// Reads through one JSON text.
class json_string_object_checker
{
public:
    explicit json_string_object_checker(std::string_view text) : rest_(text) {}

    /// What is wrong, or an empty view.
    [[nodiscard]] std::string_view problem()
    {
        if (!is_utf8(rest_))
            return "not UTF-8";
        skip_blanks();
        if (!take('{'))
            return "not a JSON object";
        skip_blanks();
        if (!take('}'))
            for (;;) {
                if (const auto wrong = member(); !wrong.empty())
                    return wrong;
                skip_blanks();
                if (take('}'))
                    break;
                if (!take(','))
                    return "a JSON object that is not closed, or a comma is missing";
            }
        skip_blanks();
        return rest_.empty() ? std::string_view{} : "something follows the JSON object";
    }

private:
    std::string_view member()
    {
        skip_blanks();
        std::string name;
        if (!string(&name))
            return "a JSON member name that is not a string";
        if (std::ranges::find(names_, name) != names_.end())
            return "a JSON member name that occurs twice";
        names_.push_back(std::move(name));
        skip_blanks();
        if (!take(':'))
            return "a JSON member without a colon";
        skip_blanks();
        return string() ? std::string_view{} : "a JSON value that is not a string";
    }

    /// Appends to `value`, when there is one, what the string means without its escapes.
    bool string(std::string* value = nullptr)
    {
        if (!take('"'))
            return false;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (static_cast<unsigned char>(c) < 0x20)
                return false;
            rest_.remove_prefix(1);
            if (c == '"')
                return true;
            if (c == '\\') {
                if (!escape(value))
                    return false;
            } else if (value != nullptr) {
                value->push_back(c);
            }
        }
        return false;
    }

    bool escape(std::string* value)
    {
        constexpr std::string_view kinds = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (rest_.empty())
            return false;
        const auto kind = kinds.find(rest_.front());
        if (kind == std::string_view::npos) {
            auto unit = code_unit();
            if (unit && value != nullptr)
                append_utf8(*value, with_low_surrogate(*unit));
            return unit.has_value();
        }
        rest_.remove_prefix(1);
        if (value != nullptr)
            value->push_back(meanings[kind]);
        return true;
    }

    /// Of UTF-16, behind a backslash: `u` and four digits.
    std::optional<std::uint32_t> code_unit()
    {
        constexpr std::size_t digits = 4;
        if (rest_.size() < 1 + digits || rest_.front() != 'u')
            return std::nullopt;
        const auto unit = parse_number<std::uint32_t>(rest_.substr(1, digits), 16);
        if (unit)
            rest_.remove_prefix(1 + digits);
        return unit;
    }

    /// The character that `unit` begins, or stands for.
    std::uint32_t with_low_surrogate(std::uint32_t unit)
    {
        if (unit < 0xD800 || unit >= 0xDC00 || !rest_.starts_with('\\'))
            return unit;
        const auto before = rest_;
        rest_.remove_prefix(1);
        const auto low = code_unit();
        if (low && *low >= 0xDC00 && *low < 0xE000)
            return 0x10000 + ((unit - 0xD800) << 10) + (*low - 0xDC00);
        rest_ = before;
        return unit;
    }

    bool take(char expected)
    {
        if (!rest_.starts_with(expected))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    void skip_blanks()
    {
        const auto first = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(std::min(first, rest_.size()));
    }

    std::string_view rest_;
    std::vector<std::string> names_{};
};

/// Why `text` is not a JSON object of string pairs; empty when it is one.
[[nodiscard]] inline std::string_view json_string_object_problem(std::string_view text)
{
    return json_string_object_checker(text).problem();
}

} // namespace cosio::inline v0::detail

#endif
