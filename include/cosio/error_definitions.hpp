// SPDX-License-Identifier: MIT
//
// What error.hpp declares.

#ifndef COSIO_ERROR_DEFINITIONS_HPP
#define COSIO_ERROR_DEFINITIONS_HPP

#include <cosio/error.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace cosio::inline v0 {

COSIO_DECLARED error::error(std::error_code what, std::string text, std::string_view part)
    : code(what), field(part), message(std::move(text))
{}

COSIO_DECLARED error::error(errc what, std::string text, std::string_view part)
    : error(make_error_code(what), std::move(text), part)
{}

COSIO_DECLARED error::error(const error&) = default;
COSIO_DECLARED error::error(error&&) noexcept = default;
COSIO_DECLARED error& error::operator=(const error&) = default;
COSIO_DECLARED error& error::operator=(error&&) noexcept = default;
COSIO_DECLARED error::~error() = default;

COSIO_DECLARED void error::explain(std::string_view what)
{
    message =
        std::string(what).append(": ").append(message.empty() ? code.message() : message);
}

COSIO_DECLARED std::string error::describe() const
{
    std::string line;
    if (!field.empty())
        line.append(field).append(": ");
    line.append(message.empty() ? code.message() : message);
    if (!region.empty())
        line.append("; the bucket is in region ").append(region);
    line.append(" [").append(service_code.empty() ? code.message() : service_code);
    if (http_status != 0)
        line.append(", HTTP ").append(std::to_string(http_status));
    if (!request_id.empty())
        line.append(", request id ").append(request_id);
    return line.append("]");
}

COSIO_DECLARED exception::exception(error what)
    : std::system_error(what.code, what.describe()),
      details_(std::make_shared<const error>(std::move(what)))
{}

COSIO_DECLARED void detail::throw_exception(const error& what)
{
    throw exception(what);
}

} // namespace cosio::inline v0

#endif
