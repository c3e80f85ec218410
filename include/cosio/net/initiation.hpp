// SPDX-License-Identifier: MIT
//
// How an operation is started for any completion token, and how it is cancelled.

#ifndef COSIO_NET_INITIATION_HPP
#define COSIO_NET_INITIATION_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/net/client_functions.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::net {

/// Sits in the caller's cancellation slot. Never touches the operation on the emitter's thread: it
/// posts to the operation's executor, where the operation may be gone already.
class cancellation_handler
{
public:
    explicit cancellation_handler(const std::shared_ptr<operation_control>& control)
        : executor_(executor_of(*control)), control_(control)
    {}

    COSIO_DECLARED void operator()(asio::cancellation_type type) const;

private:
    asio::any_io_executor executor_;
    std::weak_ptr<operation_control> control_;
};

/// Hands the result to the caller's handler, on the handler's executor. Has no cancellation slot,
/// so that `co_spawn` forwards none (Asio 1.22 to 1.24 crash when it does across strands).
template <class Result, class Handler>
class completion
{
public:
    using executor_type = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using allocator_type = asio::associated_allocator_t<Handler>;

    completion(Handler handler, asio::any_io_executor otherwise)
        : handler_(std::move(handler)), otherwise_(std::move(otherwise))
    {}

    [[nodiscard]] executor_type get_executor() const noexcept
    {
        return asio::get_associated_executor(handler_, otherwise_);
    }
    [[nodiscard]] allocator_type get_allocator() const noexcept
    {
        return asio::get_associated_allocator(handler_);
    }

    /// The coroutines of operations let no exception out.
    void operator()(const std::exception_ptr&, result<Result> value)
    {
        std::move(handler_)(std::move(value));
    }

private:
    Handler handler_;
    asio::any_io_executor otherwise_;
};

/// Starts the coroutine of an operation. A named type with an executor, as Asio's adapters need.
class operation_initiation
{
public:
    using executor_type = asio::any_io_executor;

    explicit operation_initiation(asio::any_io_executor executor) : executor_(std::move(executor))
    {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

    template <class Handler, class Result>
    void operator()(Handler&& handler, std::shared_ptr<operation_control> control,
        asio::awaitable<result<Result>> work) const
    {
        using decayed = std::decay_t<Handler>;
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign(cancellation_handler(control));
        asio::co_spawn(executor_of(*control), std::move(work),
            completion<Result, decayed>(decayed(std::forward<Handler>(handler)), executor_));
    }

private:
    asio::any_io_executor executor_;
};

/// Starts an operation on its control's executor and completes `token` with its result, by way of
/// `executor` unless the token has its own: signature `void(result<Result>)`.
template <class Result, class Token>
auto initiate(
    asio::any_io_executor executor, prepared_operation<Result> operation, Token&& token)
{
    return asio::async_initiate<Token, void(result<Result>)>(
        operation_initiation(std::move(executor)), token, std::move(operation.control),
        std::move(operation.work));
}

/// As `initiate` with `use_awaitable`, without a detour where there is no need for one.
///
/// On a serial executor it is the coroutine of the operation itself, which then takes part in the
/// caller's own cancellation.
template <class Result>
[[nodiscard]] asio::awaitable<result<Result>> await_operation(
    const client_core& core, prepared_operation<Result> operation);

/// As `await_operation`, always by way of the client's executor.
template <class Result>
[[nodiscard]] asio::awaitable<result<Result>> await_apart(
    const client_core& core, prepared_operation<Result> operation);

template <class Token>
concept default_token = std::is_same_v<std::decay_t<Token>, asio::use_awaitable_t<>>;

/// Whatever the token is.
template <class Result, class Token>
auto complete(const client_core& core, prepared_operation<Result> operation, Token&& token)
{
    if constexpr (default_token<Token>)
        return await_operation(core, std::move(operation));
    else
        return initiate(executor_of(core), std::move(operation), std::forward<Token>(token));
}

/// As `complete`, always by way of an executor.
template <class Result, class Token>
auto complete_apart(
    const client_core& core, prepared_operation<Result> operation, Token&& token)
{
    if constexpr (default_token<Token>)
        return await_apart(core, std::move(operation));
    else
        return initiate(executor_of(core), std::move(operation), std::forward<Token>(token));
}

} // namespace cosio::inline v0::net

#if defined(COSIO_DEFINITIONS)
#include <cosio/net/initiation_definitions.hpp>
#endif

#endif
