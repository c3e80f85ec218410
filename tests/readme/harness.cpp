// Runs the README's program as it stands there, against the emulator.

#define main readme_main
#include README_PROGRAM
#undef main

#include <cosio/testing/emulator.hpp>

#include <exception>

int main()
{
    cosio::testing::emulator server;
    asio::io_context context;
    cosio::client cos(context.get_executor(), server.client_config());
    std::exception_ptr failure;
    asio::co_spawn(
        context, seal(cos), [&](std::exception_ptr thrown) { failure = std::move(thrown); });
    context.run();
    if (failure)
        std::rethrow_exception(failure);
    const auto rest = server.at_rest(server.bucket(), "sealed.txt");
    return rest && rest->mode == cosio::encryption_mode::customer ? 0 : 1;
}
