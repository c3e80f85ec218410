// SPDX-License-Identifier: MIT
//
// How far a transfer is, and how it tells.

#ifndef COSIO_TRANSFER_PROGRESS_HPP
#define COSIO_TRANSFER_PROGRESS_HPP

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace cosio::inline v0 {

/// A transfer at one moment.
struct transfer_progress
{
    /// Bytes that need not be sent or received again: of parts that the service has confirmed, or
    /// that were written to their destination. Never falls.
    std::uint64_t committed = 0;
    /// Of all; nothing when the source does not know.
    std::optional<std::uint64_t> total{};
    /// Bytes per second, lately; 0 until it is known.
    double rate = 0;
};

/// Somebody who is told of a transfer's progress, by reference: the callable must live until the
/// transfer is done. Called on the transfer's executor, one call at a time; must not throw.
class progress_view
{
public:
    /// Nobody.
    progress_view() = default;

    template <std::invocable<const transfer_progress&> Listener>
        requires(!std::same_as<std::remove_cv_t<Listener>, progress_view>)
    progress_view(Listener& listener) noexcept
        : listener_(const_cast<std::remove_const_t<Listener>*>(&listener)),
          call_([](void* self, const transfer_progress& now) {
              (*static_cast<Listener*>(self))(now);
          })
    {}

    template <std::invocable<const transfer_progress&> Listener>
        requires(!std::same_as<std::remove_cv_t<Listener>, progress_view>)
    progress_view(const Listener&&)
    {
        static_assert(std::is_lvalue_reference_v<Listener>,
            "a temporary listener would be gone before it is called: give it a name first");
    }

    void operator()(const transfer_progress& now) const
    {
        if (call_ != nullptr)
            call_(listener_, now);
    }

private:
    void* listener_ = nullptr;
    void (*call_)(void*, const transfer_progress&) = nullptr;
};

static_assert(std::is_trivially_destructible_v<progress_view>);

namespace transfer {

/// Counts committed bytes and estimates their rate. Knows no clock: the time is a parameter.
class progress_meter
{
public:
    using time_point = std::chrono::steady_clock::time_point;

    progress_meter(
        progress_view listener, std::optional<std::uint64_t> total, time_point start) noexcept
        : listener_(listener), since_(start)
    {
        now_.total = total;
    }

    /// Bytes that an earlier run committed: they count, but say nothing about the rate.
    void resume_from(std::uint64_t bytes)
    {
        now_.committed += bytes;
        counted_ = now_.committed;
        listener_(now_);
    }

    void commit(std::uint64_t bytes, time_point at)
    {
        constexpr auto window = std::chrono::milliseconds(500);
        now_.committed += bytes;
        if (const auto passed = at - since_; passed >= window) {
            const double seconds = std::chrono::duration<double>(passed).count();
            const double lately = static_cast<double>(now_.committed - counted_) / seconds;
            now_.rate = now_.rate == 0 ? lately : (now_.rate + lately) / 2;
            since_ = at;
            counted_ = now_.committed;
        }
        listener_(now_);
    }

    [[nodiscard]] const transfer_progress& current() const noexcept { return now_; }

private:
    progress_view listener_;
    transfer_progress now_{};
    time_point since_;
    std::uint64_t counted_ = 0; // Committed at `since_`.
};

} // namespace transfer
} // namespace cosio::inline v0

#endif
