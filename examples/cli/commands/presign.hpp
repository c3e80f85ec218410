// cosio presign: a request as a URL.

#ifndef COSIO_CLI_COMMANDS_PRESIGN_HPP
#define COSIO_CLI_COMMANDS_PRESIGN_HPP

#include "../location.hpp"
#include "../session.hpp"

#include <chrono>
#include <string>

namespace cli {

template <class Client>
cosio::result<cosio::presigned_url> presigned(
    const session<Client>& here, const location& object, std::chrono::seconds validity)
{
    switch (here.asked.chosen.method.value_or(presign_method::get)) {
    case presign_method::put:
        return here.cos.presign(cosio::put_object_request{.bucket = object.bucket,
                                    .key = object.key, .sse = here.encryption.written()},
            validity);
    case presign_method::head:
        return here.cos.presign(cosio::head_object_request{.bucket = object.bucket,
                                    .key = object.key, .sse = here.encryption.read()},
            validity);
    case presign_method::get: break;
    }
    return here.cos.presign(cosio::get_object_request{.bucket = object.bucket,
                                .key = object.key, .sse = here.encryption.read()},
        validity);
}

/// The URL alone goes to standard output, so that it can be passed on.
template <class Client>
asio::awaitable<int> presign(const session<Client>& here)
{
    constexpr std::chrono::seconds usual(3600);
    const auto object = parse_object(here.asked.operands.front());
    const auto made = presigned(here, object, here.asked.chosen.expires.value_or(usual));
    if (!made)
        co_return here.fail(object.text(), made.error());
    print_line(made->url);
    if (!made->required_headers.empty() && !here.asked.chosen.quiet)
        complain(here.asked.what->name,
            fmt::format("to be sent with it, as in this request: {}",
                fmt::join(made->required_headers, ", ")));
    co_return exit_success;
}

} // namespace cli

#endif
