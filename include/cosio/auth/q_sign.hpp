// SPDX-License-Identifier: MIT
//
// The request signature of COS, `q-sign-algorithm=sha1`, as a pure function.
// Source: COS documentation, "Request Signature".

#ifndef COSIO_AUTH_Q_SIGN_HPP
#define COSIO_AUTH_Q_SIGN_HPP

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
#include <string>
#include <string_view>
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
        std::ranges::sort(pairs_, [this](const position& left, const position& right) {
            const int order = name_of(left).compare(name_of(right));
            return order < 0 || (order == 0 && left.start < right.start); // Equal ones stay put.
        });
    }

    /// Appends `n1=v1&n2=v2`.
    void append_to(crypto::secret_buffer& out) const
    {
        std::string_view separator;
        for (const auto& pair : pairs_) {
            out.append(separator).append(name_of(pair)).append("=").append(
                text_.view().substr(pair.name_end, pair.end - pair.name_end));
            separator = "&";
        }
    }

    /// Appends `n1;n2`.
    void append_names_to(std::string& out) const
    {
        std::string_view separator;
        for (const auto& pair : pairs_) {
            out.append(separator).append(name_of(pair));
            separator = ";";
        }
    }

    /// Forgets and wipes the pairs, keeps the memory.
    void clear() noexcept
    {
        text_.clear();
        pairs_.clear();
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
        auto mac = crypto::hmac_sha1(
            detail::bytes_of(secret_key), detail::bytes_of(validity.text()));
        if (!mac)
            return mac.error();
        // The hexadecimal text is the key of the next step, not the bytes it stands for.
        crypto::secret_buffer text;
        crypto::append_hex(text, *mac);
        OPENSSL_cleanse(mac->data(), mac->size());
        q_sign_key key(text, validity);
        if (!key.hmac_.usable())
            return crypto::digest_unavailable("SHA1");
        return key;
    }

    /// From a SignKey that was derived elsewhere: 40 hexadecimal digits, used as they stand.
    [[nodiscard]] static q_sign_key from_text(std::string_view sign_key, key_time validity)
    {
        return q_sign_key(crypto::secret_buffer(sign_key), validity);
    }

    [[nodiscard]] const key_time& validity() const noexcept { return validity_; }
    /// The KeyTime as it is signed and sent.
    [[nodiscard]] std::string_view time() const noexcept { return time_; }

    /// Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<crypto::sha1_value> sign(std::string_view text)
    {
        return hmac_.sign(detail::bytes_of(text));
    }
    /// The SHA-1 of `text`, without the key. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<crypto::sha1_value> digest(std::string_view text)
    {
        return hmac_.digest(detail::bytes_of(text));
    }

private:
    q_sign_key(const crypto::secret_buffer& key_text, key_time validity)
        : hmac_(detail::bytes_of(key_text.view())), validity_(validity), time_(validity.text())
    {}

    crypto::hmac_sha1_key hmac_;
    key_time validity_;
    std::string time_;
};

/// The request that is signed, and the fields of an Authorization value that depend on it.
///
/// Can be cleared and used again, so that its memory serves many requests.
class q_signature
{
public:
    /// What is signed of the request: its parameters, and those headers that count.
    canonical_pairs parameters{};
    canonical_pairs headers{};

    [[nodiscard]] std::string_view header_list() const noexcept { return header_list_; }
    [[nodiscard]] std::string_view parameter_list() const noexcept { return parameter_list_; }
    /// Hexadecimal, once `sign` has succeeded.
    [[nodiscard]] std::string_view signature() const noexcept { return signature_; }

    /// Call it once all parameters and headers were added. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(
        q_sign_key& key, http::method method, std::string_view decoded_path)
    {
        parameters.sort();
        headers.sort();
        parameters.append_names_to(parameter_list_);
        headers.append_names_to(header_list_);

        text_.append(http::lower_case_name_of(method)).append("\n");
        text_.append(decoded_path).append("\n");
        parameters.append_to(text_);
        text_.append("\n");
        headers.append_to(text_);
        text_.append("\n");
        const auto request_digest = key.digest(text_.view());
        if (!request_digest)
            return request_digest.error();

        text_.clear();
        text_.append("sha1\n").append(key.time()).append("\n");
        crypto::append_hex(text_, *request_digest);
        text_.append("\n");
        const auto mac = key.sign(text_.view());
        if (!mac)
            return mac.error();
        crypto::append_hex(signature_, *mac);
        return {};
    }

    /// Ready for another request. What may hold secrets is wiped.
    void clear() noexcept
    {
        parameters.clear();
        headers.clear();
        text_.clear();
        header_list_.clear();
        parameter_list_.clear();
        signature_.clear();
    }

private:
    crypto::secret_buffer text_{}; // That is hashed.
    std::string header_list_{};
    std::string parameter_list_{};
    std::string signature_{};
};

/// Adds the parameters of a target, all of which are signed.
inline void add_parameters(canonical_pairs& pairs, const http::target& target)
{
    for (std::size_t i = 0; i != target.parameter_count(); ++i)
        pairs.add_encoded(target.parameter_at(i).name, target.parameter_at(i).value);
}

/// Adds those fields that are signed.
inline void add_signed_fields(canonical_pairs& pairs, const http::field_list& fields)
{
    for (std::size_t i = 0; i != fields.size(); ++i)
        if (const auto each = fields[i]; is_signed_field(each.name))
            pairs.add(each.name, each.value);
}

/// Calls `put(name, value)` for those fields of an Authorization value that are the same for all
/// requests of a SignKey; they come first.
template <class Put>
void for_each_constant_part(std::string_view secret_id, const q_sign_key& key, Put&& put)
{
    put("q-sign-algorithm", "sha1");
    put("q-ak", secret_id);
    put("q-sign-time", key.time());
    put("q-key-time", key.time());
}

/// Calls `put(name, value)` for the others.
template <class Put>
void for_each_request_part(const q_signature& signature, Put&& put)
{
    put("q-header-list", signature.header_list());
    put("q-url-param-list", signature.parameter_list());
    put("q-signature", signature.signature());
}

} // namespace cosio::inline v0::auth

#endif
