// SPDX-License-Identifier: MIT
//
// Opens connections before they are needed.

#ifndef COSIO_NET_WARM_UP_HPP
#define COSIO_NET_WARM_UP_HPP

#include <cosio/net/client_core.hpp>
#include <cosio/net/operation_control.hpp>
#include <cosio/net/parking.hpp>
#include <cosio/net/run_operation.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// Several connections that are opened side by side, each with a control of its own.
class connections_under_way final : public interruptible,
                                    public std::enable_shared_from_this<connections_under_way>
{
public:
    connections_under_way(std::shared_ptr<client_core> core, std::shared_ptr<const origin> where,
        const asio::any_io_executor& executor)
        : core_(std::move(core)), where_(std::move(where)),
          parked_(std::make_shared<parking>(executor)), executor_(executor)
    {}

    [[nodiscard]] asio::awaitable<result<std::size_t>> open(
        operation_control& control, const timeout_settings& limits, std::size_t count)
    {
        for (std::size_t i = 0; i != count; ++i)
            controls_.push_back(
                std::make_shared<operation_control>(executor_, limits, core_->deadlines));
        left_ = count;
        for (const auto& each : controls_)
            asio::co_spawn(executor_, open_one(shared_from_this(), each), ignore_outcome());
        if (left_ != 0) {
            const operation_control::waiting waiting(control, *this, step::untimed);
            co_await parked_->wait(control);
        }
        interrupt(); // When the wait was ended from outside.
        if (auto stop = control.stopped())
            co_return std::move(*stop);
        if (opened_ == 0 && failure_.code)
            co_return std::move(failure_);
        co_return opened_;
    }

    void interrupt() noexcept override
    {
        for (const auto& each : controls_)
            each->cancel();
        parked_->interrupt();
    }

private:
    struct ignore_outcome
    {
        void operator()(const std::exception_ptr&) const noexcept {}
    };

    static asio::awaitable<void> open_one(
        std::shared_ptr<connections_under_way> self, std::shared_ptr<operation_control> control)
    {
        result<opened_stream> opened = error(errc::out_of_memory);
        try {
            opened = co_await self->core_->connects.open(*control, *self->where_);
        } catch (...) { // Without memory there is one connection less.
        }
        self->done(std::move(opened));
    }

    void done(result<opened_stream> opened)
    {
        auto& pool = *core_->connections;
        if (opened) {
            pool.count_opened(opened->resumed);
            try {
                pool.add_idle(*where_, std::make_unique<connection>(std::move(opened->bytes)));
                ++opened_;
            } catch (...) { // Those who wait have to be told all the same.
                failure_ = error(errc::out_of_memory);
            }
        } else {
            pool.count_failed();
            failure_ = std::move(opened).error();
        }
        if (--left_ == 0)
            parked_->interrupt();
    }

    std::shared_ptr<client_core> core_;
    std::shared_ptr<const origin> where_;
    std::shared_ptr<parking> parked_;
    asio::any_io_executor executor_;
    std::vector<std::shared_ptr<operation_control>> controls_{};
    std::size_t left_ = 0;
    std::size_t opened_ = 0;
    error failure_{};
};

/// The coroutine behind `client::warm_up`: as many connections to `host` as are wanted and do not
/// lie idle already. Yields how many were opened; fails when none was, though some were wanted.
[[nodiscard]] inline asio::awaitable<result<std::size_t>> run_warm_up(
    std::shared_ptr<client_core> core, std::shared_ptr<operation_control> control,
    timeout_settings limits, result<operation::prepared_request> request, std::size_t wanted)
{
    try {
        if (!request)
            co_return std::move(request).error();
        auto where = core->origin_of(request->host);
        const auto missing = core->connections->missing_to(*where, wanted);
        const auto under_way = std::make_shared<connections_under_way>(
            core, std::move(where), control->executor());
        auto opened = co_await under_way->open(*control, limits, missing);
        co_return opened;
    } catch (...) {
        co_return error_of_exception();
    }
}

} // namespace cosio::inline v0::net

#endif
