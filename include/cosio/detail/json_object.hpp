// SPDX-License-Identifier: MIT
//
// Reads the members of a flat JSON object (RFC 8259), as metadata services answer with.

#ifndef COSIO_DETAIL_JSON_OBJECT_HPP
#define COSIO_DETAIL_JSON_OBJECT_HPP

#include <cosio/crypto/secret.hpp>
#include <cosio/detail/ascii.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace cosio::inline v0::detail {

/// Looks a member up by reading the text once more: such objects have few. Values are strings,
/// with their escapes undone, or numbers and words as they stand; objects within are not read.
class json_object
{
public:
    explicit json_object(std::string_view text) : text_(text) {}

    /// The value of `name`; nothing when it is absent or the text is not such an object. Wiped
    /// when it goes: it may be a secret.
    [[nodiscard]] std::optional<crypto::secret_buffer> find(std::string_view name) const
    {
        std::string_view rest = text_;
        std::optional<crypto::secret_buffer> found;
        if (!take(rest, '{'))
            return std::nullopt;
        if (take(rest, '}'))
            return std::nullopt;
        do {
            const auto member = string(rest);
            if (!member || !take(rest, ':'))
                return std::nullopt;
            auto value = rest.starts_with('"') ? string(rest) : word(rest);
            if (!value)
                return std::nullopt;
            if (member->view() == name)
                found = std::move(value);
        } while (take(rest, ','));
        const bool whole = take(rest, '}') && rest.empty();
        return whole ? std::move(found) : std::nullopt;
    }

private:
    static void skip_blanks(std::string_view& rest)
    {
        const auto first = rest.find_first_not_of(" \t\r\n");
        rest.remove_prefix(std::min(first, rest.size()));
    }

    static bool take(std::string_view& rest, char expected)
    {
        skip_blanks(rest);
        if (!rest.starts_with(expected))
            return false;
        rest.remove_prefix(1);
        skip_blanks(rest);
        return true;
    }

    static std::optional<crypto::secret_buffer> word(std::string_view& rest)
    {
        const auto end = std::min(rest.find_first_of(" \t\r\n,}"), rest.size());
        if (end == 0 || rest.front() == '{' || rest.front() == '[')
            return std::nullopt;
        crypto::secret_buffer out;
        out.append(rest.substr(0, end));
        rest.remove_prefix(end);
        return out;
    }

    static std::optional<crypto::secret_buffer> string(std::string_view& rest)
    {
        if (!rest.starts_with('"'))
            return std::nullopt;
        rest.remove_prefix(1);
        crypto::secret_buffer out;
        for (;;) {
            const auto plain = rest.find_first_of("\"\\");
            if (plain == std::string_view::npos)
                return std::nullopt;
            out.append(rest.substr(0, plain));
            const char what = rest[plain];
            rest.remove_prefix(plain + 1);
            if (what == '"')
                return out;
            if (!unescape(rest, out))
                return std::nullopt;
        }
    }

    /// Beyond ASCII nothing is escaped in what we look for.
    static bool unescape(std::string_view& rest, crypto::secret_buffer& out)
    {
        constexpr std::string_view kinds = "\"\\/bfnrt";
        constexpr std::string_view values = "\"\\/\b\f\n\r\t";
        constexpr std::size_t digits = 4;
        if (rest.empty())
            return false;
        const auto kind = kinds.find(rest.front());
        if (kind != std::string_view::npos) {
            out.append(values.substr(kind, 1));
            rest.remove_prefix(1);
            return true;
        }
        if (rest.front() != 'u')
            return false;
        const auto code = parse_number<unsigned>(rest.substr(1, digits), 16);
        constexpr unsigned end_of_ascii = 128;
        if (!code || *code >= end_of_ascii || rest.size() < 1 + digits)
            return false;
        const char c = static_cast<char>(*code);
        out.append(std::string_view(&c, 1));
        rest.remove_prefix(1 + digits);
        return true;
    }

    std::string_view text_;
};

} // namespace cosio::inline v0::detail

#endif
