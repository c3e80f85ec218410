// SPDX-License-Identifier: MIT
//
// How a transfer is carried out.

#ifndef COSIO_TRANSFER_OPTIONS_HPP
#define COSIO_TRANSFER_OPTIONS_HPP

#include <cosio/request/transfer_options.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/part_plan.hpp>
#include <cosio/transfer/progress.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0::transfer {

/// Errors: `errc::invalid_argument`.
[[nodiscard]] inline result<void> check_options(const transfer_options& options)
{
    if (options.part_size == 0)
        return error(errc::invalid_argument, "must be at least 1", "part_size");
    if (options.parallelism == 0)
        return error(errc::invalid_argument, "must be at least 1", "parallelism");
    if (options.checkpoint_interval < options.checkpoint_interval.zero())
        return error(errc::invalid_argument, "must not be negative", "checkpoint_interval");
    if (options.total.limit() <= timeout::duration::zero())
        return error(errc::invalid_argument,
            "must be positive; cosio::no_timeout sets no limit", "total");
    return {};
}

/// Of the transfer that `request` asks for. None when it is one that `check_options` refuses.
template <class Request, class... Others>
[[nodiscard]] timeout total_of(const Request& request, const Others&...) noexcept
{
    const auto total = request.options.total;
    return total.limit() > timeout::duration::zero() ? total : timeout(no_timeout);
}

/// What a client's service allows, and the options let pass.
template <class Client>
[[nodiscard]] part_limits limits_of(const transfer_options& options) noexcept
{
    part_limits limits{Client::dialect::minimum_part_size, Client::dialect::maximum_part_size,
        Client::dialect::maximum_parts};
    if (options.allow_small_parts)
        limits.minimum_size = 1;
    return limits;
}

/// Of the objects that one request stores.
template <class Client>
[[nodiscard]] std::uint64_t largest_put(const transfer_options& options) noexcept
{
    return std::min(options.threshold, Client::dialect::maximum_part_size);
}

} // namespace cosio::inline v0::transfer

#endif
