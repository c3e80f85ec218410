// cosio cp --recursive: all objects below a prefix become files below a directory.

#ifndef COSIO_CLI_COMMANDS_CP_DIRECTORY_HPP
#define COSIO_CLI_COMMANDS_CP_DIRECTORY_HPP

#include "../byte_count.hpp"
#include "../location.hpp"
#include "../progress_display.hpp"
#include "../session.hpp"
#include "transfer.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace cli {

/// The prefix is taken for a folder: `logs` means `logs/`. Makes the directory when it is not
/// there. Keys that would lead out of it are refused by the client, see
/// `cosio::download_directory_request`.
template <class Client>
asio::awaitable<int> download_directory(
    const session<Client>& here, const location& from, const location& to)
{
    const auto& chosen = here.asked.chosen;
    std::string prefix = from.key;
    if (!prefix.empty() && !prefix.ends_with('/'))
        prefix += '/';
    std::error_code problem;
    std::filesystem::create_directories(to.path, problem);
    if (problem)
        co_return here.fail(to.path, cosio::error(problem));
    progress_display display = display_for(chosen);
    cosio::download_directory_request request{.bucket = from.bucket, .prefix = prefix,
        .path = to.path, .sse = here.encryption.read()};
    request.options = transfer_options_of(chosen, request.options);
    request.options.on_progress = display;
    display.begin(std::nullopt);
    const auto done = co_await here.cos.download_directory(request);
    display.clear();
    if (!done)
        co_return here.fail(from.text(), done.error());
    if (done->files == 0) {
        complain(here.asked.what->name, fmt::format("{}: no key begins with it", from.text()));
        co_return exit_failure;
    }
    here.tell(fmt::format("downloaded {} to {}: {} file{}, {}", from.text(), to.text(),
        done->files, done->files == 1 ? "" : "s", format_byte_count(done->bytes)));
    co_return exit_success;
}

} // namespace cli

#endif
