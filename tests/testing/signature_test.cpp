// The emulator's own verification, held against the vectors of the official SDKs.

#include "auth/q_sign_vectors.hpp"

#include <cosio/http/percent_encoding.hpp>
#include <cosio/testing/emulation/signature.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace emulation = cosio::testing::emulation;
using emulation::http_request;
using emulation::signed_by;

namespace {

const emulation::account who{
    std::string(q_sign_vectors::secret_id), std::string(q_sign_vectors::secret_key), {}};

http_request request_of(const q_sign_vectors::vector& of)
{
    http_request request;
    request.method = of.method;
    request.target = cosio::http::percent_encoded(of.path, cosio::http::slash::keep);
    for (const auto& [name, value] : of.parameters)
        request.target.append(request.target.find('?') == std::string::npos ? "?" : "&")
            .append(cosio::http::percent_encoded(name))
            .append("=")
            .append(cosio::http::percent_encoded(value));
    emulation::read_target(request);
    for (const auto& [name, value] : of.headers)
        request.fields.add(name, value);
    return request;
}

/// The code of the refusal, or how it is signed.
std::string verify(const http_request& request, long long now = q_sign_vectors::start + 1,
    const emulation::account& account = who)
{
    try {
        switch (emulation::signature_verifier(account).verify(request, now)) {
        case signed_by::header: return "header";
        case signed_by::query: return "query";
        case signed_by::nobody: break;
        }
        return "nobody";
    } catch (const emulation::refusal& why) {
        return why.code;
    }
}

} // namespace

TEST_CASE("signature in the header, in parameters, in one parameter: every vector")
{
    for (const auto& each : q_sign_vectors::vectors()) {
        CAPTURE(each.name);
        auto account = who;
        account.session_token = request_of(each).fields.get("x-cos-security-token");
        const auto judged = [&account](const http_request& request) {
            return verify(request, q_sign_vectors::start + 1, account);
        };
        auto by_header = request_of(each);
        by_header.fields.add("Authorization", q_sign_vectors::authorization(each));
        CHECK(judged(by_header) == "header");

        auto merged = request_of(each);
        merged.parameters.emplace_back("sign", q_sign_vectors::authorization(each));
        CHECK(judged(merged) == "query");

        auto apart = request_of(each);
        std::string_view rest = by_header.fields.get("Authorization");
        while (!rest.empty()) {
            const auto end = std::min(rest.find('&'), rest.size());
            const auto equals = rest.find('=');
            apart.parameters.emplace_back(
                rest.substr(0, equals), rest.substr(equals + 1, end - equals - 1));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        CHECK(judged(apart) == "query");

        auto other_method = by_header;
        other_method.method = "DELETE";
        CHECK(judged(other_method) == "SignatureDoesNotMatch");
        auto other_path = by_header;
        other_path.path.push_back('x');
        CHECK(judged(other_path) == "SignatureDoesNotMatch");
        auto other_host = by_header;
        other_host.fields.erase("Host");
        other_host.fields.add("Host", "other");
        CHECK(judged(other_host) == "SignatureDoesNotMatch");
        auto no_host = by_header;
        no_host.fields.erase("Host");
        CHECK(judged(no_host) == "SignatureDoesNotMatch");
        auto unsigned_extra = by_header; // What is not listed is not verified.
        unsigned_extra.fields.add("X-Other", "1");
        CHECK(judged(unsigned_extra) == "header");
    }
}

TEST_CASE("who, when, with which token")
{
    const auto& first = q_sign_vectors::vectors().front();
    auto request = request_of(first);
    CHECK(verify(request) == "nobody");
    request.fields.add("Authorization", q_sign_vectors::authorization(first));
    CHECK(verify(request, q_sign_vectors::start) == "header");
    CHECK(verify(request, q_sign_vectors::end) == "header");
    CHECK(verify(request, q_sign_vectors::start - 1) == "RequestTimeTooSkewed");
    CHECK(verify(request, q_sign_vectors::end + 1) == "AccessDenied");
    CHECK(verify(request, q_sign_vectors::start, {"other", who.secret_key, {}}) ==
        "InvalidAccessKeyId");
    CHECK(verify(request, q_sign_vectors::start, {who.secret_id, "other", {}}) ==
        "SignatureDoesNotMatch");
    const emulation::account temporary{who.secret_id, who.secret_key, "token"};
    CHECK(verify(request, q_sign_vectors::start, temporary) == "ExpiredToken");
    request.fields.add("x-cos-security-token", "token"); // Need not be listed as signed.
    CHECK(verify(request, q_sign_vectors::start, temporary) == "header");
    CHECK(verify(request) == "AccessDenied");
}

TEST_CASE("queries: a plus is a space, a name may have no value")
{
    http_request request;
    request.target = "/a+b%20c?prefix=a+b%2F&restore&x=%E8%85%BE&empty=";
    emulation::read_target(request);
    CHECK(request.path == "/a+b c");
    CHECK(request.parameter_value("prefix") == "a b/");
    CHECK(request.parameter_value("restore") == "");
    CHECK(request.parameter_value("x") == "腾");
    CHECK(request.parameter_value("EMPTY") == "");
    CHECK_FALSE(request.has_parameter("absent"));
}
