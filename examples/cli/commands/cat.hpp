// cosio cat: objects to standard output.

#ifndef COSIO_CLI_COMMANDS_CAT_HPP
#define COSIO_CLI_COMMANDS_CAT_HPP

#include "../location.hpp"
#include "../session.hpp"
#include "../standard_streams.hpp"

#include <vector>

namespace cli {

/// Ends at the first object that cannot be read.
template <class Client>
asio::awaitable<int> cat(const session<Client>& here)
{
    std::vector<location> objects;
    for (const auto& each : here.asked.operands)
        objects.push_back(parse_object(each));
    standard_output sink(here.interrupted.hang_up_descriptor(), std::nullopt);
    for (const auto& each : objects) {
        const cosio::download_request request{
            .bucket = each.bucket, .key = each.key, .sse = here.encryption.read()};
        const auto got = co_await here.cos.download_to(request, sink);
        if (!got)
            co_return here.fail(each.text(), got.error());
    }
    co_return exit_success;
}

} // namespace cli

#endif
