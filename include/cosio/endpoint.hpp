// SPDX-License-Identifier: MIT
//
// Where requests go: scheme, host and port, and how a bucket and key become host and path.

#ifndef COSIO_ENDPOINT_HPP
#define COSIO_ENDPOINT_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

/// `https` unless chosen otherwise; customer keys and session tokens refuse `http`.
enum class scheme { https, http };

[[nodiscard]] constexpr std::uint16_t default_port(scheme value) noexcept
{
    return value == scheme::https ? 443 : 80;
}

[[nodiscard]] constexpr std::string_view name_of(scheme value) noexcept
{
    return value == scheme::https ? "https" : "http";
}

/// A host name or address with a port.
struct host_and_port
{
    std::string host{};
    std::uint16_t port = 0; ///< 0: the default of the scheme.

    friend bool operator==(const host_and_port&, const host_and_port&) = default;
};

namespace detail {

/// Whether `name` can stand in a Host header and a DNS query: labels of letters, digits and
/// hyphens, or an address. Underscores are in names that people have; a dot may end a name that is
/// fully qualified.
[[nodiscard]] constexpr bool is_host_name(std::string_view name) noexcept
{
    constexpr std::size_t longest = 253;
    if (name.ends_with('.'))
        name.remove_suffix(1);
    const auto allowed = [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
    };
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, allowed) &&
        name.front() != '.' && name.front() != '-' && name.find("..") == std::string_view::npos;
}

[[nodiscard]] constexpr bool is_ipv6_literal(std::string_view text) noexcept
{
    const auto allowed = [](char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == ':' || c == '.';
    };
    return text.find(':') != std::string_view::npos && std::ranges::all_of(text, allowed);
}

[[nodiscard]] inline bool is_ipv4_literal(std::string_view text) noexcept
{
    int parts = 0;
    for (;; ++parts) {
        const auto dot = text.find('.');
        if (!parse_number<std::uint8_t>(text.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return parts == 3;
        text.remove_prefix(dot + 1);
    }
}

[[nodiscard]] inline bool is_address(std::string_view host) noexcept
{
    return is_ipv4_literal(host) || is_ipv6_literal(host);
}

/// Whether `host` is of numbers and dots as an address is, but is none: `1.2.3`, `127.0.0.1.`. Some
/// resolvers take such a thing for an address.
[[nodiscard]] inline bool is_almost_address(std::string_view host) noexcept
{
    const auto name = host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
    const auto last = name.substr(name.rfind('.') + 1); // All of it when there is no dot.
    return std::ranges::all_of(last, is_digit) && !is_ipv4_literal(host);
}

/// Reads `host`, `host:port`, `[address]`, `[address]:port`, or an IPv6 address without a port.
[[nodiscard]] inline std::optional<host_and_port> parse_host_and_port(std::string_view text)
{
    std::string_view host = text;
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        has_port = !port.empty();
        if (has_port && port.front() != ':')
            return std::nullopt;
        port.remove_prefix(has_port ? 1 : 0);
        if (!is_ipv6_literal(host))
            return std::nullopt;
    } else if (is_ipv6_literal(text) && std::ranges::count(text, ':') > 1) {
        // No port: which of the colons would precede it?
    } else {
        const auto colon = text.find(':');
        host = text.substr(0, colon);
        has_port = colon != std::string_view::npos;
        port = has_port ? text.substr(colon + 1) : std::string_view{};
        if (!is_host_name(host) || is_almost_address(host))
            return std::nullopt;
    }
    host_and_port out;
    out.host = host;
    if (has_port) {
        const auto number = parse_number<std::uint16_t>(port);
        if (!number || *number == 0)
            return std::nullopt;
        out.port = *number;
    }
    return out;
}

/// As a Host header carries it: the port only when it is not the default, addresses in brackets.
template <class Text>
void append_host_header(Text& text, std::string_view host, std::uint16_t port, scheme s)
{
    if (is_ipv6_literal(host))
        text.append("[").append(host).append("]");
    else
        text.append(host);
    if (port == 0 || port == default_port(s))
        return;
    text.append(":");
    append_number(text, port);
}

[[nodiscard]] inline std::string host_header(std::string_view host, std::uint16_t port, scheme s)
{
    std::string text;
    append_host_header(text, host, port, s);
    return text;
}

} // namespace detail

/// The service as one client sees it, made once from its configuration.
struct service_endpoint
{
    cosio::scheme scheme = cosio::scheme::https;
    std::string region{};
    /// The service's own host, to which a bucket name is prefixed unless `path_style`. Without the
    /// dot that may end it: neither certificates, nor Host headers, nor other hosts of the service
    /// have it.
    std::string host{};
    /// Whether a dot ended the host: its names are looked up as they are, in no search domain.
    bool fully_qualified = false;
    std::uint16_t port = 443;
    bool path_style = false;
    /// Whether customer keys may be sent: TLS with a verified peer.
    bool protects_customer_keys = true;
    /// Whether a session token may be sent: TLS.
    bool protects_tokens = true;

    /// Appends the host part of a URL for `bucket`, without the port, to anything that has
    /// `append(std::string_view)`. `by_path`: the bucket goes into the path.
    template <class Text>
    void append_host(Text& out, std::string_view bucket, bool by_path) const
    {
        if (!by_path)
            out.append(bucket).append(".");
        out.append(host);
    }

    /// Appends the path of an object, not encoded yet; of the bucket when `key` is empty.
    template <class Text>
    static void append_path(
        Text& out, std::string_view bucket, std::string_view key, bool by_path)
    {
        out.append("/");
        if (by_path)
            out.append(bucket).append("/");
        out.append(key);
    }
};

} // namespace cosio::inline v0

#endif
