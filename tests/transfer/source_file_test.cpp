// What a file is before it is uploaded: whether it keeps to its size, and since when it is as it is.

#include <cosio/transfer/source_file.hpp>

#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

using namespace cosio;
using namespace std::chrono_literals;
using transfer::source_file;
using transfer::source_kind;
using transfer::time_until_settled;

TEST_CASE("source_file: a change is waited out until any later one has another time")
{
    constexpr std::uint64_t second = 1'000'000'000;
    constexpr std::uint64_t changed = 1'700'000'000 * second + 4'000'000;
    const struct
    {
        std::uint64_t changed, now;
        std::chrono::nanoseconds wait;
    } table[] = {
        {changed, changed, 20ms},
        {changed, changed + 1, 20ms - 1ns},
        {changed, changed + 19'999'999, 1ns},
        {changed, changed + 20'000'000, 0ns},
        {changed, changed + 3600 * second, 0ns},
        {changed, changed - 1, 20ms}, // Of another clock, or one that was put back.
        {changed, 0, 20ms},
        {changed + second, changed, 20ms},
        {1'700'000'000 * second, 1'700'000'000 * second, 2s}, // A clock of whole seconds.
        {1'700'000'000 * second, 1'700'000'001 * second, 1s},
        {1'700'000'000 * second, 1'700'000'002 * second, 0ns},
        {0, changed, 0ns},
        {0, 0, 2s},
        {UINT64_MAX, 0, 20ms},
    };
    for (const auto& [at, now, wait] : table) {
        CAPTURE(at);
        CAPTURE(now);
        CHECK(time_until_settled(at, now) == wait);
    }
}

TEST_CASE("source_file: what keeps to its size, what does not, and what has none")
{
    const support::temporary_directory files;
    const auto kind_of = [](const std::string& path) -> std::optional<source_kind> {
        auto opened = source_file::open(path);
        if (!opened || !opened->look())
            return std::nullopt;
        return opened->kind();
    };
    files.write("sparse", "");
    std::filesystem::resize_file(files / "sparse", std::uint64_t{1} << 40U);
    REQUIRE(::mkfifo((files / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink("text", files.path / "link");
    const struct
    {
        std::string path;
        source_kind kind;
    } table[] = {
        {files.write("empty", ""), source_kind::sized},
        {files.write("one", "1"), source_kind::sized},
        {files.write("text", std::string(100'000, 'x')), source_kind::sized},
        {files / "link", source_kind::sized},
        {files / "sparse", source_kind::sized},
        {"/proc/version", source_kind::unsized},
        {"/proc/self/status", source_kind::unsized},
        {"/sys/kernel/mm/transparent_hugepage/enabled", source_kind::unsized}, // States 4096.
        {files / "pipe", source_kind::stream}, // That nobody writes to: nothing hangs.
        {"/dev/null", source_kind::stream},
        {"/dev/zero", source_kind::stream},
    };
    for (const auto& [path, kind] : table) {
        if (!std::filesystem::exists(path))
            continue;
        CAPTURE(path);
        CHECK(kind_of(path) == kind);
    }
}

TEST_CASE("source_file: what cannot be read is said by its name")
{
    const support::temporary_directory files;
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = files / "socket";
    std::strncpy(address.sun_path, name.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    for (const auto& path : {name, files / "absent", files.path.native(), files / "absent/below"}) {
        CAPTURE(path);
        const auto opened = source_file::open(path);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().message.find(path) != std::string::npos);
        CHECK(opened.error().field == "path");
    }
    CHECK(source_file::open(files.path.native()).error().code == errc::invalid_argument);
    ::close(server);
}

TEST_CASE("source_file: a change of anything is another state, of permissions no other identity")
{
    const support::temporary_directory files;
    const auto path = files.write("source", "text");
    auto opened = source_file::open(path);
    REQUIRE(opened);
    REQUIRE(opened->look());
    std::this_thread::sleep_for(opened->time_until_settled());
    REQUIRE(opened->look());
    const auto before = opened->state();
    CHECK(opened->time_until_settled() == 0ns);
    const timespec time{static_cast<time_t>(before.identity.modified / 1'000'000'000),
        static_cast<long>(before.identity.modified % 1'000'000'000)};
    const timespec old[] = {time, time};
    const auto look = [&] {
        REQUIRE(opened->look());
        return opened->state();
    };
    CHECK(look() == before);
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    CHECK(look() != before);
    CHECK(look().differs_in_change_alone(before));
    files.write("source", "TEXT");
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), old, 0) == 0);
    CHECK(look().differs_in_change_alone(before)); // As rsync --inplace --times leaves it.
    files.write("source", "TEXT");
    CHECK_FALSE(look().differs_in_change_alone(before));
    files.write("source", "longer text");
    CHECK_FALSE(look().differs_in_change_alone(before));
    CHECK(opened->content().check_unchanged(before).error().code == errc::file_changed);
}
