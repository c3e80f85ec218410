// What --help prints.

#ifndef COSIO_CLI_HELP_HPP
#define COSIO_CLI_HELP_HPP

#include "commands.hpp"

#include <string>

namespace cli {

/// The help of a command; of the program when there is none.
[[nodiscard]] std::string help_text(const command* about);

} // namespace cli

#endif
