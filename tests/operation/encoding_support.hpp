// What the tests of operations share: an endpoint, keys, replies.

#ifndef COSIO_TESTS_OPERATION_ENCODING_SUPPORT_HPP
#define COSIO_TESTS_OPERATION_ENCODING_SUPPORT_HPP

#include <cosio/crypto/crc64.hpp>
#include <cosio/dialect/cos.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/http/response_parser.hpp>
#include <cosio/operation/shared/prepared_request.hpp>
#include <cosio/operation/shared/reply_decoding.hpp>
#include <cosio/operation/shared/service_error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace support {

using cos = cosio::dialect::cos;

inline constexpr std::string_view bucket = "examplebucket-1250000000";

inline cosio::service_endpoint endpoint(bool secure = true)
{
    cosio::service_endpoint made;
    made.scheme = secure ? cosio::scheme::https : cosio::scheme::http;
    made.port = cosio::default_port(made.scheme);
    made.protects_customer_keys = made.protects_tokens = secure;
    made.region = "ap-beijing";
    made.host = cos::service_host("ap-beijing");
    return made;
}

inline const cosio::customer_key& key_one()
{
    static const auto key =
        cosio::customer_key::from_text("00000000000000000000000000000001").value();
    return key;
}

inline const cosio::customer_key& key_two()
{
    static const auto key =
        cosio::customer_key::from_text("00000000000000000000000000000002").value();
    return key;
}

inline cosio::sse::customer with(const cosio::customer_key& key)
{
    return {key, key.md5()};
}

/// What `Operation` makes of a request.
template <template <class> class Operation>
cosio::result<cosio::operation::prepared_request> encode(
    const typename Operation<cos>::request_type& request, bool secure = true)
{
    const auto where = endpoint(secure);
    return Operation<cos>::encode(request, where);
}

/// Checks that a request is refused with this code, field and rule.
template <template <class> class Operation>
void refuses(const typename Operation<cos>::request_type& request, cosio::errc code,
    std::string_view field, std::string_view rule = {}, bool secure = true)
{
    const auto made = encode<Operation>(request, secure);
    CAPTURE(field);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == code);
    CHECK(made.error().field == field);
    CHECK_FALSE(made.error().message.empty());
    CHECK(made.error().message.find(rule) != std::string::npos);
    CHECK(made.error().attempts == 0);
    CHECK_FALSE(made.error().may_have_executed());
}

/// `fields`, and what else the service sends with every reply.
inline std::string with_proof(std::string fields, std::string_view id_name = "x-cos-request-id")
{
    if (fields.find(id_name) == std::string::npos)
        fields.append(id_name).append(": NWU5\r\n");
    if (fields.find("ETag: ") == std::string::npos)
        fields.append("ETag: \"e\"\r\n");
    return fields;
}

/// A reply with these header lines and this body, and nothing else.
inline cosio::operation::reply bare_reply(
    unsigned status, const std::string& fields, std::string body = {})
{
    cosio::operation::reply made;
    cosio::http::response_parser parser;
    const auto head = "HTTP/1.1 " + std::to_string(status) + " Status\r\n" + fields + "\r\n";
    REQUIRE(parser.parse(head, made.head).value() == head.size());
    made.body_size = body.size();
    made.body_crc64 = cosio::crypto::crc64_of(cosio::detail::bytes_of(body));
    made.body = std::move(body);
    return made;
}

/// A reply of the service.
inline cosio::operation::reply reply(
    unsigned status, const std::string& fields, std::string body = {})
{
    return bare_reply(status, with_proof(fields), std::move(body));
}

/// What `Operation` makes of a reply to what was prepared: first as any reply is judged, then its
/// own way.
template <class Operation, class Dialect>
auto judge(const cosio::operation::prepared_request& prepared, cosio::operation::reply got)
    -> cosio::result<typename Operation::result_type>
{
    namespace operation = cosio::operation;
    got.sent_crc64 = cosio::crypto::crc64_of(prepared.body.bytes());
    if (auto missing = operation::missing_proof(got.head, Operation::what.proof,
            Operation::what.name, operation::request_id_in<Dialect>(got.head),
            Dialect::header::request_id))
        return std::move(*missing);
    if (auto refusal = operation::refusal_of<Dialect>(got, Operation::what))
        return std::move(*refusal);
    return operation::decoded<Operation>(prepared.expected, std::move(got));
}

/// What `Operation` makes of a reply to `request`.
template <template <class> class Operation>
auto decode(const typename Operation<cos>::request_type& request, cosio::operation::reply got)
    -> cosio::result<typename Operation<cos>::result_type>
{
    return judge<Operation<cos>, cos>(encode<Operation>(request).value(), std::move(got));
}

} // namespace support

#endif
