// SPDX-License-Identifier: MIT
//
// What POST Object restore is asked for, and what comes of it.

#ifndef COSIO_REQUEST_RESTORE_OBJECT_HPP
#define COSIO_REQUEST_RESTORE_OBJECT_HPP

#include <cosio/sse.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace cosio::inline v0 {

/// How fast an archived object is restored, and at what price.
enum class restore_tier {
    expedited, ///< 1 to 5 minutes; ARCHIVE only.
    standard,  ///< 3 to 5 hours; DEEP_ARCHIVE 12 to 24.
    bulk,      ///< 5 to 12 hours; DEEP_ARCHIVE 24 to 48.
};

/// As the document carries it; empty for a value that is no tier.
[[nodiscard]] constexpr std::string_view name_of(restore_tier tier) noexcept
{
    switch (tier) {
    case restore_tier::expedited: return "Expedited";
    case restore_tier::standard: return "Standard";
    case restore_tier::bulk: return "Bulk";
    }
    return {};
}

/// Asks for a readable copy of an archived object. `head_object` then tells how far it is.
///
/// While a restore is running another one is refused with
/// `service_errc::restore_already_in_progress`.
struct restore_object_request
{
    std::string_view bucket{};
    std::string_view key{};
    /// How long the copy is kept; at least 1.
    std::uint32_t days = 1;
    restore_tier tier = restore_tier::standard;
    /// SSE-C objects need their key; where the service takes none for this, as S3, it is not sent.
    cosio::sse::on_read sse{};
    std::string_view version_id{};
};

static_assert(std::is_trivially_destructible_v<restore_object_request>);

struct restore_object_result
{
    /// True when the object was restored before and is now kept longer. When neither this nor
    /// `was_under_way` is true, the restore has been started.
    bool was_restored = false;
    /// True when a restore is under way that an earlier attempt, whose reply was lost, may have
    /// begun. So may somebody else, with other days and another tier.
    bool was_under_way = false;
    std::string request_id{};
};

} // namespace cosio::inline v0

#endif
