// SPDX-License-Identifier: MIT
//
// Runs any operation: the coroutine behind every member of the client.

#ifndef COSIO_NET_RUN_OPERATION_HPP
#define COSIO_NET_RUN_OPERATION_HPP

#include <cosio/net/error_of_exception.hpp>
#include <cosio/net/learn_refusal.hpp>
#include <cosio/net/operation_run.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <utility>

namespace cosio::inline v0::net {

/// A request that was refused is what the operation completes with.
template <class Dialect, class Operation>
[[nodiscard]] asio::awaitable<result<typename Operation::result_type>> run_operation(
    std::shared_ptr<typed_operation_run<Dialect, Operation>> run)
{
    try {
        if (!run->request())
            co_return std::move(run->request()).error();
        run->begin();
        auto& loop = run->loop();
        for (;;) {
            bool is_begun = false;
            if (loop.send_at_once()) {
                while (loop.awaits_reply(run->to())) {
                    const auto got = co_await loop.driver().more_of_reply();
                    loop.driver().received_of_reply(got);
                }
                is_begun = loop.is_begun_at_once(run->step);
            }
            if (!is_begun)
                co_await loop.begin(run->step);
            if (run->step && !loop.received_at_once(run->to(), run->reply, run->step))
                co_await loop.receive(run->to(), run->reply, run->step);
            if (run->succeeds())
                co_return std::move(run->outcome);
            if constexpr (requires { Operation::asking_why; }) {
                if (operation::hides_its_reason(run->step.error()))
                    co_await learn_refusal(run->core(), *run, *run->request(),
                        &Operation::ask_why, Operation::asking_why,
                        &operation::refusal_of<Dialect>, run->step.error());
            }
            if (!co_await loop.retries(run->step.error()))
                co_return std::move(run->step).error();
            run->reply = operation::reply();
        }
    } catch (...) {
        run->step = error_of_exception();
        run->broke_off(run->step.error());
        co_return std::move(run->step).error();
    }
}

} // namespace cosio::inline v0::net

#endif
