// SPDX-License-Identifier: MIT
//
// A key as a path within a directory. Keys come from whoever may write to the bucket.

#ifndef COSIO_TRANSFER_SAFE_PATH_HPP
#define COSIO_TRANSFER_SAFE_PATH_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::transfer {

/// Components that are entered one after the other, each by its own name.
struct relative_path
{
    std::vector<std::string> directories{};
    /// Empty for a key that ends in a slash: the mark of a folder.
    std::string name{};
};

/// Why `component` may not be a part of a path; empty when it may.
[[nodiscard]] inline std::string_view component_problem(std::string_view component) noexcept
{
    if (component.empty())
        return "it has an empty component, or is absolute";
    if (component == "." || component == "..")
        return "it has a component that is '.' or '..'";
    for (const char c : component)
        if (c == '\\' || detail::is_control(c))
            return "it has a backslash or a control byte";
    if (component.size() >= 2 && component[1] == ':')
        return "it has a component that begins like a drive";
    return {};
}

/// Splits `key` at its slashes. Errors: `errc::unsafe_key` for what would leave the directory it is
/// put into, on this system or another, or collide with another key.
[[nodiscard]] inline result<relative_path> safe_path(std::string_view key)
{
    relative_path out;
    auto rest = key;
    for (;;) {
        const auto slash = rest.find('/');
        const bool is_last = slash == std::string_view::npos;
        const auto component = rest.substr(0, slash);
        if (is_last && component.empty() && !out.directories.empty())
            return out; // The key ends in a slash.
        if (const auto problem = component_problem(component); !problem.empty())
            return error(errc::unsafe_key,
                std::string("'").append(key).append("': ").append(problem), "key");
        if (is_last) {
            out.name = component;
            return out;
        }
        out.directories.emplace_back(component);
        rest.remove_prefix(slash + 1);
    }
}

} // namespace cosio::inline v0::transfer

#endif
