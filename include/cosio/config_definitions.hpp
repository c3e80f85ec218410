// SPDX-License-Identifier: MIT
//
// What config.hpp declares.

#ifndef COSIO_CONFIG_DEFINITIONS_HPP
#define COSIO_CONFIG_DEFINITIONS_HPP

#include <cosio/config.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

COSIO_DECLARED config::config() = default;
COSIO_DECLARED config::config(const config&) = default;
COSIO_DECLARED config::config(config&&) noexcept = default;
COSIO_DECLARED config& config::operator=(const config&) = default;
COSIO_DECLARED config& config::operator=(config&&) noexcept = default;
COSIO_DECLARED config::~config() = default;

COSIO_DECLARED std::string_view config::region_problem(std::string_view region) noexcept
{
    if (region.empty())
        return "must not be empty";
    const auto allowed = [](char c) { return detail::is_alphanumeric(c) || c == '-' || c == '.'; };
    return detail::is_host_name(region) && std::ranges::all_of(region, allowed) &&
            detail::is_alphanumeric(region.back())
        ? std::string_view{}
        : "must be letters, digits, hyphens and dots, such as ap-guangzhou";
}

COSIO_DECLARED result<config> config::from_environment()
{
    config out;
    auto who = cosio::credentials::from_environment();
    if (!who)
        return std::move(who).error();
    out.credentials = std::move(*who);
    const char* const where = std::getenv("COS_REGION");
    if (where == nullptr || *where == '\0')
        return error(errc::invalid_configuration,
            "is not set in the environment, or is empty", "COS_REGION");
    out.region = where;
    if (const auto problem = region_problem(out.region); !problem.empty())
        return error(errc::invalid_configuration, std::string(problem), "COS_REGION");
    return out;
}

} // namespace cosio::inline v0

#endif
