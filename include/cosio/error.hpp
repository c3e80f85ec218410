// SPDX-License-Identifier: MIT
//
// Everything known about a failed operation, as a value and as an exception.

#ifndef COSIO_ERROR_HPP
#define COSIO_ERROR_HPP

#include <cosio/detail/separate.hpp>
#include <cosio/errc.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

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
    COSIO_DECLARED explicit error(
        std::error_code what, std::string text = {}, std::string_view part = {});

    COSIO_DECLARED explicit error(errc what, std::string text = {}, std::string_view part = {});

    COSIO_DECLARED error(const error&);
    COSIO_DECLARED error(error&&) noexcept;
    COSIO_DECLARED error& operator=(const error&);
    COSIO_DECLARED error& operator=(error&&) noexcept;
    COSIO_DECLARED ~error();

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
    /// The region of the bucket, where the reply says that it is another than the one asked. Of a
    /// copy whose reply may mean its source instead, the message names it and this is empty.
    std::string region{};
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
    COSIO_DECLARED void explain(std::string_view what);

    /// One line for people: field, text, code, status, request id.
    [[nodiscard]] COSIO_DECLARED std::string describe() const;
};

/// Thrown by `result<T>::value()` on a failed result; carries the whole `error`.
class exception : public std::system_error
{
public:
    COSIO_DECLARED explicit exception(error what);

    /// Valid as long as any copy of this exception.
    [[nodiscard]] const error& details() const noexcept { return *details_; }

private:
    std::shared_ptr<const error> details_; // Shared, so that copying cannot throw.
};

namespace detail {

[[noreturn]] COSIO_DECLARED void throw_exception(const error& what);

} // namespace detail

} // namespace cosio::inline v0

#if defined(COSIO_DEFINITIONS)
#include <cosio/error_definitions.hpp>
#endif

#endif
