// The command line tool: uploads, downloads, copies, lists, deletes objects. `cosio --help`.

#include "cli/arguments.hpp"
#include "cli/commands/cat.hpp"
#include "cli/commands/cp.hpp"
#include "cli/commands/head.hpp"
#include "cli/commands/ls.hpp"
#include "cli/commands/presign.hpp"
#include "cli/commands/restore.hpp"
#include "cli/commands/rm.hpp"
#include "cli/connection.hpp"
#include "cli/help.hpp"
#include "cli/interruption.hpp"
#include "cli/location.hpp"
#include "cli/session.hpp"
#include "cli/usage_error.hpp"
#include "support/standard_descriptors.hpp"

#include <cosio/client.hpp>
#include <cosio/version.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <span>
#include <utility>

namespace {

template <class Client>
asio::awaitable<int> carry_out(const cli::session<Client>& here)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    switch (here.asked.what->id) {
    case cli::command_id::cp: co_return co_await cli::cp(here);
    case cli::command_id::cat: co_return co_await cli::cat(here);
    case cli::command_id::head: co_return co_await cli::head(here);
    case cli::command_id::ls: co_return co_await cli::ls(here);
    case cli::command_id::rm: co_return co_await cli::rm(here);
    case cli::command_id::restore: co_return co_await cli::restore(here);
    case cli::command_id::presign: co_return co_await cli::presign(here);
    }
    co_return cli::exit_usage;
}

/// Runs the command on a client of one dialect.
template <class Client>
int run(const cli::arguments& asked, cli::dialect_choice dialect)
{
    asio::io_context context(1);
    std::signal(SIGPIPE, SIG_DFL); // Asio ignores it; `cosio cat ... | head` ends as usual.
    cli::interruption interrupted(context);
    const cli::encryption_choice encryption(asked.chosen);
    auto cos = Client::make(context.get_executor(), cli::make_config(asked.chosen, dialect));
    if (!cos)
        throw cli::usage_error(cli::reason_of(cos.error()));
    const cli::session<Client> here{std::move(*cos), asked, encryption, interrupted};
    int code = cli::exit_failure;
    std::exception_ptr failure;
    const auto done = [&](std::exception_ptr thrown, int result) {
        failure = std::move(thrown);
        code = result;
        interrupted.dismiss();
    };
    asio::co_spawn(
        context, carry_out(here), asio::bind_cancellation_slot(interrupted.slot(), done));
    context.run();
    if (failure)
        std::rethrow_exception(failure);
    return interrupted.happened() ? interrupted.exit_code() : code;
}

int start(std::span<const char* const> words)
{
    const auto asked = cli::parse_arguments(words);
    int code = cli::exit_success;
    if (asked.chosen.help)
        fmt::print("{}", cli::help_text(asked.what));
    else if (asked.chosen.version)
        fmt::print("cosio {}\n", COSIO_VERSION_STRING);
    else if (const auto dialect = cli::choose_dialect(asked.chosen.dialect, asked.operands);
             dialect == cli::dialect_choice::s3)
        code = run<cosio::s3_client>(asked, dialect);
    else
        code = run<cosio::client>(asked, dialect);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        cli::complain("", "standard output cannot be written");
        return cli::exit_failure;
    }
    return code;
}

} // namespace

int main(int count, char** words)
{
    occupy_standard_descriptors();
    try {
        const std::span all(words, static_cast<std::size_t>(count));
        return start(all.subspan(count == 0 ? 0 : 1));
    } catch (const cli::usage_error& problem) {
        cli::complain("", problem.what());
        return cli::exit_usage;
    } catch (const std::exception& problem) {
        cli::complain("", problem.what());
        return cli::exit_failure;
    }
}
