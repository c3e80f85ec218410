// SPDX-License-Identifier: MIT
//
// Tables of the `<Code>`s of a service.

#ifndef COSIO_DETAIL_SERVICE_CODE_NAME_HPP
#define COSIO_DETAIL_SERVICE_CODE_NAME_HPP

#include <algorithm>
#include <optional>
#include <string_view>

namespace cosio::inline v0 {

// Not its header, at whose end the definitions need this one.
enum class service_errc;

namespace detail {

struct service_code_name
{
    std::string_view name;
    service_errc code;
};

template <class Names>
[[nodiscard]] constexpr bool is_sorted_by_name(const Names& names)
{
    return std::ranges::is_sorted(names, {}, &service_code_name::name);
}

/// `names` are sorted by name.
template <class Names>
[[nodiscard]] constexpr std::optional<service_errc> find_service_code(
    const Names& names, std::string_view code)
{
    const auto found = std::ranges::lower_bound(names, code, {}, &service_code_name::name);
    if (found == names.end() || found->name != code)
        return std::nullopt;
    return found->code;
}

} // namespace detail
} // namespace cosio::inline v0

#endif
