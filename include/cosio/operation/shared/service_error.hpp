// SPDX-License-Identifier: MIT
//
// Refusals of the service: error documents, also inside a 200, and bare statuses.

#ifndef COSIO_OPERATION_SHARED_SERVICE_ERROR_HPP
#define COSIO_OPERATION_SHARED_SERVICE_ERROR_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/operation/shared/bucket_region.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/result.hpp>
#include <cosio/xml/reader.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::operation {

/// Text of a peer, made safe for a log line: bounded and without control bytes.
[[nodiscard]] inline std::string printable(std::string text)
{
    constexpr std::size_t longest = 1024;
    if (text.size() > longest)
        text.resize(longest);
    for (char& c : text)
        if (detail::is_control(c))
            c = ' ';
    return text;
}

/// Puts into `problem` where a redirect leads, as data: nobody goes there. What cannot be a host is
/// passed over. Source: S3 User Guide, "Making requests", "Redirecting requests".
template <class Dialect>
void tell_endpoint(error& problem, const std::string& endpoint)
{
    constexpr std::size_t longest = 253 + std::string_view(":65535").size();
    if (endpoint.size() > longest)
        return;
    const auto to = detail::parse_host_and_port(endpoint);
    if (!to)
        return;
    if (problem.message.empty())
        problem.message = problem.code.message();
    problem.message.append("; the service names the endpoint ").append(endpoint);
    if (problem.region.empty())
        if (const auto region = Dialect::region_of_host(to->host); is_region_name(region))
            problem.region = region;
}

/// Reads an `<Error>` document; nothing when `body` is no whole one.
///
/// `StringToSign` and `FormatString` of a signature error are passed over: they repeat the values
/// of signed headers, keys among them.
template <class Dialect>
[[nodiscard]] std::optional<error> parse_error_document(std::string_view body)
{
    xml::reader document(body);
    if (!document.enter("Error"))
        return std::nullopt;
    error problem;
    std::string endpoint;
    while (document.next_child()) {
        const auto name = document.name();
        if (name == "Code")
            problem.service_code = printable(document.text());
        else if (name == "Message")
            problem.message = printable(document.text());
        else if (name == "Resource")
            problem.resource = printable(document.text());
        else if (name == "RequestId")
            problem.request_id = printable(document.text());
        else if (name == "Region")
            problem.region = document.text();
        else if (name == "Endpoint")
            endpoint = document.text();
        else if (name == "TraceId")
            problem.trace_id = printable(document.text());
        else
            document.skip();
    }
    if (!document.finish() || problem.service_code.empty())
        return std::nullopt;
    problem.code = Dialect::error_code(problem.service_code);
    if (!is_region_name(problem.region))
        problem.region.clear();
    if (problem.code == condition::wrong_region && !endpoint.empty())
        tell_endpoint<Dialect>(problem, endpoint);
    return problem;
}

/// The error that a reply with a status of failure stands for.
template <class Dialect>
[[nodiscard]] error decode_service_error(const reply& got)
{
    const auto status = got.head.status;
    auto problem = parse_error_document<Dialect>(got.body)
                       .value_or(error(make_error_code(service_errc_from_status(status))));
    problem.http_status = status;
    if (problem.request_id.empty())
        problem.request_id = request_id_in<Dialect>(got.head);
    if (problem.trace_id.empty())
        problem.trace_id = got.head.get(Dialect::header::trace_id);
    if (!states_region(status))
        problem.region.clear();
    else if (const auto stated = region_in<Dialect>(got.head); !stated.empty())
        problem.region = stated;
    return problem;
}

/// Whether a refusal hides its reason: that of a HEAD has no document, so that a wrong customer
/// key, a denial and a wrong region look alike. 404 and the like say all there is by their status.
[[nodiscard]] inline bool hides_its_reason(const error& why) noexcept
{
    return why.service_code.empty() && states_region(why.http_status) &&
        why.code.category() == service_category();
}

/// What is wrong with a reply before its operation looks at it, given that its head is the
/// service's own (`missing_proof`): a status of failure; an `<Error>` document inside a 200, which
/// means that a copy or a completion failed after its reply had begun; or a body where there is
/// none, such as that of the reply to another request.
template <class Dialect>
[[nodiscard]] std::optional<error> refusal_of(const reply& got, const facts& what)
{
    if (!is_success(got.head.status))
        return decode_service_error<Dialect>(got);
    const bool surplus = what.proof.body == reply_body::none && !got.body.empty();
    if (!what.error_inside_200 && !surplus)
        return std::nullopt;
    if (parse_error_document<Dialect>(got.body))
        return decode_service_error<Dialect>(got);
    if (surplus)
        return error(errc::malformed_response,
            std::string("the reply has a body, where the service sends none for ")
                .append(what.name));
    return std::nullopt;
}

/// A 2xx reply whose document is not the one expected.
[[nodiscard]] inline error unexpected_document(result<void> reading, std::string_view expected)
{
    if (!reading)
        return std::move(reading).error();
    return error(errc::malformed_response,
        std::string("the reply is not a ").append(expected).append(" document"));
}

} // namespace cosio::inline v0::operation

#endif
