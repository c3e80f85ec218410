// One of two translation units that use the single headers, and mix them with include/.

#include "../../single_include/cosio.hpp"
#include "../../single_include/cosio_testing.hpp"

#include <cosio.hpp>
#include <cosio/client.hpp>
#include <cosio/crypto/crc64.hpp>

#include "two.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

int main()
{
    const cosio::testing::emulator emulator;
    asio::io_context context;
    const cosio::client cos(context.get_executor(), emulator.client_config());
    auto done = asio::co_spawn(
        context, cos.put_object({.bucket = emulator.bucket(), .key = "k", .body = "x"}),
        asio::use_future);
    context.run();
    return done.get().value().crc64_verified && body_of(emulator, "k") == "x" ? 0 : 1;
}
