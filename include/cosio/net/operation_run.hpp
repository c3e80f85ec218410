// SPDX-License-Identifier: MIT
//
// All that one running operation needs, in one piece of memory.

#ifndef COSIO_NET_OPERATION_RUN_HPP
#define COSIO_NET_OPERATION_RUN_HPP

#include <cosio/net/attempt_loop.hpp>
#include <cosio/net/operation_memory.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace cosio::inline v0::net {

/// The state behind the coroutine of an operation. Not inside of it, as Asio keeps only small
/// frames for the next coroutine.
class operation_run : public operation_control
{
public:
    /// `encode` yields the request, or why there is none, where it stays.
    template <class Encode>
    operation_run(const std::shared_ptr<client_core>& core, const timeout_settings& limits,
        Encode&& encode, const destination& to)
        : operation_control(core->serial_executor(), limits, core->deadlines), core_(core),
          request_(encode()), to_(to)
    {}

    /// Why there is nothing to send, if so.
    [[nodiscard]] result<operation::prepared_request>& request() noexcept { return request_; }

    /// Requires a request. Once, before all else.
    void begin(const operation::facts& what, refusal_function refusal_of)
    {
        loop_.emplace(*core_, *this, *request_, what, refusal_of);
    }

    [[nodiscard]] client_core& core() noexcept { return *core_; }
    [[nodiscard]] attempt_loop& loop() noexcept { return *loop_; }
    [[nodiscard]] const destination& to() const noexcept { return to_; }

    // What the steps of an attempt come to.

    result<void> step{}; ///< The last of them.
    operation::reply reply{};

    /// An exception ended the operation with `why`: completes it.
    void broke_off(error& why) noexcept
    {
        if (loop_)
            loop_->broke_off(why);
    }

private:
    std::shared_ptr<client_core> core_;
    result<operation::prepared_request> request_;
    destination to_;
    std::optional<attempt_loop> loop_{};
};

/// With what only the operation itself knows.
template <class Dialect, class Operation>
class typed_operation_run : public operation_run
{
public:
    using result_type = typename Operation::result_type;
    using operation_run::operation_run;

    void begin() { operation_run::begin(Operation::what, &operation::refusal_of<Dialect>); }

    /// Looks at the reply, which has come unless `step` tells why not: true when the operation has
    /// succeeded, and `outcome` holds its result; otherwise `step` has failed.
    [[nodiscard]] bool succeeds()
    {
        std::string_view request_id;
        if (step) {
            decode();
            if (outcome) {
                request_id = outcome->request_id;
            } else {
                step = std::move(outcome).error();
                step.error().request_id = request_id = operation::request_id_of<Dialect>(reply);
            }
        }
        if constexpr (requires { Operation::done_by_earlier_attempt(step.error()); }) {
            if (!step && loop().earlier_attempt_may_have_executed())
                if (auto done = Operation::done_by_earlier_attempt(step.error())) {
                    outcome = std::move(*done);
                    request_id = step.error().request_id;
                    loop().succeeded(request_id);
                    return true;
                }
        }
        if (step)
            loop().succeeded(request_id);
        return step.has_value();
    }

    result<result_type> outcome{};

private:
    void decode()
    {
        if (!outcome)
            outcome = result_type();
        auto done = operation::check_single_fields<Dialect>(reply.head);
        if (done)
            done = Operation::decode(*outcome, request()->expected, std::move(reply));
        if (!done)
            outcome = std::move(done).error();
    }
};

template <class Dialect, class Operation>
[[nodiscard]] std::shared_ptr<typed_operation_run<Dialect, Operation>> make_operation_run(
    const std::shared_ptr<client_core>& core, const timeout_settings& limits,
    const typename Operation::request_type& request, const service_endpoint& endpoint,
    const destination& to = {.limit = Operation::what.proof.longest_document})
{
    using run = typed_operation_run<Dialect, Operation>;
    constexpr std::size_t beside_it = 64; // What a `shared_ptr` counts with.
    static_assert(sizeof(run) + beside_it <= kept_blocks::block_size);
    const auto encode = [&] { return Operation::encode(request, endpoint); };
    return std::allocate_shared<run>(operation_allocator<run>(), core, limits, encode, to);
}

} // namespace cosio::inline v0::net

#endif
