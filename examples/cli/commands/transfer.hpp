// What uploads, downloads and copies have in common.

#ifndef COSIO_CLI_COMMANDS_TRANSFER_HPP
#define COSIO_CLI_COMMANDS_TRANSFER_HPP

#include "../options.hpp"
#include "../progress_display.hpp"
#include "../session.hpp"

#include <cosio/transfer/options.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace cli {

[[nodiscard]] inline progress_display display_for(const options& chosen)
{
    return {chosen.quiet, chosen.log != cosio::log_level::off};
}

/// `usual`, and what was chosen instead. Whoever chooses the size of the parts means any object
/// that is larger to go in parts.
[[nodiscard]] inline cosio::transfer_options transfer_options_of(
    const options& chosen, cosio::transfer_options usual)
{
    if (chosen.part_size)
        usual.part_size = usual.threshold = *chosen.part_size;
    if (chosen.parallel)
        usual.parallelism = *chosen.parallel;
    if (chosen.timeout)
        usual.total = *chosen.timeout;
    return usual;
}

/// Why the transfer of a file failed, and what can be done about it. `checkpoint`: empty if it may
/// not be resumed.
template <class Client>
int fail_transfer(const session<Client>& here, std::string_view subject,
    const std::string& checkpoint, const cosio::error& why)
{
    std::error_code ignored;
    std::string advice;
    if (why.code == cosio::errc::checkpoint_mismatch || why.code == cosio::errc::invalid_checkpoint)
        advice = fmt::format(" ({})", checkpoint);
    else if (!checkpoint.empty() && std::filesystem::exists(checkpoint, ignored))
        advice = fmt::format("; the same command goes on where it ended ({})", checkpoint);
    else if (why.code == cosio::errc::cancelled || why.code == cosio::errc::total_timeout)
        advice = here.asked.chosen.resume ? "; nothing was done yet that could be resumed"
                                          : "; it begins anew, as --resume was not given";
    complain(here.asked.what->name, fmt::format("{}: {}{}", subject, reason_of(why), advice));
    return exit_failure;
}

} // namespace cli

#endif
