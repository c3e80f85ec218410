// Each call of the operating system on a file, failing in each way that it has: the error names the
// file and the reason, nothing temporary is left but what can be gone on with, and nothing is lost.

#include "transfer/transferring.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace file_errors_test {

using namespace cosio;
using support::bucket;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;

struct failing_call
{
    const char* name;
    std::vector<int> errors;
};

struct outcome
{
    int status = 0;
    std::string message;
};

struct failing : transferring
{
    support::temporary_directory beside{};
    std::string ca = beside.write("ca.pem", server.ca_pem());
    std::string text = pattern(3500);
    customer_key key = key_of(1);

    /// In a process of its own, of which `call` fails, see crash/victim.cpp.
    outcome run(const char* direction, const std::string& path, const std::string& checkpoint,
        const std::string& call)
    {
        const std::string endpoint = server.https_endpoint();
        const auto log = beside / "log";
        const pid_t child = ::fork();
        if (child == 0) {
            ::setenv("COS_SECRET_ID", server.options().secret_id.c_str(), 1);
            ::setenv("COS_SECRET_KEY", server.options().secret_key.c_str(), 1);
            if (std::freopen(log.c_str(), "w", stderr) == nullptr ||
                std::freopen("/dev/null", "w", stdout) == nullptr)
                ::_exit(126);
            ::execl(COSIO_CRASH_VICTIM, "crash_victim", direction, endpoint.c_str(), ca.c_str(),
                "k", path.c_str(), checkpoint.c_str(), call.c_str(), nullptr);
            ::_exit(127);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFEXITED(status));
        return {WEXITSTATUS(status), beside.read("log")};
    }

    [[nodiscard]] std::size_t temporary_files() const
    {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(files.path))
            count += entry.path().filename().native().starts_with(".cosio-") ? 1 : 0;
        return count;
    }
};

/// `done` says whether the transfer has done its work, `lost` whether something has gone.
/// `reset` makes it as if none had been. The first error is tried at each call, all others at the
/// first alone.
template <class Done, class Lost, class Reset>
void every_call_fails(failing& here, const char* direction, const std::string& path,
    const std::vector<failing_call>& calls, const Done& done, const Lost& lost,
    const Reset& reset)
{
    for (const bool resumable : {false, true})
        for (const auto& call : calls)
            for (const int number : call.errors) {
                const auto checkpoint = resumable ? here.files / "checkpoint" : std::string();
                for (int count = 1;; ++count) {
                    REQUIRE(count < 100);
                    reset();
                    const auto which = std::string(call.name) + ":" + std::to_string(count) + ":" +
                        std::to_string(number);
                    CAPTURE(which);
                    CAPTURE(resumable);
                    const auto failed = here.run(direction, path, checkpoint, which);
                    CAPTURE(failed.message);
                    REQUIRE((failed.status == 0 || failed.status == 1));
                    CHECK_FALSE(lost());
                    if (failed.status == 0) {
                        CHECK(done());
                    } else {
                        CHECK(failed.message.find(std::strerror(number)) != std::string::npos);
                        CHECK(failed.message.find(here.files.path.native()) != std::string::npos);
                        // Unless it is said what to go on with.
                        CHECK((here.temporary_files() == 0 || here.files.has("checkpoint")));
                    }
                    const auto again = here.run(direction, path, checkpoint, "0");
                    CAPTURE(again.message);
                    CHECK(again.status == 0);
                    CHECK(done());
                    CHECK(here.temporary_files() == 0);
                    CHECK_FALSE(here.files.has("checkpoint"));
                    if (failed.status == 0 || number != call.errors.front())
                        break;
                }
            }
}

TEST_CASE("file errors: a download")
{
    failing here;
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = "k", .body = here.text, .sse = with(here.key)})));
    const auto path = here.files / "target";
    const std::vector<failing_call> calls{
        {"pwrite", {ENOSPC, EDQUOT, EIO, EFBIG}},
        {"fsync", {ENOSPC, EDQUOT, EIO}},
        {"openat", {ENOSPC, EROFS, EMFILE, ENFILE, EACCES}},
        {"open", {EMFILE, ENFILE, EACCES}},
        {"renameat", {ENOSPC, EIO, EROFS, EACCES}},
        {"pread", {EIO}},
        {"fstat", {EIO}},
    };
    const auto reset = [&] { here.files.write("target", "old"); };
    const auto done = [&] { return here.files.read("target") == here.text; };
    const auto lost = [&] {
        const auto now = here.files.read("target");
        return now != "old" && now != here.text;
    };
    every_call_fails(here, "download", path, calls, done, lost, reset);
}

TEST_CASE("file errors: an upload")
{
    failing here;
    const auto path = here.files.write("source", here.text);
    const std::vector<failing_call> calls{
        {"pread", {EIO, ESTALE}},
        {"open", {EMFILE, ENFILE, EACCES, EIO}},
        {"fstat", {EIO, ESTALE}},
        {"pwrite", {ENOSPC, EDQUOT, EIO}},
        {"fsync", {ENOSPC, EIO}},
        {"openat", {ENOSPC, EROFS, EMFILE}},
        {"renameat", {ENOSPC, EROFS}},
    };
    const auto reset = [&] {
        REQUIRE(here.get(here.cos.delete_object({.bucket = bucket, .key = "k"})));
    };
    const auto done = [&] { return here.content("k", with(here.key)) == here.text; };
    const auto lost = [&] {
        return here.files.read("source") != here.text ||
            (here.server.at_rest(here.server.bucket(), "k") &&
                here.content("k", with(here.key)) != here.text);
    };
    every_call_fails(here, "upload", path, calls, done, lost, reset);
    CHECK(here.unfinished() == 0);
}

TEST_CASE("file errors: a file system without locks serves as well")
{
    failing here;
    here.files.write("source", here.text);
    for (const int number : {ENOLCK, EOPNOTSUPP, EINVAL}) {
        const auto which = "flock:1:" + std::to_string(number);
        CHECK(here.run("upload", here.files / "source", here.files / "checkpoint", which).status == 0);
        CHECK(here.run("download", here.files / "target", here.files / "checkpoint", which).status == 0);
        CHECK((here.files.read("target") == here.text));
    }
}

} // namespace file_errors_test
