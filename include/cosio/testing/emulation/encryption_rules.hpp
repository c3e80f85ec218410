// SPDX-License-Identifier: MIT
//
// Which encryption headers the service takes, what it does with them, and what it refuses.

#ifndef COSIO_TESTING_EMULATION_ENCRYPTION_RULES_HPP
#define COSIO_TESTING_EMULATION_ENCRYPTION_RULES_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/digest.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/detail/json.hpp>
#include <cosio/testing/emulation/message.hpp>
#include <cosio/testing/emulation/sealing.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

enum class sse_mode { none, cos_managed, kms, customer };

/// What a request says about encryption, checked.
struct sse_request
{
    sse_mode mode = sse_mode::none;
    std::string kms_key_id{};
    std::string kms_context{}; ///< JSON.
    std::optional<aes_key> customer_key{};
    std::string customer_key_md5{}; ///< As sent.
};

/// How something is encrypted at rest. Of a customer's key only a salted HMAC is kept.
struct sse_at_rest
{
    sse_mode mode = sse_mode::none;
    std::string kms_key_id{};
    std::string kms_context{};
    std::string customer_key_salt{};
    std::string customer_key_hmac{};
};

inline constexpr std::string_view sse_header = "x-cos-server-side-encryption";
inline constexpr std::string_view customer_prefix = "x-cos-server-side-encryption-customer-";
inline constexpr std::string_view source_customer_prefix =
    "x-cos-copy-source-server-side-encryption-customer-";

/// Reads the three customer key headers under `prefix`; nothing when none is there.
[[nodiscard]] inline sse_request read_customer_key(
    const http_request& request, std::string_view prefix, bool https_only)
{
    const auto header = [&](std::string_view name) {
        return request.fields.find(std::string(prefix).append(name));
    };
    const auto algorithm = header("algorithm");
    const auto key = header("key");
    const auto key_md5 = header("key-MD5");
    sse_request out;
    if (!algorithm && !key && !key_md5)
        return out;
    const auto invalid = [](std::string_view why) { refuse(400, "InvalidArgument", why); };
    if (!algorithm)
        invalid("Requests specifying SSE-C must provide a valid encryption algorithm.");
    if (*algorithm != "AES256")
        invalid("The encryption algorithm must be AES256.");
    if (!key)
        invalid("Requests specifying SSE-C must provide an appropriate secret key.");
    if (!key_md5)
        invalid("Requests specifying SSE-C must provide the MD5 of the secret key.");
    aes_key bytes;
    if (crypto::decode_base64(*key, bytes.writable()) != aes_key_size)
        invalid("The secret key is not valid for the specified algorithm.");
    if (crypto::base64(crypto::md5(bytes.view()).value()) != *key_md5)
        invalid("The MD5 of the key does not match the one that was provided.");
    if (https_only && !request.secure)
        refuse(400, "InvalidRequest", "SSE-C requests must be made over a secure connection.");
    out.mode = sse_mode::customer;
    out.customer_key = bytes;
    out.customer_key_md5 = *key_md5;
    return out;
}

/// The keys the service holds.
class key_vault
{
public:
    key_vault() = default;

    /// Makes a KMS key. The first one is the account's default.
    void add_kms_key(const std::string& id)
    {
        if (default_kms_key_.empty())
            default_kms_key_ = id;
        kms_keys_.try_emplace(id, random_key());
    }
    void disable_kms_key(const std::string& id) { disabled_.insert(id); }

    /// What a write asks for. Refuses whatever the service would.
    [[nodiscard]] sse_request read_write_request(const http_request& request, bool https_only) const
    {
        auto out = read_customer_key(request, customer_prefix, https_only);
        const auto mode = request.fields.find(sse_header);
        const auto key_id =
            request.fields.find("x-cos-server-side-encryption-cos-kms-key-id");
        const auto context = request.fields.find("x-cos-server-side-encryption-context");
        if (mode && out.mode == sse_mode::customer)
            refuse(400, "InvalidArgument",
                "SSE-C is incompatible with the encryption method specified.");
        const bool kms = mode == "cos/kms";
        if ((key_id || context) && !kms)
            refuse(400, "InvalidArgument", "A KMS key or context needs cos/kms.");
        if (!mode)
            return out;
        if (*mode == "AES256") {
            out.mode = sse_mode::cos_managed;
            return out;
        }
        if (!kms)
            refuse(400, "InvalidArgument", "The encryption method specified is not supported.");
        out.mode = sse_mode::kms;
        out.kms_key_id = key_id ? std::string(*key_id) : default_kms_key_;
        if (context)
            out.kms_context = read_context(*context);
        check_kms_key(out.kms_key_id);
        return out;
    }

    void check_kms_key(const std::string& id) const
    {
        if (!kms_keys_.contains(id))
            refuse(400, "KmsKeyNotExist", "The KMS key does not exist.");
        if (disabled_.contains(id))
            refuse(400, "KmsKeyDisabled", "The KMS key is disabled.");
    }

    [[nodiscard]] const std::string& default_kms_key() const noexcept { return default_kms_key_; }

    /// What is kept of a request's encryption.
    [[nodiscard]] static sse_at_rest at_rest(const sse_request& asked)
    {
        sse_at_rest out;
        out.mode = asked.mode;
        out.kms_key_id = asked.kms_key_id;
        out.kms_context = asked.kms_context;
        if (asked.customer_key) {
            constexpr std::size_t salt_size = 16;
            out.customer_key_salt = random_bytes(salt_size);
            out.customer_key_hmac = hmac_sha256_text(
                out.customer_key_salt, detail::text_of(asked.customer_key->view()));
        }
        return out;
    }

    /// Whether `key` is the one that was used.
    [[nodiscard]] static bool is_key_of(const sse_at_rest& rest, const aes_key& key)
    {
        return hmac_sha256_text(rest.customer_key_salt, detail::text_of(key.view())) ==
            rest.customer_key_hmac;
    }

    [[nodiscard]] sealed_bytes seal(const sse_at_rest& how,
        const std::optional<aes_key>& customer_key, std::string plain) const
    {
        sealed_bytes out;
        out.size = plain.size();
        if (how.mode == sse_mode::none) {
            out.stored = std::move(plain);
            return out;
        }
        const auto data_key = random_key();
        out.wrapped_key =
            wrap(key_for(how, customer_key), data_key, how.kms_context);
        out.stored = seal_segments(data_key, plain);
        return out;
    }

    /// Requires that the customer's key was checked. Refuses when bytes at rest were changed.
    [[nodiscard]] std::string open(const sse_at_rest& how,
        const std::optional<aes_key>& customer_key, const sealed_bytes& sealed,
        std::uint64_t first, std::uint64_t count) const
    {
        if (how.mode == sse_mode::none)
            return sealed.stored.substr(first, count);
        const auto data_key =
            unwrap(key_for(how, customer_key), sealed.wrapped_key, how.kms_context);
        const auto plain = data_key ? open_segments(*data_key, sealed, first, count) : std::nullopt;
        if (!plain)
            refuse(500, "InternalError", "The object cannot be decrypted.");
        return *plain;
    }

    /// The secrets, to be stored with what they encrypt.
    [[nodiscard]] const aes_key& master() const noexcept { return master_; }
    void set_master(const aes_key& key) { master_ = key; }
    [[nodiscard]] const std::map<std::string, aes_key>& kms_keys() const noexcept
    {
        return kms_keys_;
    }
    void set_kms_key(const std::string& id, const aes_key& key) { kms_keys_[id] = key; }

private:
    [[nodiscard]] const aes_key& key_for(
        const sse_at_rest& how, const std::optional<aes_key>& customer_key) const
    {
        switch (how.mode) {
        case sse_mode::kms: check_kms_key(how.kms_key_id); return kms_keys_.at(how.kms_key_id);
        case sse_mode::customer: return customer_key.value();
        default: break;
        }
        return master_;
    }

    static std::string read_context(std::string_view base64)
    {
        std::string json(base64.size(), '\0');
        const auto size = crypto::decode_base64(base64, std::as_writable_bytes(std::span(json)));
        json.resize(size.value_or(0));
        if (!size || !detail::json_string_object_problem(json).empty())
            refuse(400, "InvalidArgument",
                "The encryption context is not base64 of a JSON object of strings.");
        return json;
    }

    aes_key master_ = random_key();
    std::map<std::string, aes_key> kms_keys_{};
    std::set<std::string> disabled_{};
    std::string default_kms_key_{};
};

/// The mode headers of a reply. The key's MD5 is echoed from the request, as it is not kept.
inline void add_sse_headers(
    field_table& fields, const sse_at_rest& rest, std::string_view customer_key_md5)
{
    switch (rest.mode) {
    case sse_mode::none: break;
    case sse_mode::cos_managed: fields.add(sse_header, "AES256"); break;
    case sse_mode::kms:
        fields.add(sse_header, "cos/kms");
        fields.add("x-cos-server-side-encryption-cos-kms-key-id", rest.kms_key_id);
        break;
    case sse_mode::customer:
        fields.add(std::string(customer_prefix).append("algorithm"), "AES256");
        fields.add(std::string(customer_prefix).append("key-MD5"), customer_key_md5);
        break;
    }
}

} // namespace cosio::inline v0::testing::emulation

#endif
