// SPDX-License-Identifier: MIT
//
// What can be uploaded: bytes in memory, or a source that is awaited.

#ifndef COSIO_BODY_HPP
#define COSIO_BODY_HPP

#include <cosio/detail/asio.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// A body that is produced while it is sent.
///
/// - `co_await source.read(buffer)` fills the front of `buffer` and yields how many bytes it wrote;
///   0 ends the body. An error ends the operation with it. When the operation is cancelled or its
///   time is over, the coroutine of a read is cancelled (terminal), and the operation ends once the
///   read has: one that waits for long should take part in cancellation. It goes on where it was
///   begun, on the operation's executor: work elsewhere is an operation it waits for.
/// - `source.size()` is the number of bytes from here to the end, when it is known. Fewer or more
///   bytes than that fail the operation with `errc::body_size_mismatch`.
///
/// The type says whether it can be sent again: one without `rewind()` is sent once, and nothing
/// that failed after its first byte is tried again.
template <class T>
concept body_source = requires(T& source, std::span<std::byte> buffer) {
    { source.read(buffer) } -> std::same_as<asio::awaitable<result<std::size_t>>>;
    { source.size() } -> std::convertible_to<std::optional<std::uint64_t>>;
};

/// A body source that can be sent again: `source.rewind()` goes back to the first byte, and yields
/// whether that succeeded.
template <class T>
concept replayable_body_source = body_source<T> && requires(T& source) {
    { source.rewind() } -> std::same_as<bool>;
};

namespace detail {

template <class T>
concept byte_like = sizeof(T) == 1 && std::is_trivially_copyable_v<T> &&
    (std::same_as<T, std::byte> || std::same_as<T, char> || std::same_as<T, unsigned char> ||
        std::same_as<T, signed char> || std::same_as<T, char8_t>);

template <class T>
concept byte_container = std::ranges::contiguous_range<T> && std::ranges::sized_range<T> &&
    byte_like<std::ranges::range_value_t<T>> && !std::is_array_v<std::remove_cvref_t<T>>;

} // namespace detail

/// The body of an upload, by reference: what it refers to must live until the operation is done.
class body_view
{
public:
    /// Empty.
    body_view() = default;

    /// Text up to its terminating zero.
    body_view(const char* text) : bytes_(detail::bytes_of(text)) {}
    /// A buffer may hold text or bytes.
    template <std::size_t Size>
    body_view(char (&)[Size])
    {
        static_assert(Size == 0, "pass a std::string_view or a std::span of the buffer");
    }

    /// Any contiguous bytes or characters that outlive the operation.
    template <detail::byte_container Container>
        requires(std::is_lvalue_reference_v<Container> ||
            std::ranges::borrowed_range<std::remove_cvref_t<Container>>)
    body_view(Container&& bytes) noexcept
        : bytes_(std::as_bytes(std::span(std::ranges::data(bytes), std::ranges::size(bytes))))
    {}

    template <detail::byte_container Container>
        requires(!std::is_lvalue_reference_v<Container> &&
            !std::ranges::borrowed_range<std::remove_cvref_t<Container>>)
    body_view(Container&&)
    {
        static_assert(std::is_lvalue_reference_v<Container>,
            "a temporary body would be gone before it is sent: give it a name first");
    }

    /// A source that outlives the operation. A view is none itself: it is copied.
    template <body_source Source>
        requires(!std::same_as<std::remove_cv_t<Source>, body_view>)
    body_view(Source& source) noexcept
        : source_(&source), read_([](void* self, std::span<std::byte> buffer) {
              return static_cast<Source*>(self)->read(buffer);
          }),
          size_([](void* self) -> std::optional<std::uint64_t> {
              return static_cast<Source*>(self)->size();
          }),
          rewind_(rewind_of<Source>())
    {
        static_assert(replayable_body_source<Source> || !requires(Source& one) { one.rewind(); },
            "rewind() has to return a bool: whether it went back to the first byte");
    }

    template <body_source Source>
        requires(!std::same_as<std::remove_cv_t<Source>, body_view>)
    body_view(const Source&&)
    {
        static_assert(!body_source<Source>,
            "a temporary body would be gone before it is sent: give it a name first");
    }

    [[nodiscard]] bool in_memory() const noexcept { return source_ == nullptr; }
    /// The bytes of a body in memory; empty for a source.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

    /// How many bytes will be sent, when it is known.
    [[nodiscard]] std::optional<std::uint64_t> size() const
    {
        return in_memory() ? std::optional<std::uint64_t>(bytes_.size()) : size_(source_);
    }

    /// Reads from a source; requires `!in_memory()`.
    [[nodiscard]] asio::awaitable<result<std::size_t>> read(std::span<std::byte> buffer) const
    {
        return read_(source_, buffer);
    }

    /// Whether the type of the body allows it to be sent again.
    [[nodiscard]] bool replayable() const noexcept { return in_memory() || rewind_ != nullptr; }

    /// Goes back to the first byte; false when that is not possible.
    [[nodiscard]] bool rewind() const
    {
        return in_memory() || (rewind_ != nullptr && rewind_(source_));
    }

private:
    template <class Source>
    [[nodiscard]] static constexpr auto rewind_of() noexcept -> bool (*)(void*)
    {
        if constexpr (replayable_body_source<Source>)
            return [](void* self) -> bool { return static_cast<Source*>(self)->rewind(); };
        else
            return nullptr;
    }

    std::span<const std::byte> bytes_{};
    void* source_ = nullptr;
    asio::awaitable<result<std::size_t>> (*read_)(void*, std::span<std::byte>) = nullptr;
    std::optional<std::uint64_t> (*size_)(void*) = nullptr;
    bool (*rewind_)(void*) = nullptr;
};

static_assert(std::is_trivially_destructible_v<body_view>);

} // namespace cosio::inline v0

#endif
