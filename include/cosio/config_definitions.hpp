// SPDX-License-Identifier: MIT
//
// What config.hpp declares.

#ifndef COSIO_CONFIG_DEFINITIONS_HPP
#define COSIO_CONFIG_DEFINITIONS_HPP

#include <cosio/config.hpp>

#include <cstdlib>
#include <utility>

namespace cosio::inline v0 {

COSIO_DECLARED config::config() = default;
COSIO_DECLARED config::config(const config&) = default;
COSIO_DECLARED config::config(config&&) noexcept = default;
COSIO_DECLARED config& config::operator=(const config&) = default;
COSIO_DECLARED config& config::operator=(config&&) noexcept = default;
COSIO_DECLARED config::~config() = default;

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
    return out;
}

} // namespace cosio::inline v0

#endif
