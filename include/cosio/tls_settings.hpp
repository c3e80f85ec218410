// SPDX-License-Identifier: MIT
//
// Whom a client trusts.

#ifndef COSIO_TLS_SETTINGS_HPP
#define COSIO_TLS_SETTINGS_HPP

#include <string>

namespace cosio::inline v0 {

/// Whom a client trusts.
class tls_settings
{
public:
    tls_settings() = default;

    /// Certificates to trust, as a PEM file, instead of those of the system.
    std::string ca_file{};
    /// Certificates to trust, as PEM text, instead of those of the system; adds to `ca_file`.
    std::string ca_pem{};
    /// Accepts any certificate of any name. Whoever is in between reads and changes everything;
    /// customer keys are refused then.
    bool dangerously_accept_any_certificate = false;
};

} // namespace cosio::inline v0

#endif
