// From options and environment to the configuration of a client.

#ifndef COSIO_CLI_CONNECTION_HPP
#define COSIO_CLI_CONNECTION_HPP

#include "options.hpp"

#include <cosio/config.hpp>

namespace cli {

/// Options go before the environment, which `COS_REGION`, `COS_SECRET_ID`, `COS_SECRET_KEY` and
/// `COS_SESSION_TOKEN` are read from. Throws `usage_error` when something is missing.
[[nodiscard]] cosio::config make_config(const options& chosen);

} // namespace cli

#endif
