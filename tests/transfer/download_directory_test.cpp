// Many objects into a directory, and nothing outside of it.

#include "transfer/transferring.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace download_directory_test {

using namespace cosio;
using support::bucket;
using support::key_of;
using support::pattern;
using support::transferring;
using support::with;
using testing::fault;

void store(transferring& here, std::string_view key, std::string_view text,
    const sse::on_write& encryption = {})
{
    REQUIRE(here.get(here.cos.put_object(
        {.bucket = bucket, .key = key, .body = text, .sse = encryption})));
}

result<download_directory_result> download(
    transferring& here, std::string_view prefix, const sse::on_read& sse = {})
{
    return here.get(here.cos.download_directory({.bucket = bucket, .prefix = prefix,
        .path = here.files.path.native(), .sse = sse, .options = here.options()}));
}

TEST_CASE("download_directory: what follows the prefix is the path")
{
    transferring here;
    const auto key = key_of(1);
    const auto text = pattern(5000);
    store(here, "photos/one", "1", with(key));
    store(here, "photos/2026/two", text, with(key));
    store(here, "photos/2026/deep/er/three", "3", with(key));
    store(here, "photos/", ""); // The mark of the folder itself.
    store(here, "photos/empty/", "");
    store(here, "photographs", "not one of them");
    const auto done = download(here, "photos/", with(key));
    REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
    CHECK(done->files == 3);
    CHECK(done->bytes == 5002);
    CHECK(here.files.read("one") == "1");
    CHECK((here.files.read("2026/two") == text));
    CHECK(here.files.read("2026/deep/er/three") == "3");
    CHECK(std::filesystem::is_directory(here.files.path / "empty"));
    CHECK(here.files.count() == 3);
    CHECK(download(here, "photos/", with(key))); // Over what is there.
}

TEST_CASE("download_directory: more objects than a page has")
{
    transferring here;
    for (int number = 0; number != 1005; ++number)
        store(here, "p/" + std::to_string(number), std::to_string(number));
    CHECK(download(here, "p/").value().files == 1005);
    CHECK(here.files.count() == 1005);
    CHECK(here.files.read("1004") == "1004");
}

/// A listing as a service might send it that does not mean well.
fault hostile_listing(std::string_view key, bool has_another_page = false)
{
    std::string document = has_another_page
        ? "<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>p/z</NextMarker>"
        : "<ListBucketResult><IsTruncated>false</IsTruncated>";
    for (const auto each : std::set<std::string_view>{"p/first", key})
        document.append("<Contents><Key>").append(each).append(
            "</Key><ETag>\"e\"</ETag><Size>1</Size></Contents>");
    document += "</ListBucketResult>";
    return fault::raw_reply("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
                            "x-cos-request-id: NmQ=\r\n"
                            "Content-Length: " +
        std::to_string(document.size()) + "\r\n\r\n" + document);
}

TEST_CASE("download_directory: a key that would leave it stops everything")
{
    transferring here;
    store(here, "p/first", "1");
    for (const std::string_view hostile : {"p/../outside", "p/a/../../outside", "p/..",
             "p//etc/passwd", "p/a\\..\\b", "p/C:/windows", "p/a//b"}) {
        CAPTURE(hostile);
        here.server.inject(hostile_listing(hostile));
        const auto refused = download(here, "p/");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::unsafe_key);
        CHECK(here.files.count() == 0);
    }
}

TEST_CASE("download_directory: an object that no file can hold is refused, not left out")
{
    for (const auto& [key, prefix] : {std::pair("p/", "p/"), std::pair("p/folder/", "p/"),
             std::pair("p/folder/", "p/folder/"), std::pair("p", "p")}) {
        CAPTURE(key);
        transferring here;
        store(here, key, "bytes");
        const auto refused = download(here, prefix);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::unsafe_key);
        CHECK(refused.error().message.starts_with("'" + std::string(key) + "': "));
        CHECK(here.files.count() == 0);
    }
}

TEST_CASE("download_directory: a link below it is not followed")
{
    transferring here;
    const support::temporary_directory elsewhere;
    std::filesystem::create_directory_symlink(elsewhere.path, here.files.path / "link");
    store(here, "p/link/file", "1");
    const auto refused = download(here, "p/");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().field == "path");
    CHECK(elsewhere.count() == 0);
}

TEST_CASE("download_directory: what is in a file's place and is none stays as it is")
{
    transferring here;
    const support::temporary_directory elsewhere;
    store(here, "p/name", "1");
    const std::string path = here.files / "name";
    const auto status = [&] { return std::filesystem::symlink_status(path); };
    const auto refused = [&](std::filesystem::file_type what) {
        const auto failed = download(here, "p/");
        REQUIRE_FALSE(failed);
        CHECK(failed.error().code == errc::invalid_argument);
        CHECK(failed.error().field == "path");
        CHECK(status().type() == what);
        CHECK(here.files.count() == 1);
        std::filesystem::remove(path);
    };
    elsewhere.write("file", "old");
    std::filesystem::create_symlink(elsewhere.path / "file", path);
    refused(std::filesystem::file_type::symlink);
    CHECK(elsewhere.read("file") == "old");
    std::filesystem::create_symlink(elsewhere.path / "absent", path);
    refused(std::filesystem::file_type::symlink);
    CHECK_FALSE(elsewhere.has("absent"));
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    refused(std::filesystem::file_type::fifo);
    std::filesystem::create_directory(path);
    refused(std::filesystem::file_type::directory);
}

TEST_CASE("download_directory: an object that fails is named, and leaves no partial file")
{
    transferring here;
    for (const char* const name : {"p/1", "p/2", "p/3", "p/4"})
        store(here, name, pattern(5000));
    here.server.inject(fault::flip_reply_bit(5).on_method("GET").on_target("/p/3"));
    const auto failed = download(here, "p/");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::checksum_mismatch);
    CHECK(failed.error().message.find("'p/3'") != std::string::npos);
    CHECK_FALSE(here.files.has("3"));
    for (const auto& entry : std::filesystem::directory_iterator(here.files.path))
        CHECK(entry.path().extension() != ".partial");
}

TEST_CASE("download_directory: an object that fails is why the listing ends")
{
    transferring here;
    store(here, "p/first", "1");
    here.server.inject(fault::delay(std::chrono::seconds(3)).on_target("marker="));
    here.server.inject(hostile_listing("p/absent", true));
    const auto failed = download(here, "p/");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == condition::not_found);
    CHECK(failed.error().message.find("'p/absent'") != std::string::npos);
}

} // namespace download_directory_test
