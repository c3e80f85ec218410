// SPDX-License-Identifier: MIT
//
// Text as bytes and bytes as text, without copying.

#ifndef COSIO_DETAIL_BYTES_HPP
#define COSIO_DETAIL_BYTES_HPP

#include <cstddef>
#include <span>
#include <string_view>

namespace cosio::inline v0::detail {

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) noexcept
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) noexcept
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace cosio::inline v0::detail

#endif
