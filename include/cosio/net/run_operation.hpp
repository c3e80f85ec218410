// SPDX-License-Identifier: MIT
//
// Runs any operation: the coroutine behind every member of the client.

#ifndef COSIO_NET_RUN_OPERATION_HPP
#define COSIO_NET_RUN_OPERATION_HPP

#include <cosio/net/attempt_loop.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// An exception that reached the end of an operation, as an error.
[[nodiscard]] inline error error_of_exception()
{
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return error(errc::out_of_memory);
    } catch (const std::system_error& thrown) {
        return connection_error(thrown.code());
    } catch (const std::exception& thrown) {
        return error(errc::body_source_failed, thrown.what());
    } catch (...) {
        return error(errc::body_source_failed, "an exception of unknown type");
    }
}

/// Owns what the operation needs until it is over. `request` is what `Operation::encode` made; a
/// refusal is what the operation completes with.
template <class Dialect, class Operation>
[[nodiscard]] asio::awaitable<result<typename Operation::result_type>> run_operation(
    std::shared_ptr<client_core> core, std::shared_ptr<operation_control> control,
    result<operation::prepared_request> request, destination to)
{
    try {
        if (!request)
            co_return std::move(request).error();
        attempt_loop loop(
            *core, *control, *request, Operation::what, &operation::refusal_of<Dialect>);
        for (;;) {
            error why;
            auto begun = co_await loop.begin();
            if (begun) {
                auto got = co_await loop.receive(to);
                if (got) {
                    const std::string request_id = operation::request_id_of<Dialect>(*got);
                    auto decoded = Operation::decode(request->expected, std::move(*got));
                    if (decoded) {
                        loop.succeeded(request_id);
                        co_return decoded;
                    }
                    why = std::move(decoded).error();
                    why.request_id = request_id;
                } else {
                    why = std::move(got).error();
                }
            } else {
                why = std::move(begun).error();
            }
            if constexpr (requires { Operation::done_by_earlier_attempt(why); }) {
                if (loop.earlier_attempt_may_have_executed())
                    if (auto done = Operation::done_by_earlier_attempt(why)) {
                        loop.succeeded(why.request_id);
                        co_return std::move(*done);
                    }
            }
            if (!co_await loop.retries(why))
                co_return why;
        }
    } catch (...) {
        co_return error_of_exception();
    }
}

} // namespace cosio::inline v0::net

#endif
