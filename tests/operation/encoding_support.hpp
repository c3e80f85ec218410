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

/// A reply with these header lines and this body.
inline cosio::operation::reply reply(
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

/// What `Operation` makes of a reply to `request`: first as any reply is judged, then its own way.
template <template <class> class Operation>
auto decode(const typename Operation<cos>::request_type& request, cosio::operation::reply got)
    -> cosio::result<typename Operation<cos>::result_type>
{
    const auto prepared = encode<Operation>(request).value();
    got.sent_crc64 = cosio::crypto::crc64_of(prepared.body.bytes());
    if (auto refusal = cosio::operation::refusal_of<cos>(got, Operation<cos>::what))
        return std::move(*refusal);
    return cosio::operation::decoded<Operation<cos>>(prepared.expected, std::move(got));
}

} // namespace support

#endif
