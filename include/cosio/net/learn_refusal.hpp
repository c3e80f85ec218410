// SPDX-License-Identifier: MIT
//
// Why a HEAD was refused: its reply has no document, so a GET is made that has one.

#ifndef COSIO_NET_LEARN_REFUSAL_HPP
#define COSIO_NET_LEARN_REFUSAL_HPP

#include <cosio/error.hpp>
#include <cosio/net/attempt_loop.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <utility>

namespace cosio::inline v0::net {

/// Completes `why`, the refusal of the HEAD `request`, by what the service says to a GET of the
/// same under the same limits, which `ask` makes of it and which is sent once. The refusal stands
/// as it was when that one comes to something else: it says nothing of the HEAD then. What the GET
/// would yield is not received.
[[nodiscard]] inline asio::awaitable<void> learn_refusal(client_core& core,
    operation_control& control, const operation::prepared_request& request,
    void (*ask)(operation::prepared_request&), const operation::facts& what,
    refusal_function refusal_of, error& why)
{
    if (control.interrupted())
        co_return;
    operation::prepared_request question;
    question.head = request.head;
    question.host = request.host;
    question.region = request.region;
    question.content_length = request.content_length;
    ask(question);
    attempt_loop loop(core, control, question, what, refusal_of);
    result<void> said;
    co_await loop.begin(said);
    if (said && operation::is_success(loop.driver().progress().head().status)) {
        loop.succeeded({});
        co_return;
    }
    if (said) {
        operation::reply document;
        co_await loop.receive(destination(), document, said);
    }
    if (said)
        co_return;
    auto learnt = std::move(said).error();
    loop.failed(learnt);
    if (control.cancelled()) {
        why = std::move(learnt);
        co_return;
    }
    // The bytes of an archived object cannot be had, but a HEAD of it is not refused for that.
    if (learnt.http_status != why.http_status || learnt.service_code.empty() ||
        learnt.code == condition::archived)
        co_return;
    learnt.request_id = std::move(why.request_id);
    if (learnt.region.empty())
        learnt.region = std::move(why.region);
    why = std::move(learnt);
}

} // namespace cosio::inline v0::net

#endif
