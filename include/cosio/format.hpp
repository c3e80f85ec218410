// SPDX-License-Identifier: MIT
//
// fmt formatters for what may be shown. Secrets have none.

#ifndef COSIO_FORMAT_HPP
#define COSIO_FORMAT_HPP

#include <cosio/detail/separate.hpp>
#include <cosio/encryption.hpp>
#include <cosio/error.hpp>
#include <cosio/logging.hpp>

#include <fmt/core.h>

#include <string_view>
#include <type_traits>

namespace cosio::inline v0::detail {

/// Fills a text in, as `form` says.
COSIO_DECLARED fmt::appender format_text(const fmt::formatter<fmt::string_view>& form,
    std::string_view text, fmt::format_context& context);

/// A formatter of texts that are made when they are needed.
struct text_formatter : fmt::formatter<fmt::string_view>
{
    template <class Context>
    auto fill_in(std::string_view text, Context& context) const
    {
        if constexpr (std::is_same_v<Context, fmt::format_context>)
            return format_text(*this, text, context);
        else
            return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, context);
    }
};

} // namespace cosio::inline v0::detail

/// Such as `SSE-C AES256 (key MD5 5inxltxhJQnqmmHfVSQjoA==)`.
template <>
struct fmt::formatter<cosio::encryption> : cosio::detail::text_formatter
{
    template <class Context>
    auto format(const cosio::encryption& value, Context& context) const
    {
        return fill_in(value.describe(), context);
    }
};

/// The base64 form.
template <>
struct fmt::formatter<cosio::customer_key_md5> : cosio::detail::text_formatter
{
    template <class Context>
    auto format(const cosio::customer_key_md5& value, Context& context) const
    {
        return fill_in(value.base64(), context);
    }
};

/// One line, see `error::describe`.
template <>
struct fmt::formatter<cosio::error> : cosio::detail::text_formatter
{
    template <class Context>
    auto format(const cosio::error& value, Context& context) const
    {
        return fill_in(value.describe(), context);
    }
};

namespace cosio::inline v0 {

/// Writes log lines to standard error, each in one piece.
[[nodiscard]] COSIO_DECLARED log_settings log_to_stderr(log_level most);

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/format_definitions.hpp>
#endif

#endif
