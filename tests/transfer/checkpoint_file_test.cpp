#include "support/temporary_directory.hpp"

#include <cosio/transfer/checkpoint_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace {

using namespace cosio;
using support::temporary_directory;
using transfer::checkpoint_file;

transfer::checkpoint sample(const char* key = "k")
{
    transfer::checkpoint out;
    out.part_size = 5;
    out.key = key;
    return out;
}

TEST_CASE("checkpoint_file: is replaced as a whole, and absent is no error")
{
    const temporary_directory here;
    const auto path = here / "checkpoint";
    here.write("checkpoint.new", "the user's");
    {
        checkpoint_file file(path);
        CHECK_FALSE(file.load().value());
        CHECK_FALSE(file.is_held());
        REQUIRE(file.save(sample()));
        CHECK(file.is_held());
        REQUIRE(file.save(sample("another")));
    }
    CHECK(here.count() == 2);
    CHECK(here.read("checkpoint.new") == "the user's");
    checkpoint_file next(path);
    CHECK(next.load().value().value() == sample("another"));
    REQUIRE(next.save(sample("third")));
    next.remove();
    CHECK_FALSE(here.has("checkpoint"));
    CHECK(here.count() == 1);
    next.remove();
}

TEST_CASE("checkpoint_file: what is no checkpoint is neither replaced nor removed")
{
    const temporary_directory here;
    for (const auto* const text : {"", "not one", "cosio-checkpoint", "cosio-checkpoints"}) {
        const auto path = here.write("file", text);
        checkpoint_file file(path);
        CHECK(file.load().error().code == errc::invalid_checkpoint);
        CHECK(file.save(sample()).error().code == errc::checkpoint_mismatch);
        file.remove();
        CHECK(here.read("file") == text);
        CHECK(here.count() == 1);
    }
    std::filesystem::create_directory(here.path / "directory");
    checkpoint_file directory(here / "directory");
    CHECK_FALSE(directory.load());
    CHECK_FALSE(directory.save(sample()));
    directory.remove();
    CHECK(here.count() == 2);
}

TEST_CASE("checkpoint_file: one run at a time, and none over what another has written")
{
    const temporary_directory here;
    const auto path = here / "checkpoint";
    checkpoint_file first(path);
    REQUIRE(first.save(sample("first")));
    {
        checkpoint_file second(path);
        const auto loaded = second.load();
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error().code == errc::checkpoint_mismatch);
        CHECK(loaded.error().message.find("another run is at work") != std::string::npos);
        CHECK(second.save(sample("second")).error().code == errc::checkpoint_mismatch);
        second.remove();
    }
    REQUIRE(first.save(sample("again")));
    // Replaced by another file, removed, and written to in its place.
    here.write("other", "the user's");
    std::filesystem::rename(here / "other", path);
    CHECK(first.save(sample("first")).error().code == errc::checkpoint_mismatch);
    first.remove();
    CHECK(here.read("checkpoint") == "the user's");
    std::filesystem::remove(path);
    checkpoint_file third(path);
    REQUIRE(third.save(sample("third")));
    std::filesystem::remove(path);
    REQUIRE(third.save(sample("third")));
    here.write("checkpoint", "edited, and of another size");
    CHECK(third.save(sample("third")).error().code == errc::checkpoint_mismatch);
    // Another inode and another time, and the same bytes.
    std::filesystem::remove(path);
    REQUIRE(third.save(sample("third")));
    here.write("copy", here.read("checkpoint"));
    std::filesystem::rename(here / "copy", path);
    REQUIRE(third.save(sample("fourth")));
    here.write("checkpoint", "edited, and of another size");
    third.remove();
    CHECK(here.read("checkpoint") == "edited, and of another size");
    CHECK(here.count() == 1);
}

TEST_CASE("checkpoint_file: a link is followed, and the longest name has a temporary one too")
{
    const temporary_directory here;
    std::filesystem::create_symlink("file", here.path / "link");
    {
        checkpoint_file file(here / "link");
        REQUIRE(file.save(sample()));
    }
    CHECK(std::filesystem::is_symlink(here.path / "link"));
    CHECK(checkpoint_file(here / "file").load().value().value() == sample());
    checkpoint_file again(here / "link");
    CHECK(again.load().value());
    again.remove();
    CHECK(std::filesystem::is_symlink(here.path / "link"));
    CHECK_FALSE(here.has("file"));
    const std::string longest(255, 'n');
    REQUIRE(checkpoint_file(here / longest).save(sample()));
    CHECK(here.has(longest));
}

TEST_CASE("checkpoint_file: what a run that was killed while it wrote has left is collected")
{
    const temporary_directory here;
    const auto left = [&](std::string_view target, std::string_view ending) {
        const auto name = transfer::temporary_name::make(target, {}, ending).value().text();
        here.write(name, "x");
        return name;
    };
    const auto own = left("checkpoint", transfer::temporary_name::of_checkpoint);
    const auto other = left("another", transfer::temporary_name::of_checkpoint);
    CHECK_FALSE(checkpoint_file(here / "checkpoint").load().value());
    CHECK_FALSE(here.has(own));
    CHECK(here.has(other));
}

TEST_CASE("checkpoint_file: one path, however it is spelt, has one field")
{
    const temporary_directory here;
    CHECK(checkpoint_file(here / "c").field() == checkpoint_file(here / "./c").field());
    CHECK(checkpoint_file(here / "c").field() != checkpoint_file(here / "d").field());
}

} // namespace
