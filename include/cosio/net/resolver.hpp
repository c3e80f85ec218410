// SPDX-License-Identifier: MIT
//
// From a host name to addresses, without waiting for a resolver that hangs.

#ifndef COSIO_NET_RESOLVER_HPP
#define COSIO_NET_RESOLVER_HPP

#include <cosio/net/operation_control.hpp>
#include <cosio/net/origin.hpp>
#include <cosio/net/parking.hpp>
#include <cosio/net/system_question.hpp>
#include <cosio/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Asks for the addresses of a host; virtual, so that tests can have their own.
class resolver
{
public:
    using endpoints = std::vector<asio::ip::tcp::endpoint>;
    using handler = std::function<void(std::error_code, endpoints)>;

    resolver() = default;
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;
    virtual ~resolver() = default;

    /// Calls `done` on `executor` once, whenever that will be, unless what this yields is gone by
    /// then: the question is abandoned so, and nothing of it keeps `executor` busy.
    [[nodiscard]] virtual std::shared_ptr<void> start(
        const asio::any_io_executor& executor, const origin& where, handler done) = 0;
};

/// The system's.
class system_resolver final : public resolver
{
public:
    [[nodiscard]] std::shared_ptr<void> start(
        const asio::any_io_executor& executor, const origin& where, handler done) override
    {
        return system_question::ask(executor, where.host, where.port, std::move(done));
    }
};

/// All addresses of a host. An address is taken as it stands, without the resolver.
///
/// The system's resolver cannot be stopped. When time or the caller ends the wait, the question is
/// abandoned: its answer finds nobody. Errors: `errc::resolve_failed`, `errc::resolve_timeout`,
/// `errc::total_timeout`, `errc::cancelled`.
[[nodiscard]] inline asio::awaitable<result<resolver::endpoints>> resolve(
    operation_control& control, resolver& asked, const origin& where)
{
    std::error_code code;
    const auto address = asio::ip::make_address(where.host, code);
    if (!code) {
        resolver::endpoints one;
        one.emplace_back(address, where.port);
        co_return one;
    }
    struct question
    {
        explicit question(const asio::any_io_executor& executor)
            : parked(std::make_shared<parking>(executor))
        {}
        std::shared_ptr<parking> parked;
        std::error_code code{};
        resolver::endpoints found{};
    };
    const auto open = std::make_shared<question>(control.executor());
    const auto wanted = asked.start(control.executor(), where,
        [weak = std::weak_ptr(open)](const std::error_code& problem, resolver::endpoints found) {
            if (const auto still_open = weak.lock()) {
                still_open->code = problem;
                still_open->found = std::move(found);
                still_open->parked->interrupt();
            }
        });
    {
        const operation_control::waiting waiting(control, *open->parked, step::resolve);
        co_await open->parked->wait(control);
    }
    if (auto stop = control.stopped())
        co_return std::move(*stop);
    if (open->code || open->found.empty())
        co_return error(errc::resolve_failed,
            "'" + where.host + "' has no address: " + open->code.message());
    co_return std::move(open->found);
}

} // namespace cosio::inline v0::net

#endif
