#include <cosio/auth/credentials.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

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
    CHECK(credentials("id\r\n", "key").check().error().code == errc::invalid_credentials);
    CHECK(credentials("id", "key", "to\nken").check().error().field == "session_token");
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
    for (const char* const name : {"COS_SECRET_ID", "COS_SECRET_KEY", "COS_SESSION_TOKEN"})
        unsetenv(name);
}
