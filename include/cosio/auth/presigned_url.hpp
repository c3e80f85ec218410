// SPDX-License-Identifier: MIT
//
// How a request becomes a URL.

#ifndef COSIO_AUTH_PRESIGNED_URL_HPP
#define COSIO_AUTH_PRESIGNED_URL_HPP

#include <cosio/auth/credentials.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/presigned_url.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::auth {

/// What whoever uses the URL decides for himself.
template <class Signer>
[[nodiscard]] bool is_left_to_the_user(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 3> names{
        "content-length", "content-md5", "transfer-encoding"};
    return std::ranges::any_of(
        names, [name](auto each) { return detail::equal_ignoring_case(each, name); }) ||
        detail::equal_ignoring_case(Signer::body_hash_header, name);
}

/// Errors: `errc::invalid_argument` for a validity of nothing, those of the credentials, and
/// `errc::crypto_unavailable`.
template <class Signer>
[[nodiscard]] result<presigned_url> presign(const Signer& signer,
    operation::prepared_request request,
    const service_endpoint& endpoint, const credentials& who, std::chrono::sys_seconds now,
    std::chrono::seconds validity)
{
    if (validity <= std::chrono::seconds(0))
        return error(errc::invalid_argument, "must be longer than nothing", "validity");
    if (auto usable = who.check(); !usable)
        return std::move(usable).error();
    if (!who.session_token().empty() && !endpoint.protects_tokens)
        return error(errc::token_requires_tls, "a session token is sent over https only",
            "session_token");
    const auto host = detail::host_header(request.host, endpoint.port, endpoint.scheme);
    presigned_url out;
    out.method = http::name_of(request.head.method);
    http::field_list fields;
    fields.add("Host", host);
    for (std::size_t i = 0; i != request.head.fields.size(); ++i) {
        const auto each = request.head.fields[i];
        if (is_left_to_the_user<Signer>(each.name))
            continue;
        fields.add(each.name, each.value);
        out.required_headers.emplace_back(each.name);
    }
    auto done =
        signer.presign(request.head.method, request.head.target, fields, who, now, validity);
    if (!done)
        return std::move(done).error();
    out.url.append(name_of(endpoint.scheme)).append("://").append(host);
    out.url.append(request.head.target.text());
    return out;
}

} // namespace cosio::inline v0::auth

#endif
