// A peer that follows a script: what it sends, in which pieces, and what fails when.

#ifndef COSIO_TESTS_SUPPORT_SCRIPTED_STREAM_HPP
#define COSIO_TESTS_SUPPORT_SCRIPTED_STREAM_HPP

#include <cosio/detail/bytes.hpp>
#include <cosio/net/stream.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// Shared by the test and the stream, which the code under test owns.
struct script
{
    /// Pieces the peer sends, one for each read; then it closes in order.
    std::deque<std::string> replies{};
    /// Everything that was written, and how often.
    std::string written{};
    std::size_t writes = 0;
    std::size_t reads = 0;
    /// The operation (reads and writes counted together, from 0) that fails.
    std::optional<std::size_t> fails_at{};
    cosio::error failure = cosio::error(cosio::errc::connection_closed, "scripted");
    /// A write that begins behind this many bytes waits until it is abandoned.
    std::optional<std::size_t> writes_block_after{};
    /// So many bytes leave without waiting, the first time that is tried; then none.
    std::size_t leave_at_once = 0;
    std::function<void()> on_readable{};
    std::function<void()> abandon{};
    /// Says nothing more instead of closing, as a connection that is idle.
    bool silent = false;
    /// What it was told to expect.
    std::vector<std::uint64_t> expected{};
    bool closed = false;
    bool destroyed = false;

    [[nodiscard]] bool strikes() { return fails_at == reads + writes; }
};

class scripted_stream final : public cosio::net::stream
{
public:
    explicit scripted_stream(std::shared_ptr<script> what) : script_(std::move(what)) {}
    ~scripted_stream() override { script_->destroyed = true; }

    asio::awaitable<cosio::result<std::size_t>> read_some(std::span<std::byte> buffer) override
    {
        co_await asio::post(asio::use_awaitable); // Every operation suspends, as on a socket.
        const bool fails = script_->strikes();
        ++script_->reads;
        if (fails || script_->closed)
            co_return script_->closed ? cosio::error(cosio::errc::cancelled) : script_->failure;
        co_return take(buffer);
    }

    asio::awaitable<cosio::result<void>> write(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        co_await asio::post(asio::use_awaitable);
        const bool fails = script_->strikes();
        ++script_->writes;
        if (fails || script_->closed)
            co_return script_->closed ? cosio::error(cosio::errc::cancelled) : script_->failure;
        if (script_->writes_block_after && script_->written.size() >= *script_->writes_block_after) {
            bool abandoned = false;
            script_->abandon = [&abandoned] { abandoned = true; };
            if (script_->on_readable)
                script_->on_readable();
            while (!abandoned && !script_->closed)
                co_await asio::post(asio::use_awaitable);
            co_return cosio::error(cosio::errc::cancelled);
        }
        script_->written.append(cosio::detail::text_of(first));
        script_->written.append(cosio::detail::text_of(second));
        co_return cosio::result<void>();
    }

    cosio::result<written> write_available(
        std::span<const std::byte> first, std::span<const std::byte> second) override
    {
        std::string all(cosio::detail::text_of(first));
        all.append(cosio::detail::text_of(second));
        const auto count = std::min(std::exchange(script_->leave_at_once, 0), all.size());
        script_->written.append(all, 0, count);
        return written{count, count == all.size()};
    }

    cosio::result<std::size_t> read_available(std::span<std::byte> buffer) override
    {
        if (script_->replies.empty() && !script_->silent)
            return cosio::error(cosio::errc::connection_closed);
        return take(buffer);
    }

    void expect(std::uint64_t left) noexcept override { script_->expected.push_back(left); }

    void notify_when_readable(const asio::any_io_executor&, std::function<void()> handler) override
    {
        script_->on_readable = std::move(handler);
    }

    void abandon_write() noexcept override
    {
        if (script_->abandon)
            script_->abandon();
    }

    void close() noexcept override { script_->closed = true; }

private:
    std::size_t take(std::span<std::byte> buffer)
    {
        if (script_->replies.empty())
            return 0;
        auto& next = script_->replies.front();
        const auto count = std::min(buffer.size(), next.size());
        std::memcpy(buffer.data(), next.data(), count);
        next.erase(0, count);
        if (next.empty())
            script_->replies.pop_front();
        return count;
    }

    std::shared_ptr<script> script_;
};

/// Runs a coroutine to its end and yields its result.
template <class T>
T run(asio::awaitable<T> work)
{
    asio::io_context context;
    auto done = asio::co_spawn(context, std::move(work), asio::use_future);
    context.run();
    return done.get();
}

} // namespace support

#endif
