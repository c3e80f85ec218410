// The command line, understood.

#ifndef COSIO_CLI_ARGUMENTS_HPP
#define COSIO_CLI_ARGUMENTS_HPP

#include "commands.hpp"
#include "options.hpp"

#include <span>
#include <string>
#include <vector>

namespace cli {

struct arguments
{
    /// Never nothing, unless help or version is asked for.
    const command* what = nullptr;
    std::vector<std::string> operands{};
    options chosen{};
};

/// Reads the words after the name of the program.
///
/// Options, `--name value` or `--name=value`, may stand anywhere; the last of several counts; after
/// `--` there are none. The first word that is no option is the command. Throws `usage_error` for
/// unknown commands and options, options that the command does not take, and a wrong number of
/// operands. Values of unknown options are not repeated: they may be secrets.
[[nodiscard]] arguments parse_arguments(std::span<const char* const> words);

} // namespace cli

#endif
