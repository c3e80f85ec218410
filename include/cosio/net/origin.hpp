// SPDX-License-Identifier: MIT
//
// Where a connection leads.

#ifndef COSIO_NET_ORIGIN_HPP
#define COSIO_NET_ORIGIN_HPP

#include <compare>
#include <cstdint>
#include <string>

namespace cosio::inline v0::net {

/// Connections of a client to equal origins are interchangeable: the TLS settings are the client's.
struct origin
{
    bool tls = true;
    /// What is resolved and connected to.
    std::string host{};
    std::uint16_t port = 443;
    /// Whom the certificate must name.
    std::string tls_name{};

    friend auto operator<=>(const origin&, const origin&) = default;
};

} // namespace cosio::inline v0::net

#endif
