#include "commands.hpp"

#include <algorithm>
#include <array>

namespace cli {

namespace {

constexpr std::array<std::string_view, 12> common{"--quiet", "--dialect", "--region", "--endpoint",
    "--connect-to", "--ca-file", "--path-style", "--http", "--credentials-file", "--log",
    "--version", "--help"};

constexpr std::array<std::string_view, 14> of_cp{"--recursive", "--sse", "--sse-kms-key-id",
    "--sse-context", "--sse-c-key-file", "--source-sse-c-key-file", "--source-region",
    "--storage-class", "--part-size", "--parallel", "--resume",
    "--checkpoint", "--compare", "--timeout"};
constexpr std::array<std::string_view, 1> of_reads{"--sse-c-key-file"};
constexpr std::array<std::string_view, 1> of_ls{"--recursive"};
constexpr std::array<std::string_view, 3> of_restore{"--days", "--tier", "--sse-c-key-file"};
constexpr std::array<std::string_view, 6> of_presign{"--expires", "--method", "--sse",
    "--sse-kms-key-id", "--sse-context", "--sse-c-key-file"};

constexpr std::array table{
    command{command_id::cp, "cp", "SOURCE DESTINATION", "copy: up, down, or within the service",
        R"(At least one of the two is an object; the other may be a file, or - for standard input or
output. A destination that is a bucket or a directory, or ends in /, gets the name of the source.

An upload or copy is encrypted as --sse says; a download of an SSE-C object needs its
--sse-c-key-file. A file that is uploaded may be a pipe or a device; it is read until it ends.

With --resume a transfer of a file that was interrupted goes on when the same command is given
again. What it needs for that it keeps beside the file, or in $XDG_STATE_HOME/cosio
(~/.local/state/cosio) if nothing may be written there, or where --checkpoint says.
)",
        2, 2, of_cp},
    command{command_id::cat, "cat", "OBJECT...", "write objects to standard output", "", 1,
        command::any_number, of_reads},
    command{command_id::head, "head", "OBJECT", "print an object's properties, one a line", "", 1,
        1, of_reads},
    command{command_id::ls, "ls", "cos://BUCKET[/PREFIX]", "list objects: size, date (UTC), key",
        R"(Lists the keys that begin with PREFIX. Those with a / behind it are folded into one line
that ends in /, unless --recursive is given.
)",
        1, 1, of_ls},
    command{command_id::rm, "rm", "OBJECT...", "delete objects",
        R"(Deleting an object that is not there succeeds.
)",
        1, command::any_number, {}},
    command{command_id::restore, "restore", "OBJECT", "make an archived object readable",
        R"(Takes minutes to hours; 'cosio head' tells how far it is.
)",
        1, 1, of_restore},
    command{command_id::presign, "presign", "OBJECT", "print a URL that anyone may use for a while",
        R"(Headers that have to be sent with the URL are named on standard error.
)",
        1, 1, of_presign},
};

} // namespace

bool command::takes(std::string_view option) const
{
    return std::ranges::find(options, option) != options.end() ||
        std::ranges::find(common, option) != common.end();
}

std::span<const std::string_view> common_options()
{
    return common;
}

std::span<const command> all_commands()
{
    return table;
}

const command* find_command(std::string_view name)
{
    const auto* const found = std::ranges::find(table, name, &command::name);
    return found == table.end() ? nullptr : found;
}

} // namespace cli
