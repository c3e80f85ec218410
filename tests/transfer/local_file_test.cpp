#include "support/temporary_directory.hpp"
#include "support/without_privileges.hpp"

#include <cosio/transfer/checkpoint_file.hpp>
#include <cosio/transfer/partial_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
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
    partial_file file(here / "target", std::nullopt);
    REQUIRE(file.check_target());
    REQUIRE(file.create());
    CHECK(permissions_of(file.temporary_name()) == perms(0644));
    // What takes the name meanwhile counts for a run that goes on.
    std::filesystem::permissions(here.write("target", "private"), perms(0600));
    partial_file next(here / "target", std::nullopt);
    REQUIRE(next.check_target());
    REQUIRE(next.reopen(file.temporary_name(), file.inode()));
    CHECK(permissions_of(file.temporary_name()) == perms(0600));
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
    partial_file first(here / "target", {});
    REQUIRE(first.check_target());
    REQUIRE(first.create());
    partial_file second(here / "target", {});
    REQUIRE(second.check_target());
    CHECK_FALSE(second.reopen(first.temporary_name(), first.inode() + 1));
    CHECK_FALSE(second.reopen("../" + first.temporary_name(), first.inode()));
    CHECK_FALSE(second.reopen(".cosio-0.partial", first.inode()));
    CHECK(second.reopen(first.temporary_name(), first.inode()));
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

TEST_CASE("checkpoint_file: is replaced as a whole, and absent is no error")
{
    const temporary_directory here;
    const auto path = here / "checkpoint";
    CHECK_FALSE(transfer::load_checkpoint(path).value());
    transfer::checkpoint content;
    content.part_size = 5;
    content.key = "k";
    REQUIRE(transfer::save_checkpoint(path, content));
    CHECK(transfer::load_checkpoint(path).value().value() == content);
    content.key = "another";
    here.write("checkpoint.new", "the user's");
    REQUIRE(transfer::save_checkpoint(path, content));
    CHECK(transfer::load_checkpoint(path).value()->key == "another");
    CHECK(here.read("checkpoint.new") == "the user's");
    CHECK(here.count() == 2);
    transfer::remove_checkpoint(path);
    CHECK(here.count() == 1);
    transfer::remove_checkpoint(path);
}

TEST_CASE("checkpoint_file: what is no checkpoint is neither replaced nor removed")
{
    const temporary_directory here;
    transfer::checkpoint content;
    content.part_size = 5;
    for (const auto* const text : {"", "not one", "cosio-checkpoint", "cosio-checkpoints"}) {
        const auto path = here.write("file", text);
        CHECK(transfer::load_checkpoint(path).error().code == errc::invalid_checkpoint);
        CHECK(transfer::save_checkpoint(path, content).error().code == errc::invalid_checkpoint);
        transfer::remove_checkpoint(path);
        CHECK(here.read("file") == text);
        CHECK(here.count() == 1);
    }
    std::filesystem::create_directory(here.path / "directory");
    CHECK_FALSE(transfer::save_checkpoint(here / "directory", content));
    transfer::remove_checkpoint(here / "directory");
    CHECK(here.count() == 2);
}

TEST_CASE("checkpoint_file: a link is followed, and the longest name has a temporary one too")
{
    const temporary_directory here;
    transfer::checkpoint content;
    content.part_size = 5;
    std::filesystem::create_symlink("file", here.path / "link");
    REQUIRE(transfer::save_checkpoint(here / "link", content));
    CHECK(std::filesystem::is_symlink(here.path / "link"));
    CHECK(transfer::load_checkpoint(here / "file").value().value() == content);
    transfer::remove_checkpoint(here / "link");
    CHECK(std::filesystem::is_symlink(here.path / "link"));
    CHECK_FALSE(here.has("file"));
    const std::string longest(255, 'n');
    REQUIRE(transfer::save_checkpoint(here / longest, content));
    CHECK(here.has(longest));
}
