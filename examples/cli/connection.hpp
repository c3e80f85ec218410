// From options and environment to the configuration of a client.

#ifndef COSIO_CLI_CONNECTION_HPP
#define COSIO_CLI_CONNECTION_HPP

#include "options.hpp"

#include <cosio/config.hpp>

namespace cli {

/// Options go before the environment, which `COS_REGION`, `COS_SECRET_ID`, `COS_SECRET_KEY` and
/// `COS_SESSION_TOKEN` are read from. For S3 the variables of its own tools go before these:
/// `AWS_REGION` or `AWS_DEFAULT_REGION`, and, if the first is set, `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. Throws `usage_error` when something is missing.
[[nodiscard]] cosio::config make_config(const options& chosen, dialect_choice dialect);

} // namespace cli

#endif
