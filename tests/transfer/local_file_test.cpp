#include "support/temporary_directory.hpp"
#include "support/without_privileges.hpp"

#include <cosio/transfer/partial_file.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

using namespace cosio;
using support::temporary_directory;
using transfer::local_directory;
using transfer::local_file;
using transfer::partial_file;

TEST_CASE("local_file: reads at positions, and says where the file ends")
{
    const temporary_directory here;
    const auto file = local_file::open_for_reading(here.write("f", "0123456789")).value();
    std::string text(4, ' ');
    CHECK(file.read_at(3, std::as_writable_bytes(std::span(text))).value() == 4);
    CHECK(text == "3456");
    CHECK(file.read_at(8, std::as_writable_bytes(std::span(text))).value() == 2);
    CHECK(file.read_at(10, std::as_writable_bytes(std::span(text))).value() == 0);
    CHECK(file.identity().value().size == 10);
}

TEST_CASE("local_file: what is no regular file is refused, and nothing hangs on a pipe")
{
    const temporary_directory here;
    CHECK(local_file::open_for_reading(here / "absent").error().code ==
        std::errc::no_such_file_or_directory);
    CHECK(local_file::open_for_reading(here.path).error().code == errc::invalid_argument);
    const auto pipe = here / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(local_file::open_for_reading(pipe).error().code == errc::invalid_argument);
}

TEST_CASE("local_file: a full disk is named")
{
    const auto devices = local_directory::open("/dev").value();
    const auto full = devices.reopen("full").value();
    const auto written = full.write_at(0, std::as_bytes(std::span("x")));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == std::errc::no_space_on_device);
    CHECK(written.error().message.find("/dev/full") != std::string::npos);
    CHECK_FALSE(written.error().code == condition::connection);
    CHECK_FALSE(written.error().code == condition::transient);
}

TEST_CASE("local_directory: follows no link on its way down")
{
    const temporary_directory here;
    const temporary_directory elsewhere;
    const auto root = local_directory::open(here.path).value();
    REQUIRE(root.enter("new"));
    CHECK(root.enter("new"));
    std::filesystem::create_directory_symlink(elsewhere.path, here.path / "link");
    CHECK_FALSE(root.enter("link"));
    here.write("file", "");
    CHECK_FALSE(root.enter("file"));
    elsewhere.write("target", "old");
    std::filesystem::create_symlink(elsewhere.path / "target", here.path / "file-link");
    CHECK_FALSE(root.reopen("file-link"));
    CHECK_FALSE(root.create("file-link"));
}

TEST_CASE("partial_file: the target is as it was until the commit")
{
    const temporary_directory here;
    const auto path = here.write("target", "old");
    partial_file file(path, {});
    REQUIRE(file.check_target());
    REQUIRE(file.create());
    REQUIRE(file.write_at(3, std::as_bytes(std::span("new", 3))));
    REQUIRE(file.write_at(0, std::as_bytes(std::span("the", 3))));
    CHECK(here.read("target") == "old");
    CHECK(here.count() == 2);
    REQUIRE(file.sync());
    REQUIRE(file.commit());
    CHECK(here.read("target") == "thenew");
    file.discard(); // Nothing to discard any more.
    CHECK(here.count() == 1);
}

TEST_CASE("partial_file: who may not read what is replaced may not read what replaces it, at any time")
{
    using std::filesystem::perms;
    const temporary_directory here;
    const auto permissions_of = [&](const std::string& name) {
        return std::filesystem::status(here.path / name).permissions();
    };
    const auto umask_before = ::umask(022);
    for (const auto before : {perms(0600), perms(0640), perms(0400), perms(0666), perms(0755)}) {
        const auto path = here.write("target", "old");
        std::filesystem::permissions(path, before);
        partial_file file(path, std::nullopt);
        REQUIRE(file.check_target());
        REQUIRE(file.create());
        CHECK((permissions_of(file.temporary_name()) & ~(before | perms(0600))) == perms::none);
        REQUIRE(file.write_at(0, std::as_bytes(std::span("new", 3))));
        REQUIRE(file.sync());
        REQUIRE(file.commit());
        CHECK(here.read("target") == "new");
        CHECK(permissions_of("target") == before);
        std::filesystem::remove(path);
    }
    std::string name;
    std::uint64_t inode = 0;
    {
        partial_file file(here / "target", std::nullopt);
        REQUIRE(file.check_target());
        REQUIRE(file.create());
        name = file.temporary_name();
        inode = file.inode();
    }
    CHECK(permissions_of(name) == perms(0644));
    // What takes the name meanwhile counts for a run that goes on.
    std::filesystem::permissions(here.write("target", "private"), perms(0600));
    partial_file next(here / "target", std::nullopt);
    REQUIRE(next.check_target());
    REQUIRE(next.reopen(name, inode));
    CHECK(permissions_of(name) == perms(0600));
    std::filesystem::remove(here.path / "target");
    REQUIRE(next.commit());
    ::umask(umask_before);
}

TEST_CASE("local_file: a group that a file cannot be given may not do more than everybody")
{
    const temporary_directory here;
    std::filesystem::permissions(here.path, std::filesystem::perms::all);
    const support::without_privileges nobody;
    const auto file = local_directory::open(here.path).value().create("f").value();
    struct stat status{};
    const auto permissions = [&] {
        REQUIRE(::stat((here / "f").c_str(), &status) == 0);
        return status.st_mode & 0777;
    };
    REQUIRE(permissions() != 0);
    REQUIRE(file.set_access({0660, status.st_gid + 12'345}));
    CHECK(permissions() == 0600);
    REQUIRE(file.set_access({0664, status.st_gid + 12'345}));
    CHECK(permissions() == 0644);
    REQUIRE(file.set_access({0664, status.st_gid}));
    CHECK(permissions() == 0664);
}

TEST_CASE("partial_file: discarded, nothing is left")
{
    const temporary_directory here;
    partial_file file(here / "target", {});
    REQUIRE(file.check_target());
    REQUIRE(file.create());
    file.discard();
    CHECK(here.count() == 0);
}

TEST_CASE("partial_file: goes on with its own temporary file and no other")
{
    const temporary_directory here;
    std::string name;
    std::uint64_t inode = 0;
    {
        partial_file first(here / "target", {});
        REQUIRE(first.check_target());
        REQUIRE(first.create());
        name = first.temporary_name();
        inode = first.inode();
        partial_file second(here / "target", {});
        REQUIRE(second.check_target());
        const auto held = second.reopen(name, inode);
        REQUIRE_FALSE(held);
        CHECK(held.error().code == errc::checkpoint_mismatch);
        CHECK(held.error().message.find("another run") != std::string::npos);
    }
    partial_file second(here / "target", {});
    REQUIRE(second.check_target());
    CHECK_FALSE(second.reopen(name, inode + 1));
    CHECK_FALSE(second.reopen("../" + name, inode));
    CHECK_FALSE(second.reopen(".cosio-0.partial", inode));
    CHECK(second.reopen(name, inode));
}

TEST_CASE("partial_file: what takes the target's or the temporary file's name meanwhile is not lost")
{
    const temporary_directory here;
    partial_file file(here / "target", {});
    REQUIRE(file.check_target());
    REQUIRE(file.create());
    std::filesystem::create_symlink("elsewhere", here.path / "target");
    const auto over_link = file.commit();
    REQUIRE_FALSE(over_link);
    CHECK(over_link.error().code == errc::invalid_argument);
    CHECK(std::filesystem::is_symlink(here.path / "target"));
    CHECK(file.was_created());
    std::filesystem::remove(here.path / "target");
    std::filesystem::remove(here.path / file.temporary_name());
    here.write(file.temporary_name(), "another's");
    CHECK_FALSE(file.commit());
    CHECK_FALSE(here.has("target"));
    file.discard();
    CHECK(here.read(file.temporary_name()) == "another's");
}

TEST_CASE("partial_file: what cannot become a file is found out before anything is received")
{
    const temporary_directory here;
    for (const auto& path : {here / "absent/target", here.path.native(), here / "", here / ".",
             here / "..", std::string()}) {
        CAPTURE(path);
        CHECK_FALSE(partial_file(path, {}).check_target());
    }
}

