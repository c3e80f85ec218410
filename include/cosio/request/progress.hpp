// SPDX-License-Identifier: MIT
//
// How a transfer tells how far it is.

#ifndef COSIO_REQUEST_PROGRESS_HPP
#define COSIO_REQUEST_PROGRESS_HPP

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

} // namespace cosio::inline v0

#endif
