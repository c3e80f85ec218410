// SPDX-License-Identifier: MIT
//
// What belongs to one process, and has to be given up in a child of it.

#ifndef COSIO_NET_FORK_WATCH_HPP
#define COSIO_NET_FORK_WATCH_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/process_generation.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/query.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

namespace cosio::inline v0::net {

/// All that has to be told when an execution context goes on in a child process.
class fork_registry
{
public:
    /// Told once in a child, on the only thread there is. Has to outlive neither the context nor
    /// the registry.
    class listener
    {
    public:
        listener(const listener&) = delete;
        listener& operator=(const listener&) = delete;

        /// Whether this is still the process in which this was made.
        [[nodiscard]] bool is_ours() const noexcept
        {
            return generation_ == detail::process_generation();
        }

    protected:
        /// `executor` is of the context.
        inline explicit listener(const asio::any_io_executor& executor);
        ~listener() { of_->remove(*this); }

        virtual void forked() noexcept = 0;

    private:
        friend fork_registry;

        std::shared_ptr<fork_registry> of_;
        const std::uint32_t generation_ = detail::process_generation();
        listener* next_ = nullptr;
        listener* previous_ = nullptr;
    };

    void add(listener& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        who.next_ = std::exchange(first_, &who);
        if (who.next_ != nullptr)
            who.next_->previous_ = &who;
    }

    void remove(listener& who) noexcept
    {
        const std::lock_guard lock(mutex_);
        (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
        if (who.next_ != nullptr)
            who.next_->previous_ = who.previous_;
    }

    /// No listener comes or goes between `prepare` and `go_on`.
    void prepare()
    {
        mutex_.lock();
        generation_ = detail::process_generation();
        process_ = ::getpid();
    }
    void go_on() { mutex_.unlock(); }
    /// In place of `go_on`, in a child.
    void go_on_in_child()
    {
        mutex_.unlock();
        if (generation_ == detail::process_generation() && process_ != ::getpid())
            detail::forks_since_start.fetch_add(1); // By `_Fork()`.
        // Newest first: a client, which ends its connections, comes behind them.
        for (auto* each = first_; each != nullptr; each = each->next_)
            each->forked();
    }

private:
    std::mutex mutex_{};
    listener* first_ = nullptr;
    std::uint32_t generation_ = 0;
    ::pid_t process_ = 0;
};

/// Hears of `notify_fork` of its context.
class fork_watch final : public asio::execution_context::service
{
public:
    using key_type = fork_watch;
    static inline asio::execution_context::id id{};

    explicit fork_watch(asio::execution_context& context) : service(context)
    {
        detail::notice_forks();
    }

    /// The one of the context that `executor` is of.
    [[nodiscard]] static std::shared_ptr<fork_registry> of(const asio::any_io_executor& executor)
    {
        // Services hear of a fork in a child in the order in which they were made: before this one
        // does, sockets have been given a new reactor.
        const asio::ip::tcp::socket comes_first(executor);
        auto& context = asio::query(executor, asio::execution::context);
        return asio::use_service<fork_watch>(context).registry_;
    }

private:
    void shutdown() override {}

    void notify_fork(asio::execution_context::fork_event event) override
    {
        if (event == asio::execution_context::fork_prepare)
            registry_->prepare();
        else if (event == asio::execution_context::fork_parent)
            registry_->go_on();
        else
            registry_->go_on_in_child();
    }

    std::shared_ptr<fork_registry> registry_ = std::make_shared<fork_registry>();
};

fork_registry::listener::listener(const asio::any_io_executor& executor)
    : of_(fork_watch::of(executor))
{
    of_->add(*this);
}

/// Programs that this process starts do not inherit the socket. (Asio opens them without
/// `SOCK_CLOEXEC`.)
template <class Socket>
void keep_from_programs(Socket& socket) noexcept
{
    static_cast<void>(::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC));
}

/// Gives a socket up that the parent process uses as well, in a child that `notify_fork` was called
/// in: only the child's descriptor is closed, nothing is said to the peer, and the child's own
/// reactor forgets it. Asio's `close` would leave it there, as the parent keeps the socket open.
inline void abandon(asio::ip::tcp::socket& socket) noexcept
{
    if (!socket.is_open())
        return;
    std::error_code code;
    const auto descriptor = socket.release(code);
    if (!code)
        ::close(descriptor);
}

} // namespace cosio::inline v0::net

#endif
