// SPDX-License-Identifier: MIT
//
// Which object keys can be sent and come back as the same key.

#ifndef COSIO_OPERATION_SHARED_OBJECT_KEY_HPP
#define COSIO_OPERATION_SHARED_OBJECT_KEY_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/utf8.hpp>

#include <algorithm>
#include <string_view>

namespace cosio::inline v0::operation {

/// Whether a path segment is `.` or `..`: whoever normalises the path on the way would turn the
/// request for one object into one for another, or for the bucket.
[[nodiscard]] constexpr bool has_dot_segment(std::string_view key) noexcept
{
    for (;;) {
        const auto slash = key.find('/');
        const auto segment = key.substr(0, slash);
        if (segment == "." || segment == "..")
            return true;
        if (slash == std::string_view::npos)
            return false;
        key.remove_prefix(slash + 1);
    }
}

/// Why `key` is refused; empty when it is not.
template <class Dialect>
[[nodiscard]] constexpr std::string_view key_problem(std::string_view key) noexcept
{
    if (key.empty())
        return "must not be empty";
    if (const auto problem = Dialect::key_problem(key); !problem.empty())
        return problem;
    if (std::ranges::any_of(key, detail::is_control))
        return "must not have control bytes";
    if (!detail::is_utf8(key))
        return "must be UTF-8";
    if (has_dot_segment(key))
        return "must not have a segment '.' or '..', which folds into another path";
    return {};
}

} // namespace cosio::inline v0::operation

#endif
