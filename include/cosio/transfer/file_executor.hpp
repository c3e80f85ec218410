// SPDX-License-Identifier: MIT
//
// Where files are read and written, so that no thread that serves connections waits for a disk.

#ifndef COSIO_TRANSFER_FILE_EXECUTOR_HPP
#define COSIO_TRANSFER_FILE_EXECUTOR_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/process_generation.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace cosio::inline v0::transfer {

/// Threads for files that belong to an execution context, started by the first transfer in it that
/// was not given an executor of its own. They end before the context does, so that a transfer may
/// be abandoned together with its context at any time. A child process, in which there are no
/// threads but the one that forked, starts its own; what waited for the parent's stays there.
class file_threads final : public asio::execution_context::service
{
public:
    using key_type = file_threads;
    static inline asio::execution_context::id id{};

    explicit file_threads(asio::execution_context& context) : service(context)
    {
        detail::notice_forks();
    }

    [[nodiscard]] asio::any_io_executor get()
    {
        constexpr std::size_t count = 2; // One reads ahead for the network while the other writes.
        const std::lock_guard lock(mutex_);
        leave_to_parent();
        if (threads_ == nullptr) {
            threads_ = std::make_unique<asio::thread_pool>(count);
            generation_ = detail::process_generation();
        }
        return threads_->get_executor();
    }

private:
    /// While all other services of the context are still there: what waits for a thread here may
    /// own their sockets and timers.
    void shutdown() override
    {
        const std::lock_guard lock(mutex_);
        leave_to_parent();
        threads_.reset();
    }

    void notify_fork(asio::execution_context::fork_event event) override
    {
        if (event == asio::execution_context::fork_prepare) {
            mutex_.lock();
        } else {
            leave_to_parent();
            mutex_.unlock();
        }
    }

    /// In a child: threads that are not there cannot be joined, so their pool is never destroyed.
    void leave_to_parent() noexcept
    {
        if (threads_ != nullptr && generation_ != detail::process_generation())
            static_cast<void>(threads_.release());
    }

    std::mutex mutex_{};
    std::unique_ptr<asio::thread_pool> threads_{};
    std::uint32_t generation_ = 0;
};

/// `given`, or the threads of the context that `executor` is of.
[[nodiscard]] inline asio::any_io_executor file_executor(
    const asio::any_io_executor& given, const asio::any_io_executor& executor)
{
    if (given)
        return given;
    auto& context = asio::query(executor, asio::execution::context);
    return asio::use_service<file_threads>(context).get();
}

/// Calls `work` on `files` while the caller's coroutine waits where it is. `work` has to outlive
/// the wait, which a cancellation does not shorten.
template <class Work>
[[nodiscard]] asio::awaitable<std::invoke_result_t<Work&>> on_file_thread(
    asio::any_io_executor files, Work& work)
{
    std::optional<std::invoke_result_t<Work&>> out;
    std::exception_ptr thrown;
    const auto begin = [&](auto&& handler) {
        auto back = asio::get_associated_executor(handler);
        asio::post(files,
            [&, back = std::move(back), handler = std::move(handler)]() mutable {
                try {
                    out.emplace(work());
                } catch (...) {
                    thrown = std::current_exception();
                }
                asio::post(back, std::move(handler));
            });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        begin, asio::use_awaitable);
    if (thrown)
        std::rethrow_exception(thrown);
    co_return std::move(*out);
}

} // namespace cosio::inline v0::transfer

#endif
