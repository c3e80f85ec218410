// cosio cp, within the service: the bytes do not pass through here.

#ifndef COSIO_CLI_COMMANDS_CP_COPY_HPP
#define COSIO_CLI_COMMANDS_CP_COPY_HPP

#include "../location.hpp"
#include "../progress_display.hpp"
#include "../session.hpp"
#include "transfer.hpp"

#include <optional>

namespace cli {

template <class Client>
asio::awaitable<int> copy_object(
    const session<Client>& here, const location& from, const location& to)
{
    const auto& chosen = here.asked.chosen;
    progress_display display = display_for(chosen);
    cosio::copy_request request{.bucket = to.bucket, .key = to.key,
        .copy_source = {.bucket = from.bucket, .key = from.key, .sse = here.encryption.source(),
            .region = chosen.source_region},
        .sse = here.encryption.written()};
    request.headers.storage_class = chosen.storage_class;
    request.options = transfer_options_of(chosen, request.options);
    request.options.on_progress = display;
    display.begin(std::nullopt);
    const auto done = co_await here.cos.copy(request);
    display.clear();
    if (!done)
        co_return here.fail(from.text(), done.error());
    const transfer_summary what{.size = done->size,
        .parts = done->parts,
        .resumed_parts = done->resumed_parts,
        .crc64_verified = done->crc64_verified,
        .sse = done->sse};
    here.tell(fmt::format("copied {} to {}: {}", from.text(), to.text(), what.text()));
    co_return exit_success;
}

} // namespace cli

#endif
