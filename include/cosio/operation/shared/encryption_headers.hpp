// SPDX-License-Identifier: MIT
//
// The encryption headers of requests and replies.

#ifndef COSIO_OPERATION_SHARED_ENCRYPTION_HEADERS_HPP
#define COSIO_OPERATION_SHARED_ENCRYPTION_HEADERS_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/secret.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/detail/json.hpp>
#include <cosio/encryption.hpp>
#include <cosio/http/response_head.hpp>
#include <cosio/operation/shared/request_builder.hpp>
#include <cosio/sse.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace cosio::inline v0::operation {

/// The three names under which a customer key travels.
struct customer_key_headers
{
    std::string_view algorithm;
    std::string_view key;
    std::string_view key_md5;
};

/// Sends a customer key, after all that is checked before one may leave.
///
/// Refuses with `errc::sse_requires_tls` and `errc::customer_key_md5_mismatch`.
template <class Dialect>
void encode_customer_key(request_builder<Dialect>& build, const sse::customer& customer,
    const customer_key_headers& names, std::string_view field)
{
    if (!build.endpoint().protects_customer_keys)
        return build.refuse(errc::sse_requires_tls,
            "a customer key is sent over https with a verified certificate only", field);
    const auto& key = customer.key.get();
    if (!crypto::equal_in_constant_time(key.md5().bytes(), customer.md5.bytes()))
        return build.refuse(errc::customer_key_md5_mismatch,
            "must be the MD5 of the key it goes with", std::string(field).append(".md5"));
    build.header(names.algorithm, Dialect::value::customer_algorithm);
    build.base64_header(names.key, key.bytes());
    build.base64_header(names.key_md5, customer.md5.bytes());
}

template <class Dialect>
inline constexpr customer_key_headers object_key_headers{Dialect::header::customer_algorithm,
    Dialect::header::customer_key, Dialect::header::customer_key_md5};

template <class Dialect>
inline constexpr customer_key_headers source_key_headers{
    Dialect::header::source_customer_algorithm, Dialect::header::source_customer_key,
    Dialect::header::source_customer_key_md5};

template <class Dialect>
void encode_kms(request_builder<Dialect>& build, const sse::kms& kms)
{
    build.header(Dialect::header::encryption, Dialect::value::encryption_kms);
    build.optional_header(Dialect::header::kms_key_id, kms.key_id, "sse.key_id");
    if (kms.context.empty())
        return;
    if (const auto problem = detail::json_string_object_problem(kms.context); !problem.empty())
        return build.refuse(errc::invalid_encryption_context,
            "must be a JSON object of string pairs: " + std::string(problem), "sse.context");
    build.base64_header(Dialect::header::kms_context, detail::bytes_of(kms.context));
}

/// What a reply must confirm.
template <class Dialect>
[[nodiscard]] encryption_expectation expected_encryption(const sse::on_write& asked)
{
    encryption_expectation expected(asked);
    expected.compare_kms_keys_by(&Dialect::is_same_kms_key);
    return expected;
}

/// The encryption of an object that is being written.
template <class Dialect>
void encode_encryption(request_builder<Dialect>& build, const sse::on_write& asked)
{
    build.expected().encryption = expected_encryption<Dialect>(asked);
    if (std::holds_alternative<sse::cos_managed>(asked))
        build.header(Dialect::header::encryption, Dialect::value::encryption_cos_managed);
    if (const auto* const kms = std::get_if<sse::kms>(&asked))
        encode_kms(build, *kms);
    if (const auto* const customer = std::get_if<sse::customer>(&asked))
        encode_customer_key(build, *customer, object_key_headers<Dialect>, "sse");
}

/// The key of an object, or of an upload, that exists.
template <class Dialect>
void encode_encryption(request_builder<Dialect>& build, const sse::on_read& asked)
{
    build.expected().encryption = encryption_expectation(asked);
    if (const auto* const customer = std::get_if<sse::customer>(&asked))
        encode_customer_key(build, *customer, object_key_headers<Dialect>, "sse");
}

/// What a reply says.
template <class Dialect>
[[nodiscard]] encryption decode_encryption(const http::response_head& head)
{
    using header = typename Dialect::header;
    using value = typename Dialect::value;
    encryption said;
    if (const auto algorithm = head.find(header::customer_algorithm)) {
        said.mode = *algorithm == value::customer_algorithm ? encryption_mode::customer
                                                            : encryption_mode::unknown;
        said.algorithm = *algorithm;
        said.customer_key_md5 = head.get(header::customer_key_md5);
    } else if (const auto mode = head.find(header::encryption)) {
        said.mode = *mode == value::encryption_cos_managed ? encryption_mode::cos_managed
            : *mode == value::encryption_kms               ? encryption_mode::kms
                                                           : encryption_mode::unknown;
        said.algorithm = *mode;
        said.kms_key_id = head.get(header::kms_key_id);
    }
    return said;
}

} // namespace cosio::inline v0::operation

#endif
