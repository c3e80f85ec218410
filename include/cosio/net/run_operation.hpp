// SPDX-License-Identifier: MIT
//
// Runs any operation: the coroutine behind every member of the client.

#ifndef COSIO_NET_RUN_OPERATION_HPP
#define COSIO_NET_RUN_OPERATION_HPP

#include <cosio/net/attempt_loop.hpp>
#include <cosio/net/error_of_exception.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cosio::inline v0::net {

/// Owns what the operation needs until it is over. `request` is what `Operation::encode` made; a
/// refusal is what the operation completes with.
template <class Dialect, class Operation>
[[nodiscard]] asio::awaitable<result<typename Operation::result_type>> run_operation(
    std::shared_ptr<client_core> core, std::shared_ptr<operation_control> control,
    result<operation::prepared_request> request, destination to)
{
    std::optional<attempt_loop> loop;
    try {
        if (!request)
            co_return std::move(request).error();
        loop.emplace(
            *core, *control, *request, Operation::what, &operation::refusal_of<Dialect>);
        for (;;) {
            error why;
            std::optional<result<void>> begun;
            if (loop->send_at_once()) {
                while (loop->driver().awaits_head(*control)) {
                    auto more = co_await loop->driver().more_of_head();
                    loop->driver().received(std::move(more));
                }
                begun = loop->begun_at_once();
            }
            if (!begun)
                begun = co_await loop->begin();
            if (*begun) {
                operation::reply reply;
                auto received = loop->receive_at_once(to, reply);
                if (!received)
                    received = co_await loop->receive(to, reply);
                if (*received) {
                    auto decoded = Operation::decode(request->expected, std::move(reply));
                    const auto request_id = operation::request_id_of<Dialect>(reply);
                    if (decoded) {
                        loop->succeeded(request_id);
                        co_return decoded;
                    }
                    why = std::move(decoded).error();
                    why.request_id = request_id;
                } else {
                    why = std::move(*received).error();
                }
            } else {
                why = std::move(*begun).error();
            }
            if constexpr (requires { Operation::done_by_earlier_attempt(why); }) {
                if (loop->earlier_attempt_may_have_executed())
                    if (auto done = Operation::done_by_earlier_attempt(why)) {
                        loop->succeeded(why.request_id);
                        co_return std::move(*done);
                    }
            }
            if (!co_await loop->retries(why))
                co_return why;
        }
    } catch (...) {
        auto why = error_of_exception();
        if (loop)
            loop->broke_off(why);
        co_return why;
    }
}

} // namespace cosio::inline v0::net

#endif
