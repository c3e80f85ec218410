// SPDX-License-Identifier: MIT
//
// The request signature of S3, AWS Signature Version 4, as a pure function.
// Source: Amazon S3 documentation, "Signature Calculations for the Authorization Header".

#ifndef COSIO_AUTH_SIG_V4_HPP
#define COSIO_AUTH_SIG_V4_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/crypto/hmac.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/http/date.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/http/method.hpp>
#include <cosio/http/target.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::auth {

inline constexpr std::string_view sig_v4_algorithm = "AWS4-HMAC-SHA256";

/// Stands for the hash of a body that is not signed.
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// `20130524T000000Z`.
[[nodiscard]] inline std::string sig_v4_time(std::chrono::sys_seconds time)
{
    auto text = http::format_iso_date(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

/// Where and when a signature is valid, and for which service.
struct sig_v4_scope
{
    std::chrono::sys_seconds time{};
    std::string region{};
    std::string service = "s3";

    /// `20130524`.
    [[nodiscard]] std::string date() const { return sig_v4_time(time).substr(0, 8); }

    /// `20130524/us-east-1/s3/aws4_request`.
    [[nodiscard]] std::string text() const
    {
        return date().append("/").append(region).append("/").append(service).append(
            "/aws4_request");
    }
};

/// Whether a header field of that name is signed: all are but those that stations on the way may
/// change or add.
[[nodiscard]] inline bool is_sig_v4_field(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 5> names{
        "authorization", "connection", "expect", "transfer-encoding", "user-agent"};
    return std::ranges::none_of(
        names, [name](auto each) { return detail::equal_ignoring_case(each, name); });
}

/// Header fields as they are signed: lower-case names in order, values without needless blanks.
/// Some values are keys, so the text is wiped.
class sig_v4_headers
{
public:
    void add(std::string_view name, std::string_view value)
    {
        position at;
        at.start = text_.size();
        for (const char c : name)
            text_.push_back(detail::to_lower(c));
        at.name_end = text_.size();
        const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
        for (const char c : value) {
            const bool first = text_.size() == at.name_end;
            if (is_blank(c) && (first || is_blank(text_.view().back())))
                continue;
            text_.push_back(is_blank(c) ? ' ' : c);
        }
        at.end = text_.size();
        while (at.end != at.name_end && is_blank(text_.view()[at.end - 1]))
            --at.end;
        fields_.push_back(at);
    }

    /// Adds those fields that are signed.
    void add_signed(const http::field_list& fields)
    {
        for (std::size_t i = 0; i != fields.size(); ++i)
            if (const auto each = fields[i]; is_sig_v4_field(each.name))
                add(each.name, each.value);
    }

    /// Sorts by name; call it once, after the last `add`.
    void sort()
    {
        std::ranges::sort(fields_, {}, [this](const position& field) {
            return std::pair(name_of(field), field.start); // Equal names keep their order.
        });
    }

    /// Feeds `name:value` lines to the hash; the values of equal names become one list.
    template <class Hash>
    void hash_into(Hash& hash) const
    {
        for (std::size_t i = 0; i != fields_.size(); ++i) {
            const bool goes_on = i != 0 && name_of(fields_[i]) == name_of(fields_[i - 1]);
            const bool is_last =
                i + 1 == fields_.size() || name_of(fields_[i]) != name_of(fields_[i + 1]);
            hash.update(detail::bytes_of(goes_on ? std::string_view{} : name_of(fields_[i])));
            hash.update(detail::bytes_of(goes_on ? "," : ":"));
            hash.update(detail::bytes_of(value_of(fields_[i])));
            hash.update(detail::bytes_of(is_last ? "\n" : ""));
        }
    }

    /// `n1;n2`.
    [[nodiscard]] std::string names() const
    {
        std::string out;
        std::string_view before;
        for (const auto& field : fields_) {
            if (name_of(field) == before)
                continue;
            before = name_of(field);
            out.append(out.empty() ? "" : ";").append(before);
        }
        return out;
    }

private:
    struct position
    {
        std::size_t start = 0;
        std::size_t name_end = 0;
        std::size_t end = 0;
    };

    [[nodiscard]] std::string_view name_of(const position& field) const
    {
        return text_.view().substr(field.start, field.name_end - field.start);
    }
    [[nodiscard]] std::string_view value_of(const position& field) const
    {
        return text_.view().substr(field.name_end, field.end - field.name_end);
    }

    crypto::secret_buffer text_{};
    std::vector<position> fields_{};
};

/// The signing key of one secret key, day, region and service. Not thread safe.
class sig_v4_key
{
public:
    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<sig_v4_key> derive(
        std::string_view secret_key, const sig_v4_scope& scope)
    {
        crypto::secret_buffer start("AWS4");
        start.append(secret_key);
        crypto::secret_bytes<32> key;
        auto next = crypto::hmac_sha256(
            detail::bytes_of(start.view()), detail::bytes_of(scope.date()));
        for (const std::string_view text :
            {std::string_view(scope.region), std::string_view(scope.service),
                std::string_view("aws4_request")}) {
            if (!next)
                return next.error();
            std::ranges::copy(*next, key.writable().begin());
            crypto::wipe(next->data(), next->size());
            next = crypto::hmac_sha256(key.view(), detail::bytes_of(text));
        }
        if (!next)
            return next.error();
        std::ranges::copy(*next, key.writable().begin());
        crypto::wipe(next->data(), next->size());
        sig_v4_key made(key);
        if (!made.hmac_.usable())
            return crypto::digest_unavailable("SHA256");
        return made;
    }

    [[nodiscard]] result<crypto::sha256_value> sign(std::string_view text)
    {
        return hmac_.sign(detail::bytes_of(text));
    }

private:
    explicit sig_v4_key(const crypto::secret_bytes<32>& key) : hmac_(key.view()) {}

    crypto::hmac_sha256_key hmac_;
};

/// The parameters of a target in the order in which they are signed.
[[nodiscard]] inline std::string sig_v4_query(const http::target& target)
{
    std::vector<std::pair<std::string_view, std::string_view>> parameters;
    for (std::size_t i = 0; i != target.parameter_count(); ++i) {
        const auto [name, value] = target.parameter_at(i);
        parameters.emplace_back(name, value);
    }
    std::ranges::sort(parameters);
    std::string text;
    for (const auto& [name, value] : parameters)
        text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
    return text;
}

/// The signature of a request in hexadecimal digits: method, path and all parameters of the target,
/// the headers that were added, and `payload_hash`, the SHA-256 of the body in hexadecimal digits
/// or a word that stands for it. Errors: `errc::crypto_unavailable`.
[[nodiscard]] inline result<std::string> sig_v4(sig_v4_key& key, const sig_v4_scope& scope,
    http::method method, const http::target& target, const sig_v4_headers& sorted_headers,
    std::string_view payload_hash)
{
    crypto::hasher<crypto::digest_algorithm::sha256> request_hash;
    const auto hash_line = [&request_hash](std::string_view text) {
        request_hash.update(detail::bytes_of(text));
        request_hash.update(detail::bytes_of("\n"));
    };
    hash_line(http::name_of(method));
    hash_line(target.signed_path()); // Encoded once and not normalised: as S3 does, alone in AWS.
    hash_line(sig_v4_query(target));
    sorted_headers.hash_into(request_hash);
    hash_line({});
    hash_line(sorted_headers.names());
    request_hash.update(detail::bytes_of(payload_hash));
    const auto request_digest = request_hash.finish();
    if (!request_digest)
        return request_digest.error();

    std::string text(sig_v4_algorithm);
    text.append("\n").append(sig_v4_time(scope.time)).append("\n").append(scope.text());
    text.append("\n");
    crypto::append_hex(text, *request_digest);
    const auto mac = key.sign(text);
    if (!mac)
        return mac.error();
    return crypto::hex(*mac);
}

} // namespace cosio::inline v0::auth

#endif
