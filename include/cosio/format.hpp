// SPDX-License-Identifier: MIT
//
// fmt formatters for what may be shown. Secrets have none.

#ifndef COSIO_FORMAT_HPP
#define COSIO_FORMAT_HPP

#include <cosio/encryption.hpp>
#include <cosio/error.hpp>
#include <cosio/logging.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

/// Such as `SSE-C AES256 (key MD5 5inxltxhJQnqmmHfVSQjoA==)`.
template <>
struct fmt::formatter<cosio::encryption> : fmt::formatter<fmt::string_view>
{
    template <class Context>
    auto format(const cosio::encryption& value, Context& context) const
    {
        return fmt::formatter<fmt::string_view>::format(value.describe(), context);
    }
};

/// The base64 form.
template <>
struct fmt::formatter<cosio::customer_key_md5> : fmt::formatter<fmt::string_view>
{
    template <class Context>
    auto format(const cosio::customer_key_md5& value, Context& context) const
    {
        return fmt::formatter<fmt::string_view>::format(value.base64(), context);
    }
};

/// One line, see `error::describe`.
template <>
struct fmt::formatter<cosio::error> : fmt::formatter<fmt::string_view>
{
    template <class Context>
    auto format(const cosio::error& value, Context& context) const
    {
        return fmt::formatter<fmt::string_view>::format(value.describe(), context);
    }
};

namespace cosio::inline v0 {

/// Writes log lines to standard error, each in one piece.
[[nodiscard]] inline log_settings log_to_stderr(log_level most)
{
    return {most, [](log_level level, std::string_view line) {
                const std::string text = fmt::format(
                    "cosio {}: {}\n", level == log_level::debug ? "DEBUG" : "INFO", line);
                std::fwrite(text.data(), 1, text.size(), stderr);
            }};
}

} // namespace cosio::inline v0

#endif
