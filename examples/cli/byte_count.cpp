#include "byte_count.hpp"

#include <cosio/detail/ascii.hpp>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <limits>

namespace cli {

std::optional<std::uint64_t> parse_byte_count(std::string_view text)
{
    constexpr std::string_view suffixes = "kmg";
    unsigned shift = 0;
    if (!text.empty()) {
        const auto at = suffixes.find(cosio::detail::to_lower(text.back()));
        if (at != std::string_view::npos) {
            shift = 10 * (static_cast<unsigned>(at) + 1);
            text.remove_suffix(1);
        }
    }
    const auto number = cosio::detail::parse_number<std::uint64_t>(text);
    if (!number || *number > std::numeric_limits<std::uint64_t>::max() >> shift)
        return std::nullopt;
    return *number << shift;
}

std::string format_byte_count(std::uint64_t bytes)
{
    constexpr std::array<const char*, 6> units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double rounds_up = 1023.95; // Would read 1024.0.
    if (bytes < 1024)
        return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= rounds_up && unit + 1 != units.size(); ++unit)
        value /= 1024;
    return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string format_duration(std::chrono::seconds time)
{
    const std::chrono::hh_mm_ss parts(time);
    if (parts.hours().count() == 0)
        return fmt::format("{}:{:02}", parts.minutes().count(), parts.seconds().count());
    return fmt::format("{}:{:02}:{:02}", parts.hours().count(), parts.minutes().count(),
        parts.seconds().count());
}

} // namespace cli
