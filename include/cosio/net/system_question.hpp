// SPDX-License-Identifier: MIT
//
// One question to the system's resolver, that can be abandoned.

#ifndef COSIO_NET_SYSTEM_QUESTION_HPP
#define COSIO_NET_SYSTEM_QUESTION_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/net/fork_watch.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/bind_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace cosio::inline v0::net {

/// `getaddrinfo` blocks, for half a minute when no name server answers, and cannot be stopped. So
/// each question has a thread for as long as it takes, which nobody joins, and which knows nothing
/// of the executor but a pair of sockets: the executor's context may go before the answer comes,
/// and a child process forked meanwhile, with a copy of both, keeps nobody waiting. (Asio's
/// resolver has one thread for all questions of a context, where each waits for those before it,
/// and the context for the last.)
class system_question final : private fork_registry::listener
{
public:
    using endpoints = std::vector<asio::ip::tcp::endpoint>;
    using handler = std::function<void(std::error_code, endpoints)>;

    system_question(const asio::any_io_executor& executor, int own_end)
        : listener(executor),
          answered_(std::make_unique<asio::posix::stream_descriptor>(executor, own_end))
    {}

    system_question(const system_question&) = delete;
    system_question& operator=(const system_question&) = delete;

    ~system_question()
    {
        // In a child that was told nothing, the reactor is the parent's, who still waits.
        if (!is_ours() && answered_->is_open())
            static_cast<void>(answered_.release());
    }

    /// Calls `done` on `executor` when the answer is there, if what this yields is still held.
    [[nodiscard]] static std::shared_ptr<system_question> ask(const asio::any_io_executor& executor,
        const std::string& host, std::uint16_t port, handler done)
    {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw std::system_error(errno, std::system_category(), "socketpair");
        const auto open = std::make_shared<answer>(ends[1]);
        const auto question = begin(executor, ends[0]);
        std::thread([open, host, service = std::to_string(port)] {
            look_up(*open, host, service);
        }).detach();
        question->answered_->async_wait(asio::posix::stream_descriptor::wait_read,
            asio::bind_executor(executor, [open, done = std::move(done)](std::error_code code) {
                if (!code && open->is_there.load(std::memory_order_acquire))
                    done(open->code, std::move(open->found));
                else // Nobody is there any more, or it is another process, where none will come.
                    done(asio::error::operation_aborted, {});
            }));
        return question;
    }

private:
    struct answer
    {
        explicit answer(int own_end) noexcept : end(own_end) {}
        answer(const answer&) = delete;
        answer& operator=(const answer&) = delete;
        ~answer() { hang_up(); }

        /// The other end sees it, which by closing alone it would not while a child has this one.
        void hang_up() noexcept
        {
            const int own = std::exchange(end, -1);
            if (own == -1)
                return;
            ::shutdown(own, SHUT_RDWR);
            ::close(own);
        }

        int end; ///< Of the thread, once that runs.
        std::atomic<bool> is_there{false};
        std::error_code code{};
        endpoints found{};
    };

    [[nodiscard]] static std::shared_ptr<system_question> begin(
        const asio::any_io_executor& executor, int read_end)
    {
        try {
            return std::make_shared<system_question>(executor, read_end);
        } catch (...) {
            ::close(read_end);
            throw;
        }
    }

    static void look_up(answer& open, const std::string& host, const std::string& service) noexcept
    {
        try {
            asio::io_context alone;
            asio::ip::tcp::resolver asking(alone);
            for (const auto& entry :
                asking.resolve(host, service, asio::ip::tcp::resolver::numeric_service, open.code))
                open.found.push_back(entry.endpoint());
        } catch (...) {
            open.code = std::make_error_code(std::errc::not_enough_memory);
        }
        open.is_there.store(true, std::memory_order_release);
        open.hang_up();
    }

    /// The thread is the parent's.
    void forked() noexcept override
    {
        if (answered_->is_open())
            ::close(answered_->release());
    }

    std::unique_ptr<asio::posix::stream_descriptor> answered_;
};

} // namespace cosio::inline v0::net

#endif
