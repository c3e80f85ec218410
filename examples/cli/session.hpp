// What every command works with.

#ifndef COSIO_CLI_SESSION_HPP
#define COSIO_CLI_SESSION_HPP

#include "arguments.hpp"
#include "encryption.hpp"
#include "interruption.hpp"
#include "output.hpp"

#include <cosio/client.hpp>

#include <fmt/format.h>

#include <string_view>

namespace cli {

/// Commands are templates over it, so that another dialect needs another client and no other
/// command.
template <class Client>
struct session
{
    Client cos;
    const arguments& asked;
    const encryption_choice& encryption;
    const interruption& interrupted;

    /// Tells what became of `subject`; the exit code is the result.
    int fail(std::string_view subject, const cosio::error& why) const
    {
        complain(asked.what->name, fmt::format("{}: {}", subject, reason_of(why)));
        return exit_failure;
    }

    /// A line about what was done, unless nobody wants it.
    void tell(std::string_view text) const
    {
        if (!asked.chosen.quiet)
            print_line(text);
    }
};

} // namespace cli

#endif
