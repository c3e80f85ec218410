// cosio restore: makes an archived object readable for some days.

#ifndef COSIO_CLI_COMMANDS_RESTORE_HPP
#define COSIO_CLI_COMMANDS_RESTORE_HPP

#include "../location.hpp"
#include "../session.hpp"
#include "../usage_error.hpp"

namespace cli {

template <class Client>
asio::awaitable<int> restore(const session<Client>& here)
{
    const auto object = parse_object(here.asked.operands.front());
    const auto& chosen = here.asked.chosen;
    if (!chosen.days)
        throw usage_error("restore needs --days N, how long the restored copy is kept");
    const cosio::restore_object_request request{.bucket = object.bucket, .key = object.key,
        .days = *chosen.days, .tier = chosen.tier.value_or(cosio::restore_tier::standard),
        .sse = here.encryption.read()};
    const auto done = co_await here.cos.restore_object(request);
    if (!done)
        co_return here.fail(object.text(), done.error());
    if (done->was_under_way) {
        here.tell(fmt::format("a restore of {} is under way: begun by an attempt whose reply was "
                              "lost, or by somebody else",
            object.text()));
        co_return exit_success;
    }
    here.tell(fmt::format("{} {}: {} day{}",
        done->was_restored ? "kept longer" : "restore started", object.text(), *chosen.days,
        *chosen.days == 1 ? "" : "s"));
    co_return exit_success;
}

} // namespace cli

#endif
