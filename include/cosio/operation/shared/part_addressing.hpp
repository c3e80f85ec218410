// SPDX-License-Identifier: MIT
//
// How requests name an upload and its parts.

#ifndef COSIO_OPERATION_SHARED_PART_ADDRESSING_HPP
#define COSIO_OPERATION_SHARED_PART_ADDRESSING_HPP

#include <cosio/operation/shared/request_builder.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cosio::inline v0::operation {

/// Source: COS documentation, "Upload Part".
inline constexpr std::uint32_t highest_part_number = 10'000;

[[nodiscard]] constexpr bool is_part_number(std::uint32_t number) noexcept
{
    return number >= 1 && number <= highest_part_number;
}

template <class Dialect>
void encode_part(
    request_builder<Dialect>& build, std::uint32_t part_number, std::string_view upload_id)
{
    if (!is_part_number(part_number))
        build.refuse(errc::invalid_part_number, "must be 1 to 10000", "part_number");
    build.parameter("partNumber", std::to_string(part_number));
    build.required_parameter("uploadId", upload_id, "upload_id");
}

} // namespace cosio::inline v0::operation

#endif
