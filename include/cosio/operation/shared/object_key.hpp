// SPDX-License-Identifier: MIT
//
// Which object keys can be sent, and come back as the same key.

#ifndef COSIO_OPERATION_SHARED_OBJECT_KEY_HPP
#define COSIO_OPERATION_SHARED_OBJECT_KEY_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/detail/utf8.hpp>
#include <cosio/dialect/naming_rules.hpp>
#include <cosio/http/target.hpp>

#include <algorithm>
#include <string_view>

namespace cosio::inline v0::operation {

using dialect::direction;

/// The rules of a service in one direction.
template <class Dialect>
[[nodiscard]] constexpr const dialect::naming_rules& rules_for(direction what) noexcept
{
    return what == direction::creating ? Dialect::creating : Dialect::existing;
}

/// Why `key` is refused; empty when it is not.
template <class Dialect>
[[nodiscard]] constexpr std::string_view key_problem(std::string_view key, direction what) noexcept
{
    const auto& rules = rules_for<Dialect>(what);
    if (key.empty())
        return "must not be empty";
    if (key.size() > rules.longest_key)
        return rules.longest_key == 850 ? "must not be longer than 850 bytes"
                                        : "must not be longer than 1024 bytes";
    if (!rules.leading_slash && (key.starts_with('/') || key.starts_with('\\')))
        return "must not begin with a slash or backslash";
    if (!rules.any_byte && std::ranges::any_of(key, detail::is_control))
        return "must not have control bytes";
    if (!rules.any_byte && !detail::is_utf8(key))
        return "must be UTF-8";
    if (!rules.dot_segments && http::has_dot_segment(key))
        return "must not have a segment '.' or '..', which folds into another path";
    return {};
}

} // namespace cosio::inline v0::operation

#endif
