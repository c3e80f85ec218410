// SPDX-License-Identifier: MIT
//
// What service_errc.hpp declares.

#ifndef COSIO_SERVICE_ERRC_DEFINITIONS_HPP
#define COSIO_SERVICE_ERRC_DEFINITIONS_HPP

#include <cosio/service_code_names.hpp>
#include <cosio/service_errc.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>

namespace cosio::inline v0 {

COSIO_DECLARED service_errc service_errc_from_code(std::string_view code) noexcept
{
    const auto* const found = std::ranges::lower_bound(
        detail::service_code_names, code, {}, &detail::service_code_name::name);
    const bool hit = found != detail::service_code_names.end() && found->name == code;
    return hit ? found->code : service_errc::unknown;
}

COSIO_DECLARED service_errc service_errc_from_status(unsigned status) noexcept
{
    switch (status) {
    case 304: return service_errc::not_modified;
    case 400: return service_errc::bad_request;
    case 403: return service_errc::forbidden;
    case 404: return service_errc::not_found;
    case 412: return service_errc::precondition_failed;
    case 416: return service_errc::invalid_range;
    case 429: return service_errc::too_many_requests;
    case 503: return service_errc::service_unavailable;
    default: break;
    }
    if (status >= 500 && status <= 599)
        return service_errc::server_error;
    if (status >= 400 && status <= 499)
        return service_errc::client_error;
    return service_errc::unexpected_status;
}

namespace detail {

constexpr std::string_view service_errc_text(service_errc code) noexcept
{
    switch (code) {
    case service_errc::not_modified: return "not modified (304)";
    case service_errc::bad_request: return "bad request (400, no code)";
    case service_errc::forbidden: return "forbidden (403, no code)";
    case service_errc::not_found: return "not found (404, no code)";
    case service_errc::too_many_requests: return "too many requests (429)";
    case service_errc::client_error: return "refused by the service (4xx, no code)";
    case service_errc::server_error: return "failed in the service (5xx, no code)";
    case service_errc::unexpected_status: return "unexpected status";
    default: break;
    }
    for (const auto& entry : service_code_names)
        if (entry.code == code)
            return entry.name;
    return "a code this version does not know";
}

class service_category_type final : public std::error_category
{
public:
    const char* name() const noexcept override { return "cosio.service"; }
    std::string message(int value) const override
    {
        return std::string(service_errc_text(static_cast<service_errc>(value)));
    }
};

} // namespace detail

COSIO_DECLARED const std::error_category& service_category() noexcept
{
    static const detail::service_category_type instance;
    return instance;
}

} // namespace cosio::inline v0

#endif
