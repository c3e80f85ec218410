// URL encoding and SigV4 beside botocore and urllib, CRC64, base64 and the JSON of KMS contexts
// beside Python's: see make_corpus.py.

#include "differential/text_source.hpp"

#include <cosio/auth/sig_v4_signer.hpp>
#include <cosio/crypto/base64.hpp>
#include <cosio/crypto/crc64.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/detail/json.hpp>
#include <cosio/http/field_list.hpp>
#include <cosio/http/method.hpp>
#include <cosio/http/percent_encoding.hpp>
#include <cosio/http/target.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace crypto = cosio::crypto;
namespace http = cosio::http;
using cosio::detail::bytes_of;
using differential::printable;

/// One line of the corpus. Nothing stands for a text that the package refuses.
using test_case = std::vector<std::optional<std::string>>;

std::optional<std::string> decoded_field(const std::string& field)
{
    if (field == "!")
        return std::nullopt;
    std::string out;
    for (std::size_t i = 0; field != "-" && i < field.size(); i += 2)
        out.push_back(static_cast<char>(
            cosio::detail::parse_number<unsigned char>(field.substr(i, 2), 16).value()));
    return out;
}

std::vector<test_case> cases_of(std::string_view kind)
{
    std::ifstream file(COSIO_CORPUS);
    std::vector<test_case> out;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (word != kind)
            continue;
        auto& fields = out.emplace_back();
        while (words >> word)
            fields.push_back(decoded_field(word));
    }
    REQUIRE(out.size() == 2000);
    return out;
}

/// Whether every `%` begins an escape. Python lets others stand, we refuse the text.
bool all_escapes_are_whole(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    for (std::size_t i = 0; i != text.size(); ++i)
        if (text[i] == '%' &&
            (i + 2 >= text.size() || digits.find(text[i + 1]) == std::string_view::npos ||
                digits.find(text[i + 2]) == std::string_view::npos))
            return false;
    return true;
}

void check_decoding(std::string_view kind, http::plus plus)
{
    std::size_t refused = 0;
    for (const auto& fields : cases_of(kind)) {
        const auto& text = *fields.at(0);
        const auto decoded = http::percent_decoded(text, plus);
        CAPTURE(printable(text));
        CHECK(decoded == (all_escapes_are_whole(text) ? fields.at(1) : std::nullopt));
        refused += decoded ? 0 : 1;
    }
    CHECK(refused > 100);
    CHECK(refused < 1900);
}

/// Why we refuse base64 that Python decodes, even in its strict mode; empty when there is no
/// reason.
std::string_view strictness(std::string_view text)
{
    if (text.size() % 4 != 0)
        return "padding behind whole groups";
    const auto end = text.find_last_not_of('=');
    if (end == std::string_view::npos || end + 1 == text.size())
        return {};
    const unsigned last = crypto::base64_values[static_cast<unsigned char>(text[end])];
    return last % (text.ends_with("==") ? 16 : 4) != 0 ? "bits set behind the last byte" : "";
}

/// What is to be signed, as make_corpus.py has it behind the expectation and one more field.
struct signed_request
{
    explicit signed_request(const test_case& fields)
        : who(*fields.at(2), *fields.at(3), *fields.at(4)), region(*fields.at(5)),
          now(std::chrono::seconds(number(*fields.at(6)))), method(method_of(*fields.at(7))),
          target(*fields.at(8))
    {
        const auto parameters_end = 10 + 2 * number(*fields.at(9));
        for (std::size_t i = 10; i != parameters_end; i += 2)
            target.add_parameter(*fields.at(i), *fields.at(i + 1));
        for (std::size_t i = parameters_end; i != fields.size(); i += 2)
            headers.add(*fields.at(i), *fields.at(i + 1));
    }

    static std::size_t number(std::string_view text)
    {
        return cosio::detail::parse_number<std::size_t>(text).value();
    }

    static http::method method_of(std::string_view name)
    {
        constexpr std::array all{http::method::get, http::method::head, http::method::put,
            http::method::post, http::method::delete_};
        const auto* const found = std::ranges::find(all, name, &http::name_of);
        REQUIRE(found != all.end());
        return *found;
    }

    cosio::credentials who;
    std::string region;
    std::chrono::sys_seconds now;
    http::method method;
    http::target target;
    http::field_list headers{};
};

} // namespace

TEST_CASE("SigV4 as in botocore: headers")
{
    for (const auto& fields : cases_of("sigv4")) {
        signed_request request(fields);
        request.headers.add("x-amz-content-sha256", *fields.at(1));
        cosio::auth::sig_v4_signer signer(request.region);
        http::field_list added;
        REQUIRE(signer.sign(
            request.method, request.target, request.headers, added, request.who, request.now));
        CHECK(added.find("Authorization") == *fields.at(0));
    }
}

TEST_CASE("SigV4 as in botocore: URLs")
{
    for (const auto& fields : cases_of("sigv4-url")) {
        signed_request request(fields);
        const cosio::auth::sig_v4_signer signer(request.region);
        REQUIRE(signer.presign(request.method, request.target, request.headers, request.who,
            request.now, std::chrono::seconds(signed_request::number(*fields.at(1)))));
        CHECK(request.target.text().ends_with("&X-Amz-Signature=" + *fields.at(0)));
    }
}

TEST_CASE("URL encoding as in botocore: keys in paths, names and values in queries")
{
    for (const auto& fields : cases_of("path"))
        CHECK(http::percent_encoded(*fields.at(0), http::slash::keep) == *fields.at(1));
    for (const auto& fields : cases_of("value"))
        CHECK(http::percent_encoded(*fields.at(0)) == *fields.at(1));
    for (const auto& fields : cases_of("query")) {
        http::target target("/");
        for (std::size_t i = 1; i != fields.size(); i += 2)
            target.add_parameter(*fields[i], *fields[i + 1]);
        CHECK(target.text() == (fields.size() == 1 ? "/" : "/?" + *fields.at(0)));
    }
}

TEST_CASE("URL decoding as in urllib, but for escapes that are none")
{
    check_decoding("unquote", http::plus::plain);
    check_decoding("unquote_plus", http::plus::space);
}

TEST_CASE("CRC64 as in crcmod")
{
    for (const auto& fields : cases_of("crc64"))
        CHECK(std::to_string(crypto::crc64_of(bytes_of(*fields.at(0)))) == *fields.at(1));
}

TEST_CASE("base64 as in Python's strict mode, which is less strict")
{
    for (const auto& fields : cases_of("base64"))
        CHECK(crypto::base64(bytes_of(*fields.at(0))) == *fields.at(1));
    std::map<std::string_view, std::size_t> counts;
    for (const auto& fields : cases_of("unbase64")) {
        const auto& text = *fields.at(0);
        std::string decoded(text.size(), '\0');
        const auto size =
            crypto::decode_base64(text, std::as_writable_bytes(std::span(decoded)));
        decoded.resize(size.value_or(0));
        const auto reason = fields.at(1) ? strictness(text) : std::string_view{};
        ++counts[size ? "decoded" : fields.at(1) ? reason : "refused"];
        CAPTURE(printable(text));
        CHECK(size.has_value() == (fields.at(1).has_value() && reason.empty()));
        if (size)
            CHECK(decoded == fields.at(1));
    }
    for (const auto* const met : {"decoded", "refused", "padding behind whole groups",
             "bits set behind the last byte"})
        CHECK_MESSAGE(counts[met] > 5, met, ": ", counts[met]);
}

TEST_CASE("KMS contexts: JSON objects of strings as in Python")
{
    std::size_t accepted = 0;
    for (const auto& fields : cases_of("context")) {
        const auto problem = cosio::detail::json_string_object_problem(*fields.at(0));
        CAPTURE(printable(*fields.at(0)));
        CAPTURE(problem);
        CHECK(problem.empty() == (fields.at(1) == "yes"));
        accepted += problem.empty() ? 1 : 0;
    }
    CHECK(accepted > 200);
    CHECK(accepted < 1800);
}
