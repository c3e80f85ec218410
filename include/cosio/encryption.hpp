// SPDX-License-Identifier: MIT
//
// What a reply says about encryption, and whether that is what was asked for.

#ifndef COSIO_ENCRYPTION_HPP
#define COSIO_ENCRYPTION_HPP

#include <cosio/customer_key.hpp>
#include <cosio/result.hpp>
#include <cosio/sse.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cosio::inline v0 {

enum class encryption_mode {
    none,        ///< No header of encryption.
    cos_managed, ///< SSE-COS.
    kms,         ///< SSE-KMS.
    customer,    ///< SSE-C.
    unknown,     ///< A mode this version does not know; `encryption::algorithm` has its text.
};

[[nodiscard]] constexpr std::string_view name_of(encryption_mode mode) noexcept
{
    switch (mode) {
    case encryption_mode::none: return "none";
    case encryption_mode::cos_managed: return "SSE-COS";
    case encryption_mode::kms: return "SSE-KMS";
    case encryption_mode::customer: return "SSE-C";
    case encryption_mode::unknown: break;
    }
    return "unknown";
}

/// The encryption of an object as a reply states it. Holds no secret.
struct encryption
{
    encryption_mode mode = encryption_mode::none;
    /// As sent: `AES256`, `cos/kms`, on S3 `aws:kms`.
    std::string algorithm{};
    /// SSE-KMS: the master key in use, also when the account's default one was taken.
    std::string kms_key_id{};
    /// SSE-C: the MD5 of the key, as base64.
    std::string customer_key_md5{};

    /// Such as `SSE-C AES256 (key MD5 5inxltxhJQnqmmHfVSQjoA==)`.
    [[nodiscard]] std::string describe() const
    {
        std::string text(name_of(mode));
        if (!algorithm.empty())
            text.append(" ").append(algorithm);
        if (!kms_key_id.empty())
            text.append(" (key id ").append(kms_key_id).append(")");
        if (!customer_key_md5.empty())
            text.append(" (key MD5 ").append(customer_key_md5).append(")");
        return text;
    }
};

/// What a reply must say about encryption. Made from a request, kept while it is on its way.
class encryption_expectation
{
public:
    /// Anything will do.
    encryption_expectation() = default;

    explicit encryption_expectation(const sse::on_write& asked)
    {
        if (std::holds_alternative<sse::cos_managed>(asked))
            mode_ = encryption_mode::cos_managed;
        if (const auto* const kms = std::get_if<sse::kms>(&asked)) {
            mode_ = encryption_mode::kms;
            kms_key_id_ = kms->key_id;
        }
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            expect(*customer);
    }

    explicit encryption_expectation(const sse::on_read& asked)
    {
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            expect(*customer);
    }

    /// Whether a reply that names the KMS key `said` confirms the key `asked` for.
    using key_comparison = bool (*)(std::string_view asked, std::string_view said);

    /// Names of KMS keys are compared so; by default they must be equal.
    void compare_kms_keys_by(key_comparison is_same) noexcept { is_same_kms_key_ = is_same; }

    /// Lets a reply that says nothing pass; what it does say must still be right.
    void allow_silence() noexcept { silence_allowed_ = true; }

    /// Errors: `errc::encryption_not_applied`, which names what was asked for and what was said.
    [[nodiscard]] result<void> check(const encryption& said) const
    {
        if (mode_ == encryption_mode::none ||
            (silence_allowed_ && said.mode == encryption_mode::none))
            return {};
        const bool right = said.mode == mode_ &&
            (kms_key_id_.empty() || is_same_kms_key_(kms_key_id_, said.kms_key_id)) &&
            (mode_ != encryption_mode::customer || said.customer_key_md5 == customer_key_md5_);
        if (right)
            return {};
        return error(errc::encryption_not_applied,
            "asked for " + asked().describe() + ", the reply says " + said.describe());
    }

private:
    void expect(const sse::customer& customer)
    {
        mode_ = encryption_mode::customer;
        customer_key_md5_ = customer.md5.base64();
    }

    [[nodiscard]] encryption asked() const
    {
        encryption out;
        out.mode = mode_;
        out.kms_key_id = kms_key_id_;
        out.customer_key_md5 = customer_key_md5_;
        return out;
    }

    encryption_mode mode_ = encryption_mode::none;
    bool silence_allowed_ = false;
    key_comparison is_same_kms_key_ = [](std::string_view asked, std::string_view said) {
        return asked == said;
    };
    std::string kms_key_id_{};
    std::string customer_key_md5_{};
};

} // namespace cosio::inline v0

#endif
