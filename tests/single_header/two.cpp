// The other translation unit: include/ first, the single headers after it.

#include <cosio.hpp>

#include "two.hpp"

#include "../../single_include/cosio.hpp"
#include "../../single_include/cosio_testing.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

std::string body_of(const cosio::testing::emulator& emulator, const std::string& key)
{
    asio::io_context context;
    const cosio::client cos(context.get_executor(), emulator.client_config());
    auto done = asio::co_spawn(
        context, cos.get_object({.bucket = emulator.bucket(), .key = key}), asio::use_future);
    context.run();
    return done.get().value().body;
}
