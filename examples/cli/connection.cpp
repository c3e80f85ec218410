#include "connection.hpp"

#include "key_file.hpp"
#include "usage_error.hpp"

#include <cosio/format.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace cli {

namespace {

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::string region_of(const options& chosen, dialect_choice dialect)
{
    if (!chosen.region.empty())
        return chosen.region;
    if (dialect == dialect_choice::s3)
        for (const char* const name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
            if (!variable(name).empty())
                return std::string(variable(name));
    if (variable("COS_REGION").empty())
        throw usage_error(dialect == dialect_choice::s3
                ? "no region: give --region, or set AWS_REGION or COS_REGION"
                : "no region: give --region, or set COS_REGION");
    return std::string(variable("COS_REGION"));
}

cosio::credentials credentials_of(const options& chosen, dialect_choice dialect)
{
    if (!chosen.credentials_file.empty())
        return read_credentials_file("--credentials-file", chosen.credentials_file);
    if (dialect == dialect_choice::s3 && !variable("AWS_ACCESS_KEY_ID").empty()) {
        if (variable("AWS_SECRET_ACCESS_KEY").empty())
            throw usage_error(
                "no credentials: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
        cosio::credentials who(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
            variable("AWS_SESSION_TOKEN"));
        if (const auto sound = who.check(); !sound)
            throw usage_error(fmt::format("{} {}",
                sound.error().field == "secret_id"        ? "AWS_ACCESS_KEY_ID"
                    : sound.error().field == "secret_key" ? "AWS_SECRET_ACCESS_KEY"
                                                          : "AWS_SESSION_TOKEN",
                sound.error().message));
        return who;
    }
    auto who = cosio::credentials::from_environment();
    if (!who && who.error().code == cosio::errc::invalid_credentials)
        throw usage_error(fmt::format("{} {}", who.error().field, who.error().message));
    if (!who)
        throw usage_error(fmt::format("no credentials: set COS_SECRET_ID and COS_SECRET_KEY{}, or "
                                      "give --credentials-file ({} is not set)",
            dialect == dialect_choice::s3 ? " or the AWS_ ones" : "", who.error().field));
    return std::move(*who);
}

} // namespace

cosio::config make_config(const options& chosen, dialect_choice dialect)
{
    cosio::config out;
    out.region = region_of(chosen, dialect);
    out.credentials = credentials_of(chosen, dialect);
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
