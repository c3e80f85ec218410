// SPDX-License-Identifier: MIT
//
// A pipe, a device, or a file whose size says nothing, as a body.

#ifndef COSIO_TRANSFER_STREAM_SOURCE_HPP
#define COSIO_TRANSFER_STREAM_SOURCE_HPP

#include <cosio/body.hpp>
#include <cosio/detail/asio.hpp>
#include <cosio/result.hpp>
#include <cosio/transfer/file_executor.hpp>
#include <cosio/transfer/local_file.hpp>
#include <cosio/transfer/source_file.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/error.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace cosio::inline v0::transfer {

/// Bytes in the order in which they come, until they end. No thread waits for them, and a
/// cancellation ends the wait. The file has to outlive it.
class stream_source
{
public:
    stream_source(const source_file& from, asio::any_io_executor files)
        : file_(&from.content()), files_(std::move(files)),
          waits_(from.kind() == source_kind::stream)
    {}

    /// Errors: the system's, `errc::cancelled`.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer)
    {
        for (;;) {
            // Of a pipe that nobody has opened for writing yet, a read would say that it has ended.
            if (waits_)
                if (auto ready = co_await wait_until_ready(); !ready)
                    co_return std::move(ready).error();
            auto work = [this, buffer] { return read_some(buffer); };
            auto got = co_await on_file_thread(files_, work);
            if (!got)
                co_return std::move(got).error();
            if (*got)
                co_return **got;
            if (waits_ && !can_wait_) {
                errno = EAGAIN;
                co_return file_error("wait for", file_->path());
            }
            waits_ = true;
        }
    }

    [[nodiscard]] static std::optional<std::uint64_t> size() noexcept { return std::nullopt; }

private:
    /// Nothing: there are no bytes yet.
    [[nodiscard]] result<std::optional<std::size_t>> read_some(std::span<std::byte> buffer) const
    {
        for (;;) {
            const auto count = ::read(file_->native_handle(), buffer.data(), buffer.size());
            if (count >= 0)
                return std::optional(static_cast<std::size_t>(count));
            if (errno == EAGAIN)
                return std::optional<std::size_t>();
            if (errno != EINTR)
                return file_error("read", file_->path());
        }
    }

    [[nodiscard]] asio::awaitable<result<void>> wait_until_ready()
    {
        if (!descriptor_) {
            descriptor copy(::fcntl(file_->native_handle(), F_DUPFD_CLOEXEC, 0));
            if (copy.get() < 0)
                co_return file_error("wait for", file_->path());
            std::error_code refused;
            descriptor_.emplace(co_await asio::this_coro::executor);
            descriptor_->assign(copy.get(), refused);
            if (refused)
                co_return error(refused, "cannot wait for '" + file_->path() + "'", "path");
            copy.release();
        }
        std::error_code code;
        co_await descriptor_->async_wait(asio::posix::stream_descriptor::wait_read,
            asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::operation_aborted)
            co_return error(errc::cancelled);
        // What cannot be waited for keeps nobody waiting.
        can_wait_ = code != asio::error::operation_not_supported;
        if (code && can_wait_)
            co_return error(code, "cannot wait for '" + file_->path() + "'", "path");
        co_return result<void>();
    }

    const local_file* file_;
    asio::any_io_executor files_;
    std::optional<asio::posix::stream_descriptor> descriptor_{};
    bool waits_;
    bool can_wait_ = true;
};

static_assert(body_source<stream_source>);

} // namespace cosio::inline v0::transfer

#endif
