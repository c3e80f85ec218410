// What a download finds in its target's place: every kind of file, and links to each.

#include "support/without_privileges.hpp"
#include "transfer/transferring.hpp"

#include <cosio/transfer/local_file.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>
#if defined(__linux__)
#    include <sys/xattr.h>
#endif

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

namespace download_target_test {

using namespace cosio;
using std::filesystem::file_type;
using support::bucket;
using support::pattern;
using support::transferring;

struct downloading : transferring
{
    explicit downloading(std::size_t size = 5000) : text(pattern(size))
    {
        REQUIRE(get(cos.put_object({.bucket = bucket, .key = "k", .body = text})));
    }

    result<download_result> to(const std::string& path, const std::string& checkpoint = {})
    {
        auto how = options();
        how.checkpoint = checkpoint;
        return get(
            cos.download_file({.bucket = bucket, .key = "k", .path = path, .options = how}));
    }

    [[nodiscard]] file_type type_of(const std::string& name) const
    {
        return std::filesystem::symlink_status(files.path / name).type();
    }

    std::string text;
};

/// All that comes until the end.
std::string read_all(int descriptor)
{
    std::string all;
    char some[4096];
    for (ssize_t got = 0; (got = ::read(descriptor, some, sizeof(some))) > 0;)
        all.append(some, static_cast<std::size_t>(got));
    return all;
}

TEST_CASE("download target: links are followed to their file, and stay")
{
    downloading here;
    const support::temporary_directory elsewhere;
    elsewhere.write("file", "old");
    std::filesystem::create_symlink(elsewhere.path / "file", here.files.path / "absolute");
    std::filesystem::create_symlink(
        std::filesystem::path("..") / elsewhere.path.filename() / "file", here.files.path / "relative");
    std::filesystem::create_symlink("absolute", here.files.path / "twice");
    std::filesystem::create_directory_symlink(elsewhere.path, here.files.path / "directory");
    std::filesystem::create_symlink(elsewhere.path / "absent", here.files.path / "dangling");
    for (const auto& [path, name] : {std::pair("absolute", "file"), std::pair("relative", "file"),
             std::pair("twice", "file"), std::pair("directory/file", "file"),
             std::pair("dangling", "absent")}) {
        CAPTURE(path);
        const auto mode = std::filesystem::exists(elsewhere.path / name) ? 0640 : 0;
        if (mode != 0) {
            elsewhere.write(name, "old");
            REQUIRE(::chmod((elsewhere / name).c_str(), 0640) == 0);
        }
        const auto done = here.to(here.files / path);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK((elsewhere.read(name) == here.text));
        struct stat status{};
        REQUIRE(::stat((elsewhere / name).c_str(), &status) == 0);
        CHECK((mode == 0 || (status.st_mode & 07777) == 0640));
    }
    for (const auto* const link : {"absolute", "relative", "twice", "directory", "dangling"})
        CHECK(here.type_of(link) == file_type::symlink);
    CHECK(elsewhere.count() == 2);
    CHECK(here.files.count() == 5);
}

TEST_CASE("download target: what can be neither replaced nor written to is refused, and stays")
{
    downloading here;
    std::filesystem::create_symlink("one", here.files.path / "two");
    std::filesystem::create_symlink("two", here.files.path / "one");
    std::filesystem::create_symlink("itself", here.files.path / "itself");
    std::filesystem::create_symlink("no/such/file", here.files.path / "nowhere");
    std::filesystem::create_directory(here.files.path / "directory");
    std::filesystem::create_symlink("directory", here.files.path / "to-directory");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto socket_path = here.files / "socket";
    std::ranges::copy(socket_path, address.sun_path);
    const transfer::descriptor listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    std::filesystem::create_symlink("socket", here.files.path / "to-socket");
    std::string names[] = {"one", "itself", "nowhere", "directory", "directory/", "to-directory",
        "socket", "to-socket", "block"};
    // Of no device: nobody could open it.
    const bool has_block =
        ::mknod((here.files / "block").c_str(), S_IFBLK | 0600, ::makedev(240, 255)) == 0;
    const auto before = here.server.counters().requests.load();
    for (const auto& name : names) {
        CAPTURE(name);
        if (name == "block" && !has_block)
            continue;
        const auto type = here.type_of(name);
        const auto refused = here.to(here.files / name);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().field == "path");
        CHECK(refused.error().message.find(here.files.path.native()) != std::string::npos);
        CHECK(here.type_of(name) == type);
    }
    CHECK(here.to(here.files / "one").error().code ==
        std::errc::too_many_symbolic_link_levels);
    for (const auto* const closed : {"/dev/fd/987", "/proc/self/fd/987", "/dev/fd/-1", "/dev/fd/x"})
        CHECK(here.to(closed).error().field == "path");
    CHECK(here.server.counters().requests == before);
    CHECK(here.files.count() == 8U + (has_block ? 1 : 0));
}

TEST_CASE("download target: a device is written to, whatever the permissions are")
{
    downloading here;
    struct stat before{};
    REQUIRE(::stat("/dev/null", &before) == 0);
    std::filesystem::create_symlink("/dev/null", here.files.path / "link");
    for (const std::string& path : {std::string("/dev/null"), here.files / "link"}) {
        CAPTURE(path);
        const auto done = here.to(path);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK(done->body_size == 5000);
        CHECK(done->crc64_verified);
        CHECK(done->parts == 0);
    }
    struct stat after{};
    REQUIRE(::stat("/dev/null", &after) == 0);
    CHECK(after.st_ino == before.st_ino);
    CHECK(after.st_mode == before.st_mode);
    CHECK(here.type_of("link") == file_type::symlink);
    // As root in a directory of our own, as /dev is for it.
    if (::mknod((here.files / "zero").c_str(), S_IFCHR | 0600, ::makedev(1, 5)) == 0) {
        const auto done = here.to(here.files / "zero");
        if (done || done.error().code != std::errc::permission_denied) // Mounted without devices.
            REQUIRE(done);
        CHECK(here.type_of("zero") == file_type::character);
    }
    const auto full = here.to("/dev/full");
    REQUIRE_FALSE(full);
    CHECK(full.error().code == std::errc::no_space_on_device);
    CHECK(full.error().message.find("'/dev/full'") != std::string::npos);
}

TEST_CASE("download target: a pipe is written to, by name and by descriptor")
{
    downloading here(300'000); // More than a pipe holds.
    const auto path = here.files / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    {
        // Who reads comes later.
        auto reading = std::async(std::launch::async, [&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
            const transfer::descriptor from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
            return read_all(from.get());
        });
        const auto done = here.to(path);
        REQUIRE_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK((reading.get() == here.text));
        CHECK(here.type_of("pipe") == file_type::fifo);
    }
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/", "/dev//../dev/fd/"}) {
        CAPTURE(folder);
        int ends[2] = {};
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        auto reading = std::async(std::launch::async, [from = ends[0]] { return read_all(from); });
        const auto done = here.to(std::string(folder) + std::to_string(ends[1]));
        ::close(ends[1]);
        CHECK_MESSAGE(done, (done ? std::string() : done.error().describe()));
        CHECK((reading.get() == here.text));
        ::close(ends[0]);
    }
}

TEST_CASE("download target: a descriptor of a file is written to where it stands")
{
    downloading here;
    const auto path = here.files.write("file", "before,");
    std::filesystem::create_symlink("/dev/fd/77", here.files.path / "link");
    const transfer::descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    REQUIRE(::dup2(file.get(), 77) == 77);
    CHECK(here.to("/dev/fd/77"));
    CHECK(here.to(here.files / "link"));
    ::close(77);
    CHECK((here.files.read("file") == "before," + here.text + here.text));
    const transfer::descriptor reading(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(here.to("/dev/fd/" + std::to_string(reading.get())).error().code ==
        std::errc::bad_file_descriptor);
    CHECK((here.files.read("file") == "before," + here.text + here.text));
    CHECK(here.files.count() == 2);
}

TEST_CASE("download target: a reader that goes is an error and no signal, one that stalls can be left")
{
    downloading here(300'000);
    const auto before = std::signal(SIGPIPE, SIG_DFL);
    int ends[2] = {};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const auto path = "/dev/fd/" + std::to_string(ends[1]);
    ::close(ends[0]);
    const auto failed = here.to(path);
    ::close(ends[1]);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == std::errc::broken_pipe);
    CHECK(failed.error().message.find(path) != std::string::npos);
    std::signal(SIGPIPE, before);

    const auto named = here.files / "pipe";
    REQUIRE(::mkfifo(named.c_str(), 0600) == 0);
    for (const bool somebody_reads : {false, true}) {
        CAPTURE(somebody_reads);
        const transfer::descriptor reader(
            somebody_reads ? ::open(named.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1);
        asio::cancellation_signal signal;
        asio::steady_timer timer(here.context, std::chrono::milliseconds(150));
        timer.async_wait(
            [&](std::error_code) { signal.emit(asio::cancellation_type::terminal); });
        auto done = here.cos.download_file({.bucket = bucket, .key = "k", .path = named},
            asio::bind_cancellation_slot(signal.slot(), asio::use_future));
        here.context.restart();
        here.context.run();
        CHECK(done.get().error().code == errc::cancelled);
    }
}

TEST_CASE("download target: what is written to cannot be resumed")
{
    downloading here;
    const auto before = here.server.counters().requests.load();
    const auto refused = here.to("/dev/null", here.files / "checkpoint");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
    CHECK(refused.error().field == "checkpoint");
    CHECK(here.server.counters().requests == before);
    CHECK(here.files.count() == 0);
}

TEST_CASE("download target: mode, owner and group stay, what makes it run as somebody else does not")
{
    downloading here;
    struct stat status{};
    for (const mode_t mode : {0600U, 0640U, 0444U, 0755U, 04755U, 02755U, 01644U}) {
        CAPTURE(mode);
        const auto path = here.files.write("file", "old");
        const bool privileged = ::geteuid() == 0;
        if (privileged)
            REQUIRE(::chown(path.c_str(), 1234, 4321) == 0);
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        const auto done = here.to(path);
        if (privileged || (mode & 0200) != 0) {
            REQUIRE(done);
            CHECK((here.files.read("file") == here.text));
        } else {
            CHECK(done.error().code == std::errc::permission_denied);
        }
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 07777) == (mode & 0777));
        if (privileged) {
            CHECK(status.st_uid == 1234);
            CHECK(status.st_gid == 4321);
        }
        std::filesystem::remove(path);
    }
    const auto path = here.files.write("file", "old");
    std::filesystem::create_hard_link(path, here.files.path / "another name");
    REQUIRE(here.to(path));
    CHECK(here.files.read("another name") == "old");
}

#if defined(__linux__)

/// As Linux stores it (acl(5)): user 1234 may read and write, the group nothing.
std::string access_list()
{
    std::string out;
    const auto put = [&out](std::uint32_t value, int bytes) {
        for (int i = 0; i != bytes; ++i)
            out.push_back(static_cast<char>(value >> 8 * i));
    };
    put(2, 4); // The version.
    struct entry
    {
        std::uint32_t tag, rights, id;
    };
    constexpr std::uint32_t nobody = 0xffffffff;
    for (const auto& [tag, rights, id] : {entry{1, 6, nobody}, entry{2, 6, 1234},
             entry{4, 0, nobody}, entry{16, 6, nobody}, entry{32, 0, nobody}}) {
        put(tag, 2);
        put(rights, 2);
        put(id, 4);
    }
    return out;
}

std::string attribute_of(const std::string& path, const char* name)
{
    std::string value(256, '\0');
    const auto size = ::getxattr(path.c_str(), name, value.data(), value.size());
    value.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return value;
}

TEST_CASE("download target: an access control list stays, and nobody gains rights by one")
{
    constexpr const char* of_files = "system.posix_acl_access";
    downloading here;
    const auto list = access_list();
    const auto with_list = here.files.write("with", "old");
    if (::setxattr(with_list.c_str(), of_files, list.data(), list.size(), 0) != 0) {
        MESSAGE("the file system has no access control lists");
        return;
    }
    REQUIRE(here.to(with_list));
    CHECK(here.files.read("with") == here.text);
    CHECK(attribute_of(with_list, of_files) == list);

    const auto without = here.files.write("without", "old");
    REQUIRE(::chmod(without.c_str(), 0640) == 0);
    REQUIRE(::setxattr(here.files.path.c_str(), "system.posix_acl_default", list.data(), list.size(),
                0) == 0);
    REQUIRE(here.to(without));
    CHECK(here.files.read("without") == here.text);
    CHECK(attribute_of(without, of_files).empty());
    struct stat status{};
    REQUIRE(::stat(without.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
}

#endif

TEST_CASE("download target: what the process may not write to is not replaced")
{
    downloading here;
    const auto path = here.files.write("read-only", "old");
    REQUIRE(::chmod(path.c_str(), 0444) == 0);
    std::filesystem::create_directory(here.files.path / "sticky");
    const auto of_other = here.files.write("sticky/file", "old");
    REQUIRE(::chmod(of_other.c_str(), 0666) == 0);
    REQUIRE(::chmod((here.files / "sticky").c_str(), 01777) == 0);
    REQUIRE(::chmod(here.files.path.c_str(), 0777) == 0);
    const auto before = here.server.counters().requests.load();
    if (::geteuid() == 0) {
        const support::without_privileges nobody;
        CHECK(here.to(path).error().code == std::errc::permission_denied);
        const auto refused = here.to(of_other);
        CHECK(refused.error().code == std::errc::operation_not_permitted);
        CHECK(refused.error().message.find(of_other) != std::string::npos);
    } else {
        CHECK(here.to(path).error().code == std::errc::permission_denied);
    }
    CHECK(here.server.counters().requests == before);
    CHECK(here.files.read("read-only") == "old");
    CHECK(here.files.read("sticky/file") == "old");
}

TEST_CASE("download target: what another user has put where everybody may is not followed")
{
    if (::geteuid() != 0)
        return; // Nobody else can make files of another user.
    downloading here;
    constexpr uid_t nobody = 65534;
    REQUIRE(::chmod(here.files.path.c_str(), 01777) == 0);
    REQUIRE(::chown(here.files.path.c_str(), nobody - 1, nobody - 1) == 0);
    for (const auto* const name : {"planted", "chained"})
        std::filesystem::create_symlink("elsewhere", here.files.path / name);
    std::filesystem::create_symlink("chained", here.files.path / "own");
    REQUIRE(::mkfifo((here.files / "pipe").c_str(), 0666) == 0);
    for (const auto* const name : {"planted", "chained", "pipe"})
        REQUIRE(::lchown((here.files / name).c_str(), nobody, nobody) == 0);
    for (const auto* const name : {"planted", "own", "pipe"}) {
        CAPTURE(name);
        const auto refused = here.to(here.files / name);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().field == "path");
        CHECK(refused.error().message.find("of another user") != std::string::npos);
        CHECK_FALSE(here.to(here.files / "target", here.files / name));
    }
    const auto checkpoint = here.files.write("checkpoint", "of another user");
    REQUIRE(::lchown(checkpoint.c_str(), nobody, nobody) == 0);
    const auto foreign = here.to(here.files / "target", checkpoint);
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().code == errc::invalid_checkpoint);
    CHECK(foreign.error().message.find("of another user, in a directory") != std::string::npos);
    CHECK_FALSE(here.files.has("elsewhere"));
    REQUIRE(::lchown((here.files / "chained").c_str(), 0, 0) == 0);
    CHECK(here.to(here.files / "own"));
    CHECK(here.files.has("elsewhere"));
}

} // namespace download_target_test
