// SPDX-License-Identifier: MIT
//
// Checks that a text is a JSON object (RFC 8259) whose values are all strings: the form of a KMS
// encryption context.

#ifndef COSIO_DETAIL_JSON_HPP
#define COSIO_DETAIL_JSON_HPP

#include <cosio/detail/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
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
        const auto before = rest_;
        if (!string())
            return "a JSON member name that is not a string";
        const auto name = before.substr(0, before.size() - rest_.size());
        if (std::ranges::find(names_, name) != names_.end())
            return "a JSON member name that occurs twice";
        names_.push_back(name);
        skip_blanks();
        if (!take(':'))
            return "a JSON member without a colon";
        skip_blanks();
        return string() ? std::string_view{} : "a JSON value that is not a string";
    }

    bool string()
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
            if (c == '\\' && !escape())
                return false;
        }
        return false;
    }

    bool escape()
    {
        if (rest_.empty())
            return false;
        const char kind = rest_.front();
        rest_.remove_prefix(1);
        if (kind != 'u')
            return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
        constexpr std::size_t digits = 4;
        const auto is_hexadecimal = [](char c) {
            return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
        };
        if (rest_.size() < digits || !std::ranges::all_of(rest_.substr(0, digits), is_hexadecimal))
            return false;
        rest_.remove_prefix(digits);
        return true;
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
    std::vector<std::string_view> names_{};
};

/// Why `text` is not a JSON object of string pairs; empty when it is one.
[[nodiscard]] inline std::string_view json_string_object_problem(std::string_view text)
{
    return json_string_object_checker(text).problem();
}

} // namespace cosio::inline v0::detail

#endif
