// SPDX-License-Identifier: MIT
//
// Everything known about a failed operation, as a value and as an exception.

#ifndef COSIO_ERROR_HPP
#define COSIO_ERROR_HPP

#include <cosio/errc.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace cosio::inline v0 {

/// Why an operation failed.
///
/// Holds no secret: neither keys, tokens, signatures nor header values find their way into it.
class error
{
public:
    error() = default;

    /// An error found by the client. `text` completes what the code says; `part` names the member
    /// of the request it is about.
    explicit error(std::error_code what, std::string text = {}, std::string_view part = {})
        : code(what), field(part), message(std::move(text))
    {}

    explicit error(errc what, std::string text = {}, std::string_view part = {})
        : error(make_error_code(what), std::move(text), part)
    {}

    /// `errc`, `service_errc`, or a code of Asio or the operating system.
    std::error_code code{};
    /// The member of the request that was refused, such as `key`; empty otherwise.
    std::string field{};
    /// The rule that was broken, or the service's `<Message>`.
    std::string message{};
    /// 0 when no reply was received. 200 is possible: a copy reports failures inside a 200.
    unsigned http_status = 0;
    /// The service's `<Code>`, as sent.
    std::string service_code{};
    /// The service's `<Resource>`: host and path.
    std::string resource{};
    /// `x-cos-request-id`; quote it to the service's support.
    std::string request_id{};
    /// `x-cos-trace-id`.
    std::string trace_id{};
    /// Attempts made; 0 when the request was refused before anything was sent.
    unsigned attempts = 0;
    /// Whether any byte of the request was handed to the operating system.
    bool request_was_sent = false;
    /// An attempt before the last may have been carried out.
    bool earlier_attempt_may_have_executed = false;

    /// Whether the service may have carried the request out although this error is reported.
    ///
    /// True when bytes were sent and no reply came that says otherwise.
    [[nodiscard]] bool may_have_executed() const noexcept
    {
        return earlier_attempt_may_have_executed ||
            (request_was_sent && (http_status == 0 || http_status < 300 || http_status >= 500));
    }

    /// Puts `what` before the message: what it is about.
    void explain(std::string_view what)
    {
        message = std::string(what).append(": ").append(
            message.empty() ? code.message() : message);
    }

    /// One line for people: field, text, code, status, request id.
    [[nodiscard]] std::string describe() const
    {
        std::string line;
        if (!field.empty())
            line.append(field).append(": ");
        line.append(message.empty() ? code.message() : message);
        line.append(" [").append(service_code.empty() ? code.message() : service_code);
        if (http_status != 0)
            line.append(", HTTP ").append(std::to_string(http_status));
        if (!request_id.empty())
            line.append(", request id ").append(request_id);
        return line.append("]");
    }
};

/// Thrown by `result<T>::value()` on a failed result; carries the whole `error`.
class exception : public std::system_error
{
public:
    explicit exception(error what)
        : std::system_error(what.code, what.describe()),
          details_(std::make_shared<const error>(std::move(what)))
    {}

    /// Valid as long as any copy of this exception.
    [[nodiscard]] const error& details() const noexcept { return *details_; }

private:
    std::shared_ptr<const error> details_; // Shared, so that copying cannot throw.
};

} // namespace cosio::inline v0

#endif
