// SPDX-License-Identifier: MIT
//
// Verifies SigV4 signatures. Shares no code with the client's signer, so that a mistake there is
// not made here as well.

#ifndef COSIO_TESTING_EMULATION_S3_SIGNATURE_HPP
#define COSIO_TESTING_EMULATION_S3_SIGNATURE_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/signature.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// Whether a request speaks S3: by its signature, or, unsigned, by its headers.
[[nodiscard]] inline bool is_s3_request(const http_request& request)
{
    if (const auto header = request.fields.find("Authorization"))
        return header->starts_with("AWS");
    if (request.has_parameter("X-Amz-Signature") || request.has_parameter("list-type") ||
        request.fields.get("Host").find(".amazonaws.com") != std::string_view::npos)
        return true;
    return std::ranges::any_of(request.fields, [](const auto& each) {
        return detail::starts_with_ignoring_case(each.first, "x-amz-");
    });
}

class s3_signature_verifier
{
public:
    s3_signature_verifier(account who, std::string region)
        : who_(std::move(who)), region_(std::move(region))
    {}

    /// Refuses a request whose signature is not right. `now` is in seconds since 1970. What stands
    /// for the body in the signature is compared with the body elsewhere.
    [[nodiscard]] signed_by verify(const http_request& request, std::int64_t now) const
    {
        signed_by how = signed_by::nobody;
        fields_of_signature given;
        if (const auto header = request.fields.find("Authorization")) {
            how = signed_by::header;
            given = read_header(request, *header);
        } else if (request.has_parameter("X-Amz-Signature")) {
            how = signed_by::query;
            given = read_query(request);
        } else {
            return how;
        }
        check_scope(given, how);
        check_time(given, how, now);
        check_token(request);
        check_header_list(request, given.header_list, how);
        const auto canonical = canonical_request(request, given, how);
        const auto to_sign = "AWS4-HMAC-SHA256\n" + given.time + "\n" +
            given.credential.substr(given.credential.find('/') + 1) + "\n" + sha256_hex(canonical);
        if (hex(mac(signing_key(given), to_sign)) != given.signature) {
            refusal wrong{403, "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
                {}, {}};
            wrong.fields.add("string-to-sign", to_sign);
            wrong.fields.add("format-string", canonical);
            throw wrong;
        }
        return how;
    }

    [[nodiscard]] static std::string sha256_hex(std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
        return hex({reinterpret_cast<const char*>(out.data()), size});
    }

private:
    struct fields_of_signature
    {
        std::string credential{};
        std::string time{};
        std::string header_list{};
        std::string signature{};
        std::string payload_hash{};
        std::optional<std::int64_t> validity{};
    };

    static void malformed(std::string_view why)
    {
        refuse(400, "AuthorizationHeaderMalformed", why);
    }

    static fields_of_signature read_header(const http_request& request, std::string_view text)
    {
        constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
        if (!text.starts_with(algorithm))
            refuse(400, "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use "
                "AWS4-HMAC-SHA256.");
        text.remove_prefix(algorithm.size());
        std::map<std::string, std::string, std::less<>> parts;
        while (!text.empty()) {
            const auto end = std::min(text.find(','), text.size());
            const auto pair = detail::trimmed(text.substr(0, end));
            const auto equals = std::min(pair.find('='), pair.size());
            parts.emplace(
                pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        fields_of_signature out;
        out.credential = parts["Credential"];
        out.header_list = parts["SignedHeaders"];
        out.signature = parts["Signature"];
        out.time = request.fields.get("x-amz-date");
        if (out.credential.empty() || out.header_list.empty() || out.signature.empty())
            malformed("The authorization header is malformed.");
        if (out.time.empty())
            refuse(403, "AccessDenied", "AWS authentication requires a valid x-amz-date header.");
        const auto hash = request.fields.find("x-amz-content-sha256");
        if (!hash)
            refuse(400, "InvalidRequest",
                "Missing required header for this request: x-amz-content-sha256");
        out.payload_hash = *hash;
        return out;
    }

    static fields_of_signature read_query(const http_request& request)
    {
        const auto value = [&request](std::string_view name) {
            return std::string(request.parameter_value(name).value_or(""));
        };
        if (value("X-Amz-Algorithm") != "AWS4-HMAC-SHA256")
            refuse(400, "AuthorizationQueryParametersError",
                "X-Amz-Algorithm only supports AWS4-HMAC-SHA256.");
        fields_of_signature out;
        out.credential = value("X-Amz-Credential");
        out.header_list = value("X-Amz-SignedHeaders");
        out.signature = value("X-Amz-Signature");
        out.time = value("X-Amz-Date");
        out.payload_hash =
            request.fields.find("x-amz-content-sha256").value_or("UNSIGNED-PAYLOAD");
        constexpr std::uint32_t week = 604800;
        const auto seconds = detail::parse_number<std::uint32_t>(value("X-Amz-Expires"));
        if (!seconds || *seconds == 0 || *seconds > week)
            refuse(400, "AuthorizationQueryParametersError",
                "X-Amz-Expires must be a number of seconds of at most a week.");
        out.validity = *seconds;
        return out;
    }

    /// `<id>/<date>/<region>/s3/aws4_request`.
    void check_scope(const fields_of_signature& given, signed_by how) const
    {
        const auto slash = std::min(given.credential.find('/'), given.credential.size());
        if (given.credential.substr(0, slash) != who_.secret_id)
            refuse(403, "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.");
        const auto scope = std::string_view(given.credential).substr(slash);
        const auto before = "/" + given.time.substr(0, 8) + "/";
        constexpr std::string_view after = "/s3/aws4_request";
        const auto expected = before + region_ + std::string(after);
        if (scope == expected)
            return;
        if (scope.size() > before.size() + after.size() && scope.starts_with(before) &&
            scope.ends_with(after))
            refuse_region(scope.substr(
                before.size(), scope.size() - before.size() - after.size()), how);
        malformed("The scope of the credential is wrong; expecting '" + expected + "'.");
    }

    /// Source: Amazon S3 API Reference, "Error responses"; that the head names the region too is
    /// what botocore goes by after a HEAD.
    [[noreturn]] void refuse_region(std::string_view wrong, signed_by how) const
    {
        const bool in_query = how == signed_by::query;
        refusal why{400,
            in_query ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed",
            std::string(in_query ? "Error parsing the X-Amz-Credential parameter"
                                 : "The authorization header is malformed")
                .append("; the region '")
                .append(wrong)
                .append("' is wrong; expecting '")
                .append(region_)
                .append("'"),
            {}, {{"Region", region_}}};
        why.fields.add("x-amz-bucket-region", region_);
        throw why;
    }

    static std::optional<std::int64_t> seconds_of(std::string_view text)
    {
        constexpr std::string_view form = "YYYYMMDDThhmmssZ";
        if (text.size() != form.size() || text[8] != 'T' || text.back() != 'Z')
            return std::nullopt;
        const auto part = [text](std::size_t at, std::size_t size) {
            return detail::parse_number<unsigned>(text.substr(at, size));
        };
        const auto year = part(0, 4);
        const auto month = part(4, 2);
        const auto day = part(6, 2);
        const auto hour = part(9, 2);
        const auto minute = part(11, 2);
        const auto second = part(13, 2);
        if (!year || !month || !day || !hour || !minute || !second)
            return std::nullopt;
        // Days from the civil calendar, years beginning with March.
        const std::int64_t y = std::int64_t{*year} - (*month <= 2 ? 1 : 0);
        const std::int64_t m = (*month + 9) % 12;
        const std::int64_t days =
            365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + *day - 1 - 719468;
        return days * 86400 + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second;
    }

    static void check_time(const fields_of_signature& given, signed_by how, std::int64_t now)
    {
        constexpr std::int64_t tolerance = 15 * 60;
        const auto when = seconds_of(given.time);
        if (!when)
            refuse(403, "AccessDenied", "The date of the signature is malformed.");
        const bool early = now < *when - tolerance;
        if (how == signed_by::query && !early) {
            if (now > *when + *given.validity)
                refuse(403, "AccessDenied", "Request has expired");
            return;
        }
        if (early || now > *when + tolerance)
            refuse(403, "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.");
    }

    void check_token(const http_request& request) const
    {
        const auto token = request.parameter_value("X-Amz-Security-Token")
                               .value_or(request.fields.get("x-amz-security-token"));
        if (token != who_.session_token)
            refuse(400, who_.session_token.empty() ? "InvalidToken" : "ExpiredToken",
                "The provided token is not valid.");
    }

    static std::vector<std::string> split(std::string_view list)
    {
        std::vector<std::string> out;
        while (!list.empty()) {
            const auto end = std::min(list.find(';'), list.size());
            out.emplace_back(list.substr(0, end));
            list.remove_prefix(std::min(end + 1, list.size()));
        }
        return out;
    }

    /// Host and all that begins with `x-amz-` must be signed.
    static void check_header_list(
        const http_request& request, std::string_view header_list, signed_by how)
    {
        const auto names = split(header_list);
        const auto is_signed = [&names](std::string_view name) {
            return std::ranges::any_of(names,
                [name](const auto& each) { return detail::equal_ignoring_case(each, name); });
        };
        for (const auto& [name, value] : request.fields) {
            const bool must = detail::equal_ignoring_case(name, "Host") ||
                detail::starts_with_ignoring_case(name, "x-amz-");
            const bool is_hash = detail::equal_ignoring_case(name, "x-amz-content-sha256");
            if (must && !is_signed(name) && !(is_hash && how == signed_by::query))
                refuse(403, "AccessDenied",
                    "There were headers present in the request which were not signed");
        }
    }

    static std::string escape(std::string_view text, bool keeps_slash)
    {
        std::string out;
        for (const char c : text) {
            if (detail::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~' ||
                (c == '/' && keeps_slash)) {
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

    /// Without blanks at the ends, and one for each run of them inside.
    static std::string folded(std::string_view value)
    {
        std::string out;
        for (const char c : value)
            if (c != ' ' && c != '\t')
                out.push_back(c);
            else if (!out.empty() && out.back() != ' ')
                out.push_back(' ');
        while (out.ends_with(' '))
            out.pop_back();
        return out;
    }

    static std::string canonical_request(
        const http_request& request, const fields_of_signature& given, signed_by how)
    {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const auto& [name, value] : request.parameters)
            if (how != signed_by::query || name != "X-Amz-Signature")
                pairs.emplace_back(escape(name, false), escape(value, false));
        std::ranges::sort(pairs);
        std::string query;
        for (const auto& [name, value] : pairs)
            query.append(query.empty() ? "" : "&").append(name).append("=").append(value);
        std::string headers;
        for (const auto& listed : split(given.header_list)) {
            std::string value;
            bool found = false;
            for (const auto& [name, text] : request.fields)
                if (detail::equal_ignoring_case(name, listed)) {
                    value.append(found ? "," : "").append(folded(text));
                    found = true;
                }
            headers.append(listed).append(":").append(found ? value : "(absent)").append("\n");
        }
        return request.method + "\n" + escape(request.path, true) + "\n" + query + "\n" + headers +
            "\n" + given.header_list + "\n" + given.payload_hash;
    }

    [[nodiscard]] std::string signing_key(const fields_of_signature& given) const
    {
        auto key = mac("AWS4" + who_.secret_key, given.time.substr(0, 8));
        key = mac(key, region_);
        key = mac(key, "s3");
        return mac(key, "aws4_request");
    }

    static std::string mac(std::string_view key, std::string_view text)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned int size = 0;
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
        return {reinterpret_cast<const char*>(out.data()), size};
    }

    static std::string hex(std::string_view bytes)
    {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back(digits[byte / 16]);
            out.push_back(digits[byte % 16]);
        }
        return out;
    }

    account who_;
    std::string region_;
};

} // namespace cosio::inline v0::testing::emulation

#endif
