// A client and the emulator it talks to, for one test.

#ifndef COSIO_TESTS_SUPPORT_EMULATED_HPP
#define COSIO_TESTS_SUPPORT_EMULATED_HPP

#include <cosio.hpp>
#include <cosio/testing/emulator.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace support {

inline constexpr std::string_view bucket = "examplebucket-1250000000";

inline cosio::customer_key key_of(int number)
{
    return cosio::customer_key::from_text("0000000000000000000000000000000" +
        std::to_string(number)).value();
}

inline cosio::sse::customer with(const cosio::customer_key& key)
{
    return {key, key.md5()};
}

/// Bytes that do not repeat early.
inline std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t i = 0; i != size; ++i)
        text[i] = static_cast<char>(i * 31 + i / 253);
    return text;
}

class emulated
{
public:
    explicit emulated(
        cosio::testing::emulator_options options = cosio::testing::emulator_options())
        : server(std::move(options)), config(single_attempts(server.client_config())),
          cos(context.get_executor(), config)
    {}

    /// Runs the coroutine that `body` makes, to its end. `body` outlives it, so it may be a lambda
    /// that captures by reference.
    template <class Body>
    auto run(Body&& body)
    {
        auto done = asio::co_spawn(context, body(), asio::use_future);
        context.restart();
        context.run();
        return done.get();
    }

    /// Runs one operation.
    template <class T>
    T get(asio::awaitable<T> work)
    {
        auto done = asio::co_spawn(context, std::move(work), asio::use_future);
        context.restart();
        context.run();
        return done.get();
    }

    /// Most tests look at what one attempt makes of a fault; those of retries say so.
    static cosio::config single_attempts(cosio::config with)
    {
        with.retry.maximum_attempts = 1;
        return with;
    }

    /// Another client of the same server.
    cosio::client client(const cosio::config& with) { return {context.get_executor(), with}; }

    cosio::testing::emulator server;
    asio::io_context context{};
    cosio::config config;
    cosio::client cos;
};

} // namespace support

#endif
