// SPDX-License-Identifier: MIT
//
// The request signature of COS, `q-sign-algorithm=sha1`, as a pure function.
// Source: COS documentation, "Request Signature".

#ifndef COSIO_AUTH_Q_SIGN_HPP
#define COSIO_AUTH_Q_SIGN_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/crypto/hmac.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/http/method.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/http/target.hpp>
#include <cosio/result.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::auth {

/// From when to when a signature is valid.
struct key_time
{
    std::chrono::sys_seconds start{};
    std::chrono::sys_seconds end{};

    [[nodiscard]] std::string text() const
    {
        return std::to_string(start.time_since_epoch().count()) + ";" +
            std::to_string(end.time_since_epoch().count());
    }

    friend bool operator==(const key_time&, const key_time&) = default;
};

/// Whether a header field of that name is signed when it is present: all that changes what the
/// request means, as the official SDKs have it. (`Date`, `User-Agent` and the like are not.)
[[nodiscard]] inline bool is_signed_field(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 17> names{"cache-control", "content-disposition",
        "content-encoding", "content-length", "content-md5", "content-type", "expect", "expires",
        "host", "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "origin",
        "pic-operations", "range", "transfer-encoding"};
    return detail::starts_with_ignoring_case(name, "x-cos-") ||
        detail::starts_with_ignoring_case(name, "x-ci-") ||
        std::ranges::any_of(
            names, [name](auto each) { return detail::equal_ignoring_case(each, name); });
}

/// `name=value` pairs in the order and encoding in which they are hashed. Some values are keys,
/// so the text is wiped.
class canonical_pairs
{
public:
    /// A pair that is not encoded yet.
    void add(std::string_view name, std::string_view value)
    {
        const auto start = text_.size();
        http::append_percent_encoded(text_, name, http::slash::encode);
        const auto name_end = text_.size();
        http::append_percent_encoded(text_, value, http::slash::encode);
        remember(start, name_end);
    }

    /// A pair that was encoded for the wire, which is the same encoding.
    void add_encoded(std::string_view name, std::string_view value)
    {
        const auto start = text_.size();
        text_.append(name);
        const auto name_end = text_.size();
        text_.append(value);
        remember(start, name_end);
    }

    /// Sorts by name; call it once, after the last `add`.
    void sort()
    {
        std::ranges::sort(pairs_, {}, [this](const position& pair) {
            return std::pair(name_of(pair), pair.start); // Equal names keep their order.
        });
    }

    /// Feeds `n1=v1&n2=v2` to the hash.
    template <class Hash>
    void hash_into(Hash& hash) const
    {
        std::string_view separator;
        for (const auto& pair : pairs_) {
            hash.update(detail::bytes_of(separator));
            hash.update(detail::bytes_of(name_of(pair)));
            hash.update(detail::bytes_of("="));
            hash.update(detail::bytes_of(
                text_.view().substr(pair.name_end, pair.end - pair.name_end)));
            separator = "&";
        }
    }

    /// `n1;n2`.
    [[nodiscard]] std::string names() const
    {
        std::string out;
        for (const auto& pair : pairs_) {
            if (!out.empty())
                out.push_back(';');
            out.append(name_of(pair));
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

    /// Names are lower-cased after encoding, so even the digits of their escapes are lower-case.
    void remember(std::size_t start, std::size_t name_end)
    {
        std::transform(text_.data() + start, text_.data() + name_end, text_.data() + start,
            detail::to_lower);
        pairs_.push_back({start, name_end, text_.size()});
    }

    [[nodiscard]] std::string_view name_of(const position& pair) const
    {
        return text_.view().substr(pair.start, pair.name_end - pair.start);
    }

    crypto::secret_buffer text_{};
    std::vector<position> pairs_{};
};

/// The SignKey of one secret key and KeyTime, ready to sign many requests. Not thread safe.
class q_sign_key
{
public:
    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] static result<q_sign_key> derive(std::string_view secret_key, key_time validity)
    {
        const auto mac = crypto::hmac_sha1(
            detail::bytes_of(secret_key), detail::bytes_of(validity.text()));
        if (!mac)
            return mac.error();
        // The hexadecimal text is the key of the next step, not the bytes it stands for.
        crypto::secret_buffer text;
        crypto::append_hex(text, *mac);
        return q_sign_key(text, validity);
    }

    /// From a SignKey that was derived elsewhere: 40 hexadecimal digits, used as they stand.
    [[nodiscard]] static q_sign_key from_text(std::string_view sign_key, key_time validity)
    {
        return q_sign_key(crypto::secret_buffer(sign_key), validity);
    }

    [[nodiscard]] const key_time& validity() const noexcept { return validity_; }
    [[nodiscard]] result<crypto::sha1_value> sign(std::string_view text)
    {
        return hmac_.sign(detail::bytes_of(text));
    }

private:
    q_sign_key(const crypto::secret_buffer& key_text, key_time validity)
        : hmac_(detail::bytes_of(key_text.view())), validity_(validity)
    {}

    crypto::hmac_sha1_key hmac_;
    key_time validity_;
};

/// The fields of an Authorization value that depend on the request.
struct q_signature
{
    std::string header_list{};
    std::string parameter_list{};
    std::string signature{};
};

/// Signs a request: all its parameters, and those of `headers` that were added.
[[nodiscard]] inline result<q_signature> q_sign(q_sign_key& key, http::method method,
    std::string_view decoded_path, canonical_pairs parameters, canonical_pairs headers)
{
    parameters.sort();
    headers.sort();

    crypto::hasher<crypto::digest_algorithm::sha1> request_hash;
    const auto hash_line = [&request_hash](std::string_view text) {
        request_hash.update(detail::bytes_of(text));
        request_hash.update(detail::bytes_of("\n"));
    };
    hash_line(http::lower_case_name_of(method));
    hash_line(decoded_path);
    parameters.hash_into(request_hash);
    hash_line({});
    headers.hash_into(request_hash);
    hash_line({});
    const auto request_digest = request_hash.finish();
    if (!request_digest)
        return request_digest.error();

    std::string text = "sha1\n" + key.validity().text() + "\n";
    crypto::append_hex(text, *request_digest);
    text.push_back('\n');
    const auto mac = key.sign(text);
    if (!mac)
        return mac.error();

    q_signature out;
    out.header_list = headers.names();
    out.parameter_list = parameters.names();
    out.signature = crypto::hex(*mac);
    return out;
}

/// The parameters of a target, ready for `q_sign`.
[[nodiscard]] inline canonical_pairs canonical_parameters(const http::target& target)
{
    canonical_pairs pairs;
    for (std::size_t i = 0; i != target.parameter_count(); ++i)
        pairs.add_encoded(target.parameter_at(i).name, target.parameter_at(i).value);
    return pairs;
}

/// Adds those fields that are signed.
inline void add_signed_fields(canonical_pairs& pairs, const http::field_list& fields)
{
    for (std::size_t i = 0; i != fields.size(); ++i)
        if (const auto each = fields[i]; is_signed_field(each.name))
            pairs.add(each.name, each.value);
}

/// Calls `put(name, value)` for the seven fields of a signature, in their documented order.
template <class Put>
void for_each_authorization_part(
    std::string_view secret_id, const key_time& validity, const q_signature& signature, Put&& put)
{
    const auto time = validity.text();
    put("q-sign-algorithm", "sha1");
    put("q-ak", secret_id);
    put("q-sign-time", time);
    put("q-key-time", time);
    put("q-header-list", signature.header_list);
    put("q-url-param-list", signature.parameter_list);
    put("q-signature", signature.signature);
}

} // namespace cosio::inline v0::auth

#endif
