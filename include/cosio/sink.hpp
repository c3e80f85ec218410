// SPDX-License-Identifier: MIT
//
// Where a download may go besides memory and files: something that takes bytes as they come.

#ifndef COSIO_SINK_HPP
#define COSIO_SINK_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace cosio::inline v0 {

/// `co_await sink.write(bytes)` takes all of `bytes`, which are valid until it completes. Nothing
/// more is received meanwhile, so a slow sink slows the sender down. An error ends the download
/// with it, and so does what it throws. When the download is cancelled, the coroutine of a write is
/// cancelled (terminal), and the download ends once the write has: one that waits for long should
/// take part in cancellation.
template <class T>
concept body_sink = requires(T& sink, std::span<const std::byte> bytes) {
    { sink.write(bytes) } -> std::same_as<asio::awaitable<result<void>>>;
};

/// A sink by reference: it must live until the operation is done.
class sink_view
{
public:
    template <body_sink Sink>
        requires(!std::same_as<std::remove_cv_t<Sink>, sink_view>)
    sink_view(Sink& sink) noexcept
        : sink_(&sink), write_([](void* self, std::span<const std::byte> bytes) {
              return static_cast<Sink*>(self)->write(bytes);
          })
    {}

    template <body_sink Sink>
        requires(!std::same_as<std::remove_cv_t<Sink>, sink_view>)
    sink_view(const Sink&&)
    {
        static_assert(!body_sink<Sink>,
            "a temporary sink would be gone before it is written to: give it a name first");
    }

    [[nodiscard]] asio::awaitable<result<void>> write(std::span<const std::byte> bytes) const
    {
        return write_(sink_, bytes);
    }

private:
    void* sink_ = nullptr;
    asio::awaitable<result<void>> (*write_)(void*, std::span<const std::byte>) = nullptr;
};

static_assert(std::is_trivially_destructible_v<sink_view>);

} // namespace cosio::inline v0

#endif
