// SPDX-License-Identifier: MIT
//
// What format.hpp declares.

#ifndef COSIO_FORMAT_DEFINITIONS_HPP
#define COSIO_FORMAT_DEFINITIONS_HPP

#include <cosio/format.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace cosio::inline v0 {

COSIO_DECLARED fmt::appender detail::format_text(const fmt::formatter<fmt::string_view>& form,
    std::string_view text, fmt::format_context& context)
{
    return form.format({text.data(), text.size()}, context);
}

COSIO_DECLARED log_settings log_to_stderr(log_level most)
{
    return {most, [](log_level level, std::string_view line) {
                const std::string text = fmt::format(
                    "cosio {}: {}\n", level == log_level::debug ? "DEBUG" : "INFO", line);
                std::fwrite(text.data(), 1, text.size(), stderr);
            }};
}

} // namespace cosio::inline v0

#endif
