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
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
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
[[nodiscard]] constexpr bool is_signed_field(std::string_view name) noexcept
{
    const auto is = [name](std::string_view known) {
        return detail::equal_ignoring_case(name, known);
    };
    if (detail::starts_with_ignoring_case(name, "x-cos-") ||
        detail::starts_with_ignoring_case(name, "x-ci-"))
        return true;
    switch (name.size()) {
    case 4: return is("host");
    case 5: return is("range");
    case 6: return is("expect") || is("origin");
    case 7: return is("expires");
    case 8: return is("if-match");
    case 11: return is("content-md5");
    case 12: return is("content-type");
    case 13: return is("cache-control") || is("if-none-match");
    case 14: return is("content-length") || is("pic-operations");
    case 16: return is("content-encoding");
    case 17: return is("if-modified-since") || is("transfer-encoding");
    case 19: return is("content-disposition") || is("if-unmodified-since");
    default: return false;
    }
}

/// `name=value` pairs in the order and encoding in which they are hashed. Some values are keys,
/// so the text is wiped.
class canonical_pairs
{
public:
    /// A pair that is not encoded yet.
    void add(std::string_view name, std::string_view value)
    {
        add_written(name, value, http::longest_escape, [](char* out, std::string_view text) {
            return http::write_percent_encoded(out, text, http::slash::encode);
        });
    }

    /// A pair that was encoded for the wire, which is the same encoding.
    void add_encoded(std::string_view name, std::string_view value)
    {
        add_written(name, value, 1, write_plain);
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
        append_joined(out, '&', [this](const position& pair) {
            return part(pair.start, pair.end);
        });
    }

    /// Appends `n1;n2`.
    void append_names_to(crypto::secret_buffer& out) const
    {
        append_joined(out, ';', [this](const position& pair) { return name_of(pair); });
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

    static char* write_plain(char* out, std::string_view text) noexcept
    {
        if (!text.empty())
            std::memcpy(out, text.data(), text.size());
        return out + text.size();
    }

    /// `write` makes of each character up to `growth` ones. Names are lower-cased after encoding,
    /// so even the digits of their escapes are lower-case.
    template <class Write>
    void add_written(std::string_view name, std::string_view value, std::size_t growth, Write write)
    {
        position pair;
        pair.start = text_.size();
        text_.append_written(growth * (name.size() + value.size()) + 1, [&](char* const start) {
            char* const name_end = write(start, name);
            detail::make_lower({start, name_end});
            pair.name_end = pair.start + static_cast<std::size_t>(name_end - start);
            *name_end = '=';
            return write(name_end + 1, value);
        });
        pair.end = text_.size();
        pairs_.push_back(pair);
    }

    template <class PartOf>
    void append_joined(crypto::secret_buffer& out, char separator, PartOf part_of) const
    {
        out.append_written(text_.size() + pairs_.size(), [&](char* to) {
            for (std::size_t i = 0; i != pairs_.size(); ++i) {
                if (i != 0)
                    *to++ = separator;
                to = write_plain(to, part_of(pairs_[i]));
            }
            return to;
        });
    }

    [[nodiscard]] std::string_view name_of(const position& pair) const
    {
        return part(pair.start, pair.name_end);
    }
    [[nodiscard]] std::string_view part(std::size_t start, std::size_t end) const
    {
        return {text_.view().data() + start, end - start};
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
        crypto::wipe(mac->data(), mac->size());
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

    /// The signature of a request that has this SHA-1. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<crypto::sha1_value> sign(const crypto::sha1_value& request_digest)
    {
        std::array<char, 2 * std::tuple_size_v<crypto::sha1_value> + 1> message;
        *crypto::write_hex(message.data(), request_digest) = '\n';
        return hmac_.sign(std::as_bytes(std::span(message)));
    }
    /// The SHA-1 of `text`, without the key. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<crypto::sha1_value> digest(std::string_view text)
    {
        return hmac_.digest(detail::bytes_of(text));
    }

private:
    q_sign_key(const crypto::secret_buffer& key_text, key_time validity)
        : validity_(validity), time_(validity.text()),
          hmac_(detail::bytes_of(key_text.view()), detail::bytes_of("sha1\n" + time_ + "\n"))
    {}

    key_time validity_;
    std::string time_;
    crypto::hmac_sha1_key hmac_;
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

    [[nodiscard]] std::string_view header_list() const noexcept { return header_list_.view(); }
    [[nodiscard]] std::string_view parameter_list() const noexcept
    {
        return parameter_list_.view();
    }
    /// Hexadecimal, once `sign` has succeeded.
    [[nodiscard]] std::string_view signature() const noexcept
    {
        return {signature_.data(), signature_.size()};
    }

    /// Call it once all parameters and headers were added. Errors: `errc::crypto_unavailable`.
    [[nodiscard]] result<void> sign(
        q_sign_key& key, http::method method, std::string_view decoded_path)
    {
        parameters.sort();
        headers.sort();
        parameters.append_names_to(parameter_list_);
        headers.append_names_to(header_list_);

        text_.append(http::lower_case_name_of(method), "\n", decoded_path, "\n");
        parameters.append_to(text_);
        text_.append("\n");
        headers.append_to(text_);
        text_.append("\n");
        const auto request_digest = key.digest(text_.view());
        if (!request_digest)
            return request_digest.error();

        const auto mac = key.sign(*request_digest);
        if (!mac)
            return mac.error();
        crypto::write_hex(signature_.data(), *mac);
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
    }

private:
    crypto::secret_buffer text_{}; // That is hashed.
    crypto::secret_buffer header_list_{};
    crypto::secret_buffer parameter_list_{};
    std::array<char, 2 * std::tuple_size_v<crypto::sha1_value>> signature_{};
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
