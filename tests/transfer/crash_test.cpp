// A transfer that is killed at any system call that leaves a trace: another run makes it whole.

#include "transfer/transferring.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace crash_test {

using namespace cosio;
using support::bucket;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;

struct crashing : transferring
{
    std::string checkpoint = files / "checkpoint";
    std::string ca = files.write("ca.pem", server.ca_pem());

    /// Its exit status; -1: it died at its `call`th system call, which it had got to.
    int status_of(const char* direction, const std::string& path, int call)
    {
        const std::string endpoint = server.https_endpoint();
        const std::string number = std::to_string(call);
        const pid_t child = ::fork();
        if (child == 0) {
            ::setenv("COS_SECRET_ID", server.options().secret_id.c_str(), 1);
            ::setenv("COS_SECRET_KEY", server.options().secret_key.c_str(), 1);
            ::execl(COSIO_CRASH_VICTIM, "crash_victim", direction, endpoint.c_str(), ca.c_str(),
                "k", path.c_str(), checkpoint.c_str(), number.c_str(), nullptr);
            ::_exit(127);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE((WIFEXITED(status) || WTERMSIG(status) == SIGKILL));
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    /// Whether the victim came to its end.
    bool run(const char* direction, const std::string& path, int call)
    {
        const int status = status_of(direction, path, call);
        REQUIRE((status == 0 || status == -1));
        return status == 0;
    }
};

TEST_CASE("crash: an upload that was killed anywhere is made whole by another run")
{
    crashing here;
    const auto key = key_of(1);
    const auto text = pattern(3500);
    const auto path = here.files.write("source", text);
    int call = 1;
    for (bool ended = false; !ended; ++call) {
        CAPTURE(call);
        ended = here.run("upload", path, call);
        if (here.server.at_rest(here.server.bucket(), "k"))
            CHECK((here.content("k", with(key)) == text)); // Whole or absent.
        REQUIRE((ended || here.run("upload", path, 0)));
        REQUIRE((here.content("k", with(key)) == text));
        CHECK(here.files.count() == 2); // And the certificate.
        // One that was begun, but of which nothing was written down yet, is all that may be left.
        const auto left =
            here.get(here.cos.list_multipart_uploads({.bucket = bucket})).value().uploads;
        CHECK(left.size() <= 1);
        for (const auto& one : left) {
            CHECK(here.get(here.cos.list_parts({.bucket = bucket, .key = "k",
                .upload_id = one.upload_id})).value().parts.empty());
            REQUIRE(here.get(here.cos.abort_multipart_upload(
                {.bucket = bucket, .key = "k", .upload_id = one.upload_id})));
        }
        REQUIRE(here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
    }
    CHECK(call > 20);
}

TEST_CASE("crash: a download that was killed anywhere is made whole by another run")
{
    crashing here;
    const auto key = key_of(1);
    const auto text = pattern(3500);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = text, .sse = with(key)})));
    const auto path = here.files / "target";
    int call = 1;
    for (bool ended = false; !ended; ++call) {
        CAPTURE(call);
        here.files.write("target", "old");
        ended = here.run("download", path, call);
        const auto seen = here.files.read("target");
        CHECK((seen == "old" || seen == text)); // Whole or untouched.
        REQUIRE((ended || here.run("download", path, 0)));
        REQUIRE((here.files.read("target") == text));
        CHECK(here.files.count() == 2); // And the certificate: nothing temporary, no checkpoint.
    }
    CHECK(call > 20);
}

TEST_CASE("crash: what could not be flushed is not taken for being on the disk later")
{
    crashing here;
    const auto key = key_of(1);
    const auto text = pattern(3500);
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = text, .sse = with(key)})));
    const auto path = here.files.write("target", "old");
    int failures = 0;
    // The system forgets what it could not write: the next flush of the same file succeeds.
    while (here.status_of("download", path, -(failures + 1)) == 1) {
        ++failures;
        CHECK(here.files.read("target") == "old");
        CHECK_FALSE(here.files.has("checkpoint"));
        CHECK(here.files.count() == 2); // And the certificate: no temporary file.
    }
    CHECK(failures >= 2); // After the first part, and at the end.
    CHECK((here.files.read("target") == text));
}

} // namespace crash_test
