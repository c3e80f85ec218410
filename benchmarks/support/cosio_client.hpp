// The client under measurement, pointed at the servers of the benchmarks.

#ifndef COSIO_BENCHMARKS_SUPPORT_COSIO_CLIENT_HPP
#define COSIO_BENCHMARKS_SUPPORT_COSIO_CLIENT_HPP

#include "measure.hpp"

#include <cosio.hpp>

#include <asio/io_context.hpp>

#include <string>

namespace bench {

inline constexpr std::string_view bucket = "examplebucket-1250000000";

[[nodiscard]] inline cosio::config client_settings(const options& run)
{
    cosio::config settings;
    settings.region = "ap-guangzhou";
    settings.credentials =
        cosio::credentials("AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAM", "EXAMPLESECRETKEY");
    settings.scheme = run.tls ? cosio::scheme::https : cosio::scheme::http;
    settings.connect_to = "127.0.0.1:" + std::to_string(run.port);
    settings.tls.ca_file = run.ca_file;
    settings.executor_is_serial = run.serial;
    return settings;
}

[[nodiscard]] inline cosio::client make_client(asio::io_context& context, const options& run)
{
    return {context.get_executor(), client_settings(run)};
}

[[nodiscard]] inline std::string key_of(const options& run)
{
    return "object-" + std::to_string(run.size);
}

} // namespace bench

#endif
