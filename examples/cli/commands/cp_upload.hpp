// cosio cp, up: a file or standard input becomes an object.

#ifndef COSIO_CLI_COMMANDS_CP_UPLOAD_HPP
#define COSIO_CLI_COMMANDS_CP_UPLOAD_HPP

#include "../checkpoint_place.hpp"
#include "../location.hpp"
#include "../progress_display.hpp"
#include "../session.hpp"
#include "../standard_streams.hpp"
#include "transfer.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace cli {

template <class Client>
int tell_uploaded(const session<Client>& here, std::string_view from, const location& to,
    const cosio::upload_result& done)
{
    const transfer_summary what{.size = done.size,
        .parts = done.parts,
        .resumed_parts = done.resumed_parts,
        .crc64_verified = done.crc64_verified,
        .md5_verified = done.md5_verified,
        .sse = done.sse};
    here.tell(fmt::format("uploaded {} to {}: {}", from, to.text(), what.text()));
    return exit_success;
}

template <class Client>
asio::awaitable<int> upload_file(
    const session<Client>& here, const location& from, const location& to)
{
    const auto& chosen = here.asked.chosen;
    const auto checkpoint = chosen.resume
        ? checkpoint_of(chosen.checkpoint, from.path, to.text())
        : std::string();
    progress_display display = display_for(chosen);
    cosio::upload_file_request request{.bucket = to.bucket, .key = to.key, .path = from.path,
        .sse = here.encryption.written()};
    request.headers.storage_class = chosen.storage_class;
    request.options = transfer_options_of(chosen, request.options);
    request.options.on_progress = display;
    request.options.checkpoint = checkpoint;
    request.compare_at_end = chosen.compare;
    std::error_code unknown;
    const auto size = std::filesystem::file_size(from.path, unknown);
    // Of a file of /proc nobody knows before it was read.
    display.begin(!unknown && size != 0 ? std::optional<std::uint64_t>(size) : std::nullopt);
    const auto done = co_await here.cos.upload_file(request);
    display.clear();
    co_return done ? tell_uploaded(here, from.text(), to, *done)
                   : fail_transfer(here, from.text(), checkpoint, done.error());
}

template <class Client>
asio::awaitable<int> upload_stream(const session<Client>& here, const location& to)
{
    const auto& chosen = here.asked.chosen;
    standard_input source(here.interrupted.hang_up_descriptor(), chosen.timeout);
    progress_display display = display_for(chosen);
    cosio::upload_request request{.bucket = to.bucket, .key = to.key, .body = source,
        .sse = here.encryption.written()};
    request.headers.storage_class = chosen.storage_class;
    request.options = transfer_options_of(chosen, request.options);
    request.options.on_progress = display;
    display.begin(source.size());
    const auto done = co_await here.cos.upload(request);
    display.clear();
    co_return done ? tell_uploaded(here, "standard input", to, *done)
                   : here.fail(to.text(), done.error());
}

} // namespace cli

#endif
