// SPDX-License-Identifier: MIT
//
// Dates of headers (IMF-fixdate, RFC 9110, 5.6.7) and of XML documents (ISO 8601).

#ifndef COSIO_HTTP_DATE_HPP
#define COSIO_HTTP_DATE_HPP

#include <cosio/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cosio::inline v0::http {

inline constexpr std::array<std::string_view, 7> day_names{
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
inline constexpr std::array<std::string_view, 12> month_names{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Appends `number` with leading zeros up to `width`.
inline void append_padded(std::string& text, unsigned number, std::size_t width)
{
    const std::string digits = std::to_string(number);
    text.append(width - std::min(width, digits.size()), '0').append(digits);
}

/// `Thu, 16 May 2019 06:45:51 GMT`.
[[nodiscard]] inline std::string format_date(std::chrono::sys_seconds time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::string text(day_names[weekday(day).c_encoding()]);
    text.append(", ");
    append_padded(text, static_cast<unsigned>(date.day()), 2);
    text.append(" ").append(month_names[static_cast<unsigned>(date.month()) - 1]).append(" ");
    append_padded(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    text.append(" ");
    append_padded(text, static_cast<unsigned>(clock.hours().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.minutes().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.seconds().count()), 2);
    return text.append(" GMT");
}

/// A point in time from its parts as text; nothing when one is not a number in range.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> time_from_parts(std::string_view year,
    unsigned month, std::string_view day, std::string_view hour, std::string_view minute,
    std::string_view second)
{
    using namespace std::chrono;
    const auto y = detail::parse_number<unsigned>(year);
    const auto d = detail::parse_number<unsigned>(day);
    const auto h = detail::parse_number<unsigned>(hour);
    const auto m = detail::parse_number<unsigned>(minute);
    const auto s = detail::parse_number<unsigned>(second);
    if (!y || !d || !h || !m || !s || *h > 23 || *m > 59 || *s > 60 || *y > 9999)
        return std::nullopt;
    const year_month_day date(std::chrono::year(static_cast<int>(*y)),
        std::chrono::month(month), std::chrono::day(*d));
    if (!date.ok())
        return std::nullopt;
    return sys_days(date) + hours(*h) + minutes(*m) + seconds(*s);
}

/// Reads an IMF-fixdate. The name of the day is not checked against the date.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> parse_date(std::string_view text)
{
    constexpr std::string_view form = "Day, DD Mon YYYY hh:mm:ss GMT";
    if (text.size() != form.size() || text.substr(3, 2) != ", " || text[7] != ' ' ||
        text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
        text.substr(25) != " GMT")
        return std::nullopt;
    const auto* const month = std::ranges::find(month_names, text.substr(8, 3));
    if (month == month_names.end())
        return std::nullopt;
    return time_from_parts(text.substr(12, 4),
        static_cast<unsigned>(month - month_names.begin()) + 1, text.substr(5, 2),
        text.substr(17, 2), text.substr(20, 2), text.substr(23, 2));
}

/// `2020-12-10T03:37:30Z`.
[[nodiscard]] inline std::string format_iso_date(std::chrono::sys_seconds time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::string text;
    append_padded(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    text.append("-");
    append_padded(text, static_cast<unsigned>(date.month()), 2);
    text.append("-");
    append_padded(text, static_cast<unsigned>(date.day()), 2);
    text.append("T");
    append_padded(text, static_cast<unsigned>(clock.hours().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.minutes().count()), 2);
    text.append(":");
    append_padded(text, static_cast<unsigned>(clock.seconds().count()), 2);
    return text.append("Z");
}

/// Reads `2020-12-10T03:37:30`, with or without a fraction of a second and `Z`: COS writes all
/// these forms, and means UTC each time.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> parse_iso_date(std::string_view text)
{
    constexpr std::string_view form = "YYYY-MM-DDThh:mm:ss";
    if (text.size() < form.size() || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    auto rest = text.substr(form.size());
    if (rest.ends_with('Z'))
        rest.remove_suffix(1);
    if (!rest.empty() &&
        (rest.size() == 1 || rest[0] != '.' ||
            !std::ranges::all_of(rest.substr(1), detail::is_digit)))
        return std::nullopt;
    const auto month = detail::parse_number<unsigned>(text.substr(5, 2));
    if (!month)
        return std::nullopt;
    return time_from_parts(text.substr(0, 4), *month, text.substr(8, 2), text.substr(11, 2),
        text.substr(14, 2), text.substr(17, 2));
}

} // namespace cosio::inline v0::http

#endif
