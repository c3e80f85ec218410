#include <cosio/result.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <string>

using cosio::condition;
using cosio::errc;
using cosio::error;
using cosio::result;
using cosio::service_errc;

TEST_CASE("a result holds a value or an error")
{
    const result<int> good = 7;
    REQUIRE(good);
    CHECK(*good == 7);
    CHECK(good.value() == 7);
    CHECK(good.value_or(8) == 7);

    const result<int> bad = error(errc::invalid_key, "must not be empty", "key");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == errc::invalid_key);
    CHECK(bad.value_or(8) == 8);
    CHECK(result<void>());
    CHECK_FALSE(result<void>(error(errc::cancelled)));
}

TEST_CASE("value() of a failed result throws the whole error")
{
    const result<std::string> bad = [] {
        error problem(service_errc::no_such_key, "The specified key does not exist.");
        problem.http_status = 404;
        problem.service_code = "NoSuchKey";
        problem.request_id = "NWU5MDNkYzk";
        return problem;
    }();
    try {
        static_cast<void>(bad.value());
        FAIL("no exception");
    } catch (const cosio::exception& thrown) {
        CHECK(thrown.code() == service_errc::no_such_key);
        CHECK(thrown.details().request_id == "NWU5MDNkYzk");
        const std::string text = thrown.what();
        CHECK(text.find("The specified key does not exist. [NoSuchKey, HTTP 404, request id "
                        "NWU5MDNkYzk]") != std::string::npos);
    }
    CHECK_THROWS_AS(result<void>(error(errc::cancelled)).value(), cosio::exception);
}

TEST_CASE("a result moves what cannot be copied")
{
    result<std::unique_ptr<int>> made = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = std::move(made).value();
    CHECK(*taken == 3);
}

TEST_CASE("errors describe themselves in one line")
{
    CHECK(error(errc::invalid_key, "must not be empty", "key").describe() ==
        "key: must not be empty [the object key is not valid]");
    CHECK(error(errc::cancelled).describe() == "cancelled [cancelled]");
    error about(errc::invalid_key, "must not be empty");
    about.explain("the source");
    CHECK(about.message == "the source: must not be empty");
    error silent(errc::cancelled);
    silent.explain("the source");
    CHECK(silent.message == "the source: cancelled");
}

TEST_CASE("codes belong to conditions")
{
    const auto is = [](auto code, condition group) { return make_error_code(code) == group; };
    CHECK(is(service_errc::no_such_key, condition::not_found));
    CHECK(is(service_errc::not_found, condition::not_found));
    CHECK(is(service_errc::slow_down, condition::throttled));
    CHECK(is(service_errc::slow_down, condition::server_error));
    CHECK(is(service_errc::ssec_decrypt_header_invalid, condition::encryption));
    CHECK(is(errc::encryption_not_applied, condition::encryption));
    CHECK(is(errc::encryption_not_applied, condition::integrity));
    CHECK(is(errc::sse_requires_tls, condition::invalid_request));
    CHECK(is(errc::connection_closed, condition::connection));
    CHECK_FALSE(is(errc::connection_closed, condition::invalid_request));
    CHECK_FALSE(is(service_errc::no_such_key, condition::access_denied));
    CHECK(std::error_code(ECONNRESET, std::system_category()) == condition::connection);
    CHECK(std::error_code(ECONNRESET, std::system_category()) == condition::transient);
    CHECK_FALSE(std::make_error_code(std::errc::no_space_on_device) == condition::connection);
    CHECK_FALSE(std::make_error_code(std::errc::no_space_on_device) == condition::transient);
    CHECK(is(errc::file_changed, condition::conflict));
    CHECK(is(errc::object_changed, condition::precondition_failed));
    CHECK(is(errc::checkpoint_mismatch, condition::invalid_request));
    CHECK_FALSE(std::error_code() == condition::connection);
}

TEST_CASE("every documented code is found by its text")
{
    using cosio::service_errc_from_code;
    CHECK(service_errc_from_code("NoSuchKey") == service_errc::no_such_key);
    CHECK(service_errc_from_code("Request has expired") == service_errc::request_has_expired);
    CHECK(service_errc_from_code("SsecDecryptHeaderInvalid") ==
        service_errc::ssec_decrypt_header_invalid);
    CHECK(service_errc_from_code("nosuchkey") == service_errc::unknown);
    CHECK(service_errc_from_code("") == service_errc::unknown);
    for (const auto& entry : cosio::detail::service_code_names) {
        CHECK(service_errc_from_code(entry.name) == entry.code);
        CHECK(make_error_code(entry.code).message() == entry.name);
    }
}

TEST_CASE("may_have_executed needs bytes sent and no refusal")
{
    error problem(errc::connection_closed);
    CHECK_FALSE(problem.may_have_executed());
    problem.request_was_sent = true;
    CHECK(problem.may_have_executed());
    problem.http_status = 403;
    CHECK_FALSE(problem.may_have_executed());
    problem.http_status = 500;
    CHECK(problem.may_have_executed());
}
