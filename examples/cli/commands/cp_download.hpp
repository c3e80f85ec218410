// cosio cp, down: an object becomes a file, or goes to standard output.

#ifndef COSIO_CLI_COMMANDS_CP_DOWNLOAD_HPP
#define COSIO_CLI_COMMANDS_CP_DOWNLOAD_HPP

#include "../checkpoint_place.hpp"
#include "../location.hpp"
#include "../progress_display.hpp"
#include "../session.hpp"
#include "../standard_streams.hpp"
#include "transfer.hpp"

#include <optional>
#include <string>

namespace cli {

template <class Client>
asio::awaitable<int> download_file(
    const session<Client>& here, const location& from, const location& to)
{
    const auto& chosen = here.asked.chosen;
    const auto checkpoint = chosen.resume
        ? checkpoint_of(chosen.checkpoint, to.path, from.text())
        : std::string();
    progress_display display = display_for(chosen);
    cosio::download_file_request request{
        .bucket = from.bucket, .key = from.key, .path = to.path, .sse = here.encryption.read()};
    request.options = transfer_options_of(chosen, request.options);
    request.options.on_progress = display;
    request.options.checkpoint = checkpoint;
    display.begin(std::nullopt);
    const auto done = co_await here.cos.download_file(request);
    display.clear();
    if (!done)
        co_return fail_transfer(here, from.text(), checkpoint, done.error());
    const transfer_summary what{.size = done->size,
        .parts = done->parts,
        .resumed_parts = done->resumed_parts,
        .crc64_verified = done->crc64_verified,
        .sse = done->sse};
    here.tell(fmt::format("downloaded {} to {}: {}", from.text(), to.text(), what.text()));
    co_return exit_success;
}

/// Says nothing about what was done: standard output is the object's.
template <class Client>
asio::awaitable<int> download_stream(const session<Client>& here, const location& from)
{
    const auto& chosen = here.asked.chosen;
    standard_output sink(here.interrupted.hang_up_descriptor(), chosen.timeout);
    progress_display display = display_for(chosen);
    cosio::download_request request{
        .bucket = from.bucket, .key = from.key, .sse = here.encryption.read()};
    request.options = transfer_options_of(chosen, request.options);
    request.options.on_progress = display;
    const auto done = co_await here.cos.download_to(request, sink);
    display.clear();
    co_return done ? exit_success : here.fail(from.text(), done.error());
}

} // namespace cli

#endif
