// SPDX-License-Identifier: MIT
//
// How objects and their metadata may be named, when they are created and when they are there already.

#ifndef COSIO_DIALECT_NAMING_RULES_HPP
#define COSIO_DIALECT_NAMING_RULES_HPP

#include <cstddef>
#include <limits>

namespace cosio::inline v0::dialect {

/// Whose rules hold: what the service holds can be read, copied and deleted, even when this client
/// would not have created it.
enum class direction {
    creating, ///< A key or metadata that come into being by the request.
    existing, ///< What the service, or an upload that has begun, holds under that name.
};

/// The rules of one service in one direction; each dialect has one for both.
struct naming_rules
{
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    std::size_t longest_key = 1024; ///< Bytes.
    /// A key may begin with a slash or backslash.
    bool leading_slash = true;
    /// A key may have control bytes, and be no UTF-8.
    bool any_byte = true;
    /// A key may have segments `.` and `..`.
    bool dot_segments = true;
    /// A name of metadata may be any token (RFC 9110, 5.6.2) instead of letters, digits and hyphens.
    bool token_names = true;
    /// A value of metadata, or of a content header, may have whatever a reply may have in it.
    bool received_values = true;
    /// Names and values of all metadata together, in bytes.
    std::size_t longest_metadata = unlimited;
};

} // namespace cosio::inline v0::dialect

#endif
