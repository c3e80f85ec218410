#include <cosio/auth/credentials.hpp>
#include <cosio/config.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <utility>

using cosio::credentials;
using cosio::errc;

TEST_CASE("credentials say what is missing")
{
    CHECK(credentials("id", "key").check());
    CHECK(credentials("id", "key", "token+/=").check());
    CHECK(credentials::anonymous().check());
    CHECK(credentials().check().error().code == errc::missing_credentials);
    CHECK(credentials().check().error().field == "secret_id");
    CHECK(credentials("id", "").check().error().field == "secret_key");
    CHECK(credentials("id&q-ak=x", "key").check().error().code == errc::invalid_credentials);
    CHECK(credentials("id@minio:$+1", "key").check());
    for (const char* const wrong : {"i=d", "i,d", "i;d", "i/d"})
        CHECK(credentials(wrong, "key").check().error().field == "secret_id");
    CHECK(credentials("id\r\n", "key").check().error().code == errc::invalid_credentials);
    for (const char* const wrong : {"a b", " a", "a ", "a\n", "a\r\n", "a\tb", "\x01", "ä", "a\x7f"}) {
        CAPTURE(wrong);
        for (const auto& [who, field] : {std::pair(credentials(wrong, "key"), "secret_id"),
                 std::pair(credentials("id", wrong), "secret_key"),
                 std::pair(credentials("id", "key", wrong), "session_token")}) {
            const auto checked = who.check();
            REQUIRE_FALSE(checked);
            CHECK(checked.error().code == errc::invalid_credentials);
            CHECK(checked.error().field == field);
        }
    }
}

TEST_CASE("credentials from the environment")
{
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY", "COS_SESSION_TOKEN"})
        unsetenv(name);
    CHECK(credentials::from_environment().error().field == "COS_SECRET_ID");
    setenv("COS_SECRET_ID", "id", 1);
    CHECK(credentials::from_environment().error().field == "COS_SECRET_KEY");
    setenv("COS_SECRET_KEY", "key", 1);
    CHECK(credentials::from_environment().value() == credentials("id", "key"));
    setenv("COS_SESSION_TOKEN", "token", 1);
    CHECK(credentials::from_environment().value() == credentials("id", "key", "token"));
    setenv("COS_REGION", "ap-guangzhou\n", 1);
    CHECK(cosio::config::from_environment().error().field == "COS_REGION");
    setenv("COS_REGION", "ap-guangzhou", 1);
    CHECK(cosio::config::from_environment());
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY", "COS_SESSION_TOKEN"}) {
        const std::string right = std::getenv(name);
        setenv(name, (right + "\n").c_str(), 1);
        for (const auto& wrong : {cosio::config::from_environment().error(),
                 credentials::from_environment().error()}) {
            CHECK(wrong.code == errc::invalid_credentials);
            CHECK(wrong.field == name);
        }
        setenv(name, right.c_str(), 1);
    }
    unsetenv("COS_REGION");
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY", "COS_SESSION_TOKEN"})
        unsetenv(name);
}
