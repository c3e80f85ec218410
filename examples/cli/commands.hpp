// The commands, and what each of them takes.

#ifndef COSIO_CLI_COMMANDS_HPP
#define COSIO_CLI_COMMANDS_HPP

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

namespace cli {

enum class command_id { cp, cat, head, ls, rm, restore, presign };

struct command
{
    static constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

    command_id id;
    std::string_view name;
    std::string_view operands; ///< As the help shows them.
    std::string_view summary;  ///< One line.
    std::string_view text;     ///< The rest of its help.
    std::size_t fewest;        ///< Operands.
    std::size_t most;
    /// Names of its own options, besides those of every command.
    std::span<const std::string_view> options;

    /// Whether the option of this name means something to it.
    [[nodiscard]] bool takes(std::string_view option) const;
};

/// Options of every command.
[[nodiscard]] std::span<const std::string_view> common_options();

[[nodiscard]] std::span<const command> all_commands();

/// Nothing when there is none of that name.
[[nodiscard]] const command* find_command(std::string_view name);

} // namespace cli

#endif
