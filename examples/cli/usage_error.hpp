// What was asked for cannot be meant: the program ends with exit code 2.

#ifndef COSIO_CLI_USAGE_ERROR_HPP
#define COSIO_CLI_USAGE_ERROR_HPP

#include <stdexcept>

namespace cli {

/// Carries one line that names the option or operand and the rule. Never the value of a secret.
class usage_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

} // namespace cli

#endif
