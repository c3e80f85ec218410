// SPDX-License-Identifier: MIT
//
// Verifies q-sign signatures. Shares no code with the client's signer, so that a mistake there is
// not made here as well.

#ifndef COSIO_TESTING_EMULATION_SIGNATURE_HPP
#define COSIO_TESTING_EMULATION_SIGNATURE_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/request_reader.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Whose requests are accepted.
struct account
{
    std::string secret_id{};
    std::string secret_key{};
    /// When not empty, requests must carry it as their session token.
    std::string session_token{};
};

/// How a request is signed.
enum class signed_by { nobody, header, query };

class signature_verifier
{
public:
    explicit signature_verifier(account who) : who_(std::move(who)) {}

    /// Refuses a request whose signature is not right. `now` is in seconds since 1970.
    [[nodiscard]] signed_by verify(const http_request& request, std::int64_t now) const
    {
        auto [how, parts] = find_signature(request);
        if (how == signed_by::nobody)
            return how;
        if (parts["q-sign-algorithm"] != "sha1")
            refuse(403, "AccessDenied", "The signature algorithm is not sha1.");
        if (parts["q-ak"] != who_.secret_id)
            refuse(403, "InvalidAccessKeyId", "The access key id does not exist.");
        check_time(parts["q-sign-time"], now);
        check_token(request);
        const auto form = format_string(
            request, parts["q-header-list"], parts["q-url-param-list"]);
        const auto to_sign = "sha1\n" + parts["q-sign-time"] + "\n" + sha1_hex(form) + "\n";
        const auto sign_key = hmac_hex(who_.secret_key, parts["q-key-time"]);
        if (hmac_hex(sign_key, to_sign) != parts["q-signature"]) {
            refusal wrong{
                403, "SignatureDoesNotMatch", "The Signature you specified is invalid.", {}};
            wrong.fields.add("string-to-sign", to_sign);
            wrong.fields.add("format-string", form);
            throw wrong;
        }
        return how;
    }

private:
    using parts_table = std::map<std::string, std::string, std::less<>>;

    static parts_table split(std::string_view text)
    {
        parts_table parts;
        while (!text.empty()) {
            const auto end = std::min(text.find('&'), text.size());
            const auto pair = text.substr(0, end);
            const auto equals = std::min(pair.find('='), pair.size());
            parts.emplace(
                pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return parts;
    }

    static std::pair<signed_by, parts_table> find_signature(const http_request& request)
    {
        if (const auto header = request.fields.find("Authorization"))
            return {signed_by::header, split(*header)};
        if (const auto merged = request.parameter_value("sign"))
            return {signed_by::query, split(*merged)};
        parts_table parts;
        for (const auto& [name, value] : request.parameters)
            if (name.starts_with("q-"))
                parts.emplace(name, value);
        return {parts.contains("q-signature") ? signed_by::query : signed_by::nobody, parts};
    }

    static void check_time(std::string_view validity, std::int64_t now)
    {
        const auto semicolon = std::min(validity.find(';'), validity.size());
        const auto start = detail::parse_number<std::uint64_t>(validity.substr(0, semicolon));
        const auto end = detail::parse_number<std::uint64_t>(
            validity.substr(std::min(semicolon + 1, validity.size())));
        if (!start || !end)
            refuse(403, "AccessDenied", "The time of the signature is malformed.");
        if (now > static_cast<std::int64_t>(*end))
            refuse(403, "AccessDenied", "Request has expired");
        if (now < static_cast<std::int64_t>(*start))
            refuse(403, "RequestTimeTooSkewed",
                "The difference between the request time and the server's is too large.");
    }

    void check_token(const http_request& request) const
    {
        const auto in_query = request.parameter_value("x-cos-security-token");
        const auto token =
            in_query.value_or(request.fields.get("x-cos-security-token"));
        if (token != who_.session_token)
            refuse(who_.session_token.empty() ? 403 : 400,
                who_.session_token.empty() ? "AccessDenied" : "ExpiredToken",
                "The session token is not valid.");
    }

    /// Everything but letters, digits and `-_.~` as %XX with capital digits.
    static std::string escape(std::string_view text)
    {
        std::string out;
        for (const char c : text) {
            if (detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~') {
                out.push_back(c);
                continue;
            }
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte / 16]);
            out.push_back(digits[byte % 16]);
        }
        return out;
    }

    static std::string lower(std::string text)
    {
        for (char& c : text)
            c = detail::to_lower(c);
        return text;
    }

    /// `name=value&...` in the order of `list`; a listed name without a value in the request stays
    /// without one, which makes the signature wrong.
    template <class Fields>
    static std::string canonical(std::string_view list, const Fields& fields)
    {
        std::string out;
        while (!list.empty()) {
            const auto end = std::min(list.find(';'), list.size());
            const auto name = list.substr(0, end);
            out.append(out.empty() ? "" : "&").append(name).append("=");
            bool found = false;
            for (const auto& [each, value] : fields)
                if (!found && lower(escape(each)) == name) {
                    out.append(escape(value));
                    found = true;
                }
            if (!found)
                out.append("(absent)");
            list.remove_prefix(std::min(end + 1, list.size()));
        }
        return out;
    }

    static std::string format_string(const http_request& request, std::string_view header_list,
        std::string_view parameter_list)
    {
        return lower(request.method) + "\n" + request.path + "\n" +
            canonical(parameter_list, request.parameters) + "\n" +
            canonical(header_list, request.fields) + "\n";
    }

    static std::string to_hex(const unsigned char* bytes, std::size_t size)
    {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        for (std::size_t i = 0; i != size; ++i) {
            out.push_back(digits[bytes[i] / 16]);
            out.push_back(digits[bytes[i] % 16]);
        }
        return out;
    }

    static std::string sha1_hex(std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha1(), nullptr);
        return to_hex(out.data(), size);
    }

    static std::string hmac_hex(std::string_view key, std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
        return to_hex(out.data(), size);
    }

    account who_;
};

} // namespace cosio::inline v0::testing::emulation

#endif
