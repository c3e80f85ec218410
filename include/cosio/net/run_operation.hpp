// SPDX-License-Identifier: MIT
//
// Runs any operation: the coroutine behind every member of the client.

#ifndef COSIO_NET_RUN_OPERATION_HPP
#define COSIO_NET_RUN_OPERATION_HPP

#include <cosio/net/perform.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <utility>

namespace cosio::inline v0::net {

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
        const call what{*core, *control, *request, Operation::what,
            &operation::refusal_of<Dialect>};
        const operation_log log(*core, *request);

        auto driver = co_await begin(what);
        if (!driver) {
            log.failed(driver.error(), nullptr);
            co_return std::move(driver).error();
        }
        auto got = co_await finish(what, **driver, to);
        if (!got) {
            log.failed(got.error(), driver->get());
            co_return std::move(got).error();
        }
        const auto status = got->head.status;
        std::string request_id = operation::request_id_of<Dialect>(*got);
        auto decoded = Operation::decode(request->expected, std::move(*got));
        if (!decoded) {
            auto why = with_attempt(std::move(decoded).error(), **driver);
            why.http_status = status;
            why.request_id = std::move(request_id);
            log.failed(why, driver->get());
            co_return why;
        }
        log.succeeded(status, **driver, request_id);
        co_return decoded;
    } catch (...) {
        co_return error_of_exception();
    }
}

} // namespace cosio::inline v0::net

#endif
