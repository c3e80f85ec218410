#include "progress_line.hpp"

#include "byte_count.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace cli {

namespace {

/// Between 0 and 1; all of nothing is 1.
double fraction_of(const cosio::transfer_progress& now)
{
    if (*now.total == 0)
        return 1;
    return std::min(
        1.0, static_cast<double>(now.committed) / static_cast<double>(*now.total));
}

/// Rounded down: 100 means that nothing is left.
int percent_of(const cosio::transfer_progress& now)
{
    return static_cast<int>(fraction_of(now) * 100);
}

std::string format_rate(double rate)
{
    return format_byte_count(static_cast<std::uint64_t>(rate)) + "/s";
}

std::string drawn(double fraction, std::size_t columns)
{
    const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(columns));
    std::string text(filled, '=');
    if (filled != columns)
        text.append(">");
    text.resize(columns, ' ');
    return text;
}

} // namespace

std::optional<std::chrono::seconds> time_left(const cosio::transfer_progress& now)
{
    constexpr double longest = 100.0 * 24 * 3600; // More is no estimate.
    if (!now.total || *now.total < now.committed)
        return std::nullopt;
    if (*now.total == now.committed)
        return std::chrono::seconds(0);
    if (now.rate <= 0)
        return std::nullopt;
    const double seconds =
        std::ceil(static_cast<double>(*now.total - now.committed) / now.rate);
    if (seconds > longest)
        return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(seconds));
}

std::string progress_bar(const cosio::transfer_progress& now, std::size_t width)
{
    constexpr std::size_t shortest_bar = 5;
    constexpr std::size_t longest_bar = 40;
    const auto rate = now.rate > 0 ? format_rate(now.rate) : std::string("--");
    if (!now.total)
        return fmt::format("{}  {}", format_byte_count(now.committed), rate).substr(0, width);
    const auto left = time_left(now);
    const auto head = fmt::format("{:3}% ", percent_of(now));
    const auto tail = fmt::format(" {:>10} of {}  {:>12}  ETA {}",
        format_byte_count(now.committed), format_byte_count(*now.total), rate,
        left ? format_duration(*left) : "--:--");
    const auto taken = head.size() + tail.size() + 2;
    if (width < taken + shortest_bar)
        return (head + tail).substr(0, width);
    const auto columns = std::min(width - taken, longest_bar);
    return fmt::format("{}[{}]{}", head, drawn(fraction_of(now), columns), tail);
}

std::string progress_text(const cosio::transfer_progress& now)
{
    std::string text;
    if (now.total)
        text = fmt::format("{}%, {} of {}", percent_of(now), format_byte_count(now.committed),
            format_byte_count(*now.total));
    else
        text = format_byte_count(now.committed);
    if (now.rate > 0)
        text += ", " + format_rate(now.rate);
    if (const auto left = time_left(now))
        text += fmt::format(", {} left", format_duration(*left));
    return text;
}

} // namespace cli
