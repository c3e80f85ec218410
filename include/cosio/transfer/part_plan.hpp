// SPDX-License-Identifier: MIT
//
// How an object is cut into parts.

#ifndef COSIO_TRANSFER_PART_PLAN_HPP
#define COSIO_TRANSFER_PART_PLAN_HPP

#include <cosio/result.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace cosio::inline v0::transfer {

/// The limits of a service for multipart uploads.
struct part_limits
{
    std::uint64_t minimum_size = 0; ///< Of every part but the last.
    std::uint64_t maximum_size = 0;
    std::uint32_t maximum_count = 0;
};

/// Limits of ranges that are read: none of the service's, but what is kept of them should fit into
/// memory, and into a checkpoint.
inline constexpr part_limits range_limits{
    1, std::numeric_limits<std::uint64_t>::max(), 100'000};

/// One part: `size` bytes from `offset` on.
struct part
{
    std::uint32_t number = 0; ///< From 1.
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// Parts of equal size but the last, which has the rest. An object of 0 bytes is one part.
class part_plan
{
public:
    /// `wanted` is grown, in whole MiB, until `limits.maximum_count` parts suffice.
    /// Errors: `errc::invalid_argument` names `part_size` when it is outside of the limits or the
    /// object is too large for any.
    [[nodiscard]] static result<part_plan> make(
        std::uint64_t object_size, std::uint64_t wanted, const part_limits& limits)
    {
        if (auto sound = check_part_size(wanted, limits); !sound)
            return std::move(sound).error();
        constexpr std::uint64_t step = 1024 * 1024;
        const auto least = divide_up(object_size, limits.maximum_count);
        const auto size = least <= wanted ? wanted : divide_up(least, step) * step;
        if (size > limits.maximum_size)
            return error(errc::invalid_argument,
                "the object is larger than " + std::to_string(limits.maximum_count) +
                    " parts of the largest size",
                "part_size");
        return part_plan(object_size, size);
    }

    /// A plan that was made before: no rule but that parts are not empty.
    [[nodiscard]] static part_plan of(std::uint64_t object_size, std::uint64_t part_size) noexcept
    {
        return {object_size, std::max<std::uint64_t>(part_size, 1)};
    }

    [[nodiscard]] static result<void> check_part_size(
        std::uint64_t wanted, const part_limits& limits)
    {
        if (wanted < limits.minimum_size || wanted > limits.maximum_size)
            return error(errc::invalid_argument,
                "must be " + std::to_string(limits.minimum_size) + " to " +
                    std::to_string(limits.maximum_size) + " bytes",
                "part_size");
        return {};
    }

    [[nodiscard]] std::uint64_t object_size() const noexcept { return object_size_; }
    [[nodiscard]] std::uint64_t part_size() const noexcept { return part_size_; }
    [[nodiscard]] std::uint32_t count() const noexcept
    {
        return static_cast<std::uint32_t>(
            std::max<std::uint64_t>(divide_up(object_size_, part_size_), 1));
    }

    /// Requires 1 <= `number` <= `count()`.
    [[nodiscard]] part at(std::uint32_t number) const noexcept
    {
        const std::uint64_t offset = (number - 1) * part_size_;
        return {number, offset, std::min(part_size_, object_size_ - offset)};
    }

private:
    part_plan(std::uint64_t object_size, std::uint64_t part_size) noexcept
        : object_size_(object_size), part_size_(part_size)
    {}

    [[nodiscard]] static constexpr std::uint64_t divide_up(
        std::uint64_t value, std::uint64_t by) noexcept
    {
        return value / by + (value % by != 0 ? 1 : 0);
    }

    std::uint64_t object_size_;
    std::uint64_t part_size_;
};

/// Sizes of the parts of a body whose end is not known. Half of all the parts that there may be are
/// of the first size; with each twentieth of them that follows the size doubles, up to the largest.
/// Of 10,000 parts the first 5,000 have 8 MiB (39 GiB), and all of them up to 6.4 TiB; if they begin
/// with 64 MiB, 312 GiB and 14 TiB; with 5 GiB, 48.8 TiB.
class growing_parts
{
public:
    /// `first` is of one part at least and within `limits`.
    constexpr growing_parts(std::uint64_t first, const part_limits& limits) noexcept
        : first_(first), limits_(limits)
    {}

    /// From 1 to this.
    [[nodiscard]] constexpr std::uint32_t maximum_count() const noexcept
    {
        return limits_.maximum_count;
    }

    /// Of part `number`, from 1.
    [[nodiscard]] constexpr std::uint64_t size_of(std::uint32_t number) const noexcept
    {
        const auto steady = std::max<std::uint32_t>(limits_.maximum_count / 2, 1);
        if (number <= steady)
            return first_;
        const auto step = std::max<std::uint32_t>(limits_.maximum_count / 20, 1);
        const auto doublings = std::min<std::uint32_t>(1 + (number - steady - 1) / step, 63);
        return first_ > limits_.maximum_size >> doublings ? limits_.maximum_size
                                                           : first_ << doublings;
    }

    /// How many parts may be in memory while part `number` is there, so that they take as much as
    /// `parallelism` of the first size do, or as two: one that is sent and one that is read.
    [[nodiscard]] constexpr std::uint32_t at_once(
        std::uint32_t number, std::uint32_t parallelism) const noexcept
    {
        const auto fit = first_ * parallelism / size_of(number);
        return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
            fit, std::min<std::uint32_t>(parallelism, 2), parallelism));
    }

    /// What all parts hold.
    [[nodiscard]] constexpr std::uint64_t capacity() const noexcept
    {
        std::uint64_t sum = 0;
        for (std::uint32_t number = 1; number <= limits_.maximum_count; ++number)
            sum += size_of(number);
        return sum;
    }

private:
    std::uint64_t first_;
    part_limits limits_;
};

} // namespace cosio::inline v0::transfer

#endif
