#include "connection.hpp"

#include "key_file.hpp"
#include "usage_error.hpp"

#include <cosio/format.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace cli {

namespace {

std::string region_of(const options& chosen)
{
    if (!chosen.region.empty())
        return chosen.region;
    const char* const set = std::getenv("COS_REGION");
    if (set == nullptr || *set == '\0')
        throw usage_error("no region: give --region, or set COS_REGION");
    return set;
}

cosio::credentials credentials_of(const options& chosen)
{
    if (!chosen.credentials_file.empty())
        return read_credentials_file("--credentials-file", chosen.credentials_file);
    auto who = cosio::credentials::from_environment();
    if (!who)
        throw usage_error(fmt::format(
            "no credentials: set COS_SECRET_ID and COS_SECRET_KEY, or give --credentials-file ({} "
            "is not set)",
            who.error().field));
    return std::move(*who);
}

} // namespace

cosio::config make_config(const options& chosen)
{
    cosio::config out;
    out.region = region_of(chosen);
    out.credentials = credentials_of(chosen);
    out.scheme = chosen.http ? cosio::scheme::http : cosio::scheme::https;
    out.endpoint = chosen.endpoint;
    out.connect_to = chosen.connect_to;
    out.path_style = chosen.path_style;
    out.tls.ca_file = chosen.ca_file;
    if (chosen.log != cosio::log_level::off)
        out.log = cosio::log_to_stderr(chosen.log);
    out.executor_is_serial = true; // One thread runs everything but files and streams.
    return out;
}

} // namespace cli
