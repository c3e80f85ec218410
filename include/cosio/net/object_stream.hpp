// SPDX-License-Identifier: MIT
//
// What is behind an object that is read as a stream.

#ifndef COSIO_NET_OBJECT_STREAM_HPP
#define COSIO_NET_OBJECT_STREAM_HPP

#include <cosio/net/run_operation.hpp>
#include <cosio/object_reader.hpp>
#include <cosio/operation/get_object.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace cosio::inline v0::net {

/// What a reader and its reads share: the attempt that goes on until the end has been read. What
/// depends on the dialect comes as functions.
class object_stream
{
public:
    using check_function = result<void> (*)(get_object_result&, std::uint64_t, std::uint64_t, bool);

    object_stream(std::shared_ptr<client_core> core, std::shared_ptr<operation_control> control,
        operation::prepared_request request, const operation::facts& what,
        refusal_function refusal_of, check_function check)
        : core_(std::move(core)), control_(std::move(control)), request_(std::move(request)),
          attempt_(*core_, *control_, request_, what, refusal_of), check_(check)
    {}

    object_stream(const object_stream&) = delete;
    object_stream& operator=(const object_stream&) = delete;

    ~object_stream()
    {
        if (!is_open_)
            return;
        try { // What the caller is told may throw.
            auto given_up = error(errc::cancelled, "the reader was dropped before its end");
            attempt_.failed(given_up);
        } catch (...) {
        }
    }

    [[nodiscard]] const get_object_result& head() const noexcept { return head_; }
    [[nodiscard]] const client_core& core() const noexcept { return *core_; }
    [[nodiscard]] const operation::prepared_request& request() const noexcept { return request_; }
    [[nodiscard]] attempt_loop& attempt() noexcept { return attempt_; }
    [[nodiscard]] const std::shared_ptr<operation_control>& control() const noexcept
    {
        return control_;
    }

    /// The attempt has come as far as the body, which is to be read.
    void opened(get_object_result head)
    {
        head_ = std::move(head);
        is_open_ = true;
        control_->end_total(); // How long the caller reads is the caller's affair.
    }

    [[nodiscard]] asio::awaitable<result<std::size_t>> read_some(std::span<std::byte> buffer)
    {
        if (failure_)
            co_return *failure_;
        if (!is_open_ || buffer.empty())
            co_return std::size_t{0};
        auto& driver = attempt_.driver();
        auto got = co_await driver.read_body(*control_, buffer);
        if (got && *got != 0)
            co_return got;
        is_open_ = false;
        if (got) {
            const bool framed = driver.progress().body().kind() != http::framing::until_close;
            auto whole = check_(head_, driver.body_size(), driver.body_crc64(), framed);
            if (!whole)
                got = std::move(whole).error();
            else
                driver.give_back(*control_);
        }
        if (got) {
            attempt_.succeeded(head_.request_id);
        } else {
            failure_ = got.error();
            attempt_.failed(*failure_);
        }
        attempt_.drop_driver();
        if (failure_)
            co_return *failure_;
        co_return std::size_t{0};
    }

private:
    std::shared_ptr<client_core> core_;
    std::shared_ptr<operation_control> control_;
    operation::prepared_request request_;
    attempt_loop attempt_;
    check_function check_;
    get_object_result head_{};
    std::optional<error> failure_{};
    bool is_open_ = false; // Until the end was reached.
};

[[nodiscard]] inline asio::awaitable<result<std::size_t>> run_read(
    std::shared_ptr<object_stream> stream, std::span<std::byte> buffer, read_until when)
{
    try {
        for (std::size_t filled = 0;;) {
            auto got = co_await stream->read_some(buffer.subspan(filled));
            if (got)
                filled += *got;
            else if (filled == 0) // Else it is told by the next read.
                co_return got;
            if (!got || *got == 0 || filled == buffer.size() || when == read_until::some)
                co_return filled;
        }
    } catch (...) {
        co_return error_of_exception();
    }
}

/// The coroutine behind `client::open_object`.
template <class Dialect>
[[nodiscard]] asio::awaitable<result<object_reader>> run_open(std::shared_ptr<client_core> core,
    std::shared_ptr<operation_control> control, result<operation::prepared_request> request)
{
    using get_object = operation::get_object<Dialect>;
    std::shared_ptr<object_stream> stream;
    try {
        if (!request)
            co_return std::move(request).error();
        stream = std::make_shared<object_stream>(std::move(core), std::move(control),
            std::move(*request), get_object::what, &operation::refusal_of<Dialect>,
            &get_object::check_body);
        auto& loop = stream->attempt();
        for (;;) {
            error why;
            result<void> begun;
            co_await loop.begin(begun);
            if (!begun) {
                why = std::move(begun).error();
            } else if (!operation::is_success(loop.driver().progress().head().status)) {
                operation::reply document;
                result<void> refusal;
                co_await loop.receive(destination{}, document, refusal);
                why = refusal ? error(errc::malformed_response) : std::move(refusal).error();
            } else {
                const auto& received = loop.driver().progress().head();
                auto sound = operation::check_single_fields<Dialect>(received);
                auto head = sound
                    ? get_object::decode_head(stream->request().expected, received)
                    : result<get_object_result>(std::move(sound).error());
                if (head) {
                    stream->opened(std::move(*head));
                    co_return object_reader(stream);
                }
                why = std::move(head).error();
            }
            if (!co_await loop.retries(why))
                co_return why;
        }
    } catch (...) {
        auto why = error_of_exception();
        if (stream != nullptr)
            stream->attempt().broke_off(why);
        co_return why;
    }
}

// What object_reader.hpp declares.

COSIO_DECLARED const get_object_result& head_of(const object_stream& stream) noexcept
{
    return stream.head();
}

COSIO_DECLARED const client_core& core_of(const object_stream& stream) noexcept
{
    return stream.core();
}

COSIO_DECLARED prepared_operation<std::size_t> prepare_read(
    const std::shared_ptr<object_stream>& stream, std::span<std::byte> buffer, read_until when)
{
    return {stream->control(), run_read(stream, buffer, when)};
}

} // namespace cosio::inline v0::net

#endif
