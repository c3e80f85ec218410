// The parts of the command line tool that know no network: what it understands, what it refuses and
// why, and what it shows.

#include "cli/arguments.hpp"
#include "cli/byte_count.hpp"
#include "cli/checkpoint_place.hpp"
#include "cli/encryption.hpp"
#include "cli/help.hpp"
#include "cli/key_file.hpp"
#include "cli/location.hpp"
#include "cli/output.hpp"
#include "cli/progress_display.hpp"
#include "cli/progress_line.hpp"
#include "cli/usage_error.hpp"
#include "support/temporary_directory.hpp"
#include "support/without_privileges.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace cli_test {

using namespace cli;
using namespace std::chrono_literals;
using cosio::transfer_progress;

arguments parse(std::initializer_list<const char*> words)
{
    return parse_arguments(std::vector<const char*>(words));
}

/// What `work` complains of; empty when it does not.
template <class Work>
std::string complaint_of(Work work)
{
    try {
        work();
        return {};
    } catch (const usage_error& problem) {
        return problem.what();
    }
}

bool holds(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

TEST_CASE("cli: options stand anywhere, with their value behind or after =")
{
    const auto asked = parse({"--region", "ap-guangzhou", "cp", "a", "--sse=kms", "cos://b-1/k",
        "--part-size", "16M", "--parallel=3", "--resume", "--sse", "cos"});
    REQUIRE(asked.what != nullptr);
    CHECK(asked.what->id == command_id::cp);
    CHECK(asked.operands == std::vector<std::string>{"a", "cos://b-1/k"});
    CHECK(asked.chosen.region == "ap-guangzhou");
    CHECK(asked.chosen.part_size == 16U << 20U);
    CHECK(asked.chosen.parallel == 3);
    CHECK(asked.chosen.resume);
    CHECK(asked.chosen.sse == sse_mode::cos); // The last one counts.
}

TEST_CASE("cli: after -- there are no options, and - is an operand")
{
    const auto asked = parse({"cp", "--", "--odd", "cos://b-1/--resume"});
    CHECK(asked.operands == std::vector<std::string>{"--odd", "cos://b-1/--resume"});
    CHECK_FALSE(asked.chosen.resume);
    CHECK(parse({"cp", "-", "cos://b-1/k"}).operands.front() == "-");
}

TEST_CASE("cli: help and version ask for nothing else")
{
    CHECK(parse({"--help"}).chosen.help);
    CHECK(parse({"help"}).chosen.help);
    CHECK(parse({"cp", "--help"}).what->id == command_id::cp);
    CHECK(parse({"help", "ls"}).what->id == command_id::ls);
    CHECK(parse({"--version"}).chosen.version);
}

TEST_CASE("cli: what is not understood is named, with the rule")
{
    struct refused
    {
        std::vector<const char*> words;
        std::string_view says;
    };
    const refused table[] = {
        {{}, "a command is missing"},
        {{"mv", "a", "b"}, "there is no command 'mv'"},
        {{"ls", "--nonsense", "cos://b-1"}, "there is no option '--nonsense'"},
        {{"ls", "-l", "cos://b-1"}, "there is no option '-l'"},
        {{"ls", "--days", "3", "cos://b-1"}, "'ls' has no --days"},
        {{"cp", "a"}, "too few operands: cosio cp SOURCE DESTINATION"},
        {{"cp", "a", "b", "c"}, "too many operands"},
        {{"cp", "a", "b", "--part-size"}, "--part-size takes a value, SIZE"},
        {{"cp", "a", "b", "--part-size", "1X"}, "--part-size takes a size from 1M to 5G"},
        {{"cp", "a", "b", "--part-size=1023K"}, "not '1023K'"},
        {{"cp", "a", "b", "--part-size=6G"}, "1M to 5G"},
        {{"cp", "a", "b", "--parallel", "0"}, "--parallel takes a number from 1 to 100, not '0'"},
        {{"cp", "a", "b", "--parallel", "101"}, "1 to 100"},
        {{"cp", "a", "b", "--parallel", "-1"}, "1 to 100"},
        {{"cp", "a", "b", "--sse", "aes"}, "--sse takes cos, s3, kms, c or none, not 'aes'"},
        {{"cp", "a", "b", "--storage-class", "x"}, "--storage-class takes STANDARD, STANDARD_IA"},
        {{"cp", "a", "b", "--resume=yes"}, "--resume takes no value"},
        {{"cp", "a", "b", "--ca-file="}, "--ca-file takes the name of a file"},
        {{"restore", "a", "--days", "0"}, "--days takes a number of days, at least 1"},
        {{"restore", "a", "--tier", "fast"}, "expedited, standard or bulk"},
        {{"presign", "a", "--expires", "1h"}, "--expires takes a number of seconds"},
        {{"presign", "a", "--method", "post"}, "get, put or head"},
        {{"ls", "a", "--log", "all"}, "--log takes info or debug"},
    };
    for (const auto& [words, says] : table) {
        const auto said = complaint_of([&, &given = words] { (void)parse_arguments(given); });
        CHECK_MESSAGE(holds(said, says), said);
        CHECK(said.find('\n') == std::string::npos);
    }
}

TEST_CASE("cli: secrets are no options, and are not repeated")
{
    for (const char* const word : {"--secret-key=hush", "--session-token=hush", "--token=hush",
             "--secret-id=hush", "--sse-c-key=hush", "--key=hush", "--unheard-of=hush"}) {
        const auto said = complaint_of([&] { (void)parse({"ls", word, "cos://b-1"}); });
        CHECK(holds(said, "there is no option"));
        CHECK_FALSE(holds(said, "hush"));
    }
    CHECK(holds(complaint_of([] { (void)parse({"--secret-key", "x"}); }), "COS_SECRET_KEY"));
    CHECK(holds(complaint_of([] { (void)parse({"--sse-c-key", "x"}); }), "--sse-c-key-file"));
}

TEST_CASE("cli: every option of every command is in its help, and known")
{
    const auto all = help_text(nullptr);
    for (const auto& one : all_commands()) {
        const auto text = help_text(&one);
        CHECK(holds(all, one.summary));
        for (const auto name : one.options) {
            CHECK(find_option(name) != nullptr);
            CHECK(holds(text, name));
        }
        for (const auto name : common_options())
            CHECK(holds(text, name));
    }
    for (const auto& one : all_options()) {
        bool taken = false;
        for (const auto& each : all_commands())
            taken = taken || each.takes(one.name);
        CHECK_MESSAGE(taken, one.name);
    }
}

TEST_CASE("cli: where a checkpoint is kept")
{
    const support::temporary_directory files;
    const auto beside = files / "film";
    CHECK(checkpoint_of("", beside, "cos://b-1/k") == beside + ".cosio-checkpoint");
    CHECK(checkpoint_of("elsewhere", beside, "cos://b-1/k") == "elsewhere");
    CHECK(checkpoint_of("", "film", "cos://b-1/k") == "film.cosio-checkpoint");
    CHECK(parse({"cp", "a", "cos://b-1/k", "--checkpoint", "there"}).chosen.resume);

    const auto locked = files / "locked";
    std::filesystem::create_directory(locked);
    std::filesystem::permissions(locked, std::filesystem::perms{0555});
    std::filesystem::permissions(files.path, std::filesystem::perms{0777});
    const support::without_privileges nobody;
    const auto state_of = [&](const std::string& file, std::string_view object) {
        ::setenv("XDG_STATE_HOME", (files / "state").c_str(), 1);
        auto place = checkpoint_of("", file, object);
        ::unsetenv("XDG_STATE_HOME");
        return place;
    };
    const auto place = state_of(locked + "/film", "cos://b-1/k");
    CHECK(place.starts_with(files / "state/cosio/film-"));
    CHECK(place.ends_with(".cosio-checkpoint"));
    const auto mode = std::filesystem::status(files / "state/cosio").permissions();
    CHECK(mode == std::filesystem::perms{0700});
    // It is found again, and by nothing else.
    CHECK(state_of(locked + "/../locked/film", "cos://b-1/k") == place);
    CHECK(state_of(locked + "/film", "cos://b-1/other") != place);
    CHECK(state_of(locked + "/film2", "cos://b-1/k") != place);
    CHECK(state_of(locked + "/" + std::string(255, 'x'), "cos://b-1/k").size() <
        (files / "state/cosio/").size() + 200);
    // Without a place for it, it is where its error is understood.
    const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
    ::setenv("HOME", "/proc/nowhere", 1);
    CHECK(checkpoint_of("", locked + "/film", "cos://b-1/k") == locked + "/film.cosio-checkpoint");
    ::setenv("HOME", (files / "home").c_str(), 1);
    CHECK(checkpoint_of("", locked + "/film", "cos://b-1/k")
              .starts_with(files / "home/.local/state/cosio/film-"));
    ::setenv("HOME", home.c_str(), 1);
}

TEST_CASE("cli: locations")
{
    const auto object = parse_location("cos://b-1/dir/a b%20+ü");
    CHECK(object.is_object());
    CHECK(object.bucket == "b-1");
    CHECK(object.key == "dir/a b%20+ü");
    CHECK(object.text() == "cos://b-1/dir/a b%20+ü");
    CHECK(parse_location("cos://b-1").key.empty());
    CHECK(parse_location("cos://b-1/").key.empty());
    CHECK(parse_location("cos://b-1//x").key == "/x");
    const auto of_s3 = parse_location("s3://no.appid/dir/a");
    CHECK(of_s3.is_object());
    CHECK(of_s3.bucket == "no.appid");
    CHECK(of_s3.text() == "s3://no.appid/dir/a");
    CHECK(of_s3 != parse_location("s3://no.appid/dir/b"));
    CHECK(parse_location("-").is_stream());
    CHECK(parse_location("./-").path == "./-");
    CHECK(parse_location("a/s3://b").is_file());
    for (const auto* const wrong : {"", "cos:/b-1/k", "cos:b", "s3:/b-1/k", "https://x", "s3://",
             "s3://ab/k", "cos://", "cos:///k", "cos://B-1/k", "cos://noappid/k"})
        CHECK_MESSAGE(!complaint_of([&] { (void)parse_location(wrong); }).empty(), wrong);
    CHECK(holds(complaint_of([] { (void)parse_location("cos://noappid/k"); }), "APPID"));
    CHECK(holds(complaint_of([] { (void)parse_object("file"); }), "must be an object"));
    CHECK(holds(complaint_of([] { (void)parse_object("cos://b-1/"); }), "a key is missing"));
}

TEST_CASE("cli: the dialect is that of the locations, unless one is asked for")
{
    using enum dialect_choice;
    using words = std::vector<std::string>;
    CHECK(choose_dialect(std::nullopt, words{}) == cos);
    CHECK(choose_dialect(std::nullopt, words{"file", "cos://b-1/k"}) == cos);
    CHECK(choose_dialect(std::nullopt, words{"file", "s3://b-1/k"}) == s3);
    CHECK(choose_dialect(s3, words{"s3://b-1/k", "file"}) == s3);
    CHECK(choose_dialect(s3, words{"cos://b-1/k"}) == s3); // The S3 interface of COS.
    CHECK(parse({"ls", "cos://b-1", "--dialect", "S3"}).chosen.dialect == s3);
    CHECK(holds(complaint_of([] {
        (void)choose_dialect(std::nullopt, words{"cos://b-1/k", "s3://b-1/k"});
    }),
        "do not go together"));
    CHECK(holds(
        complaint_of([] { (void)choose_dialect(cos, words{"s3://b-1/k"}); }), "--dialect s3"));
}

TEST_CASE("cli: a destination gets the name of its source where it has none")
{
    const auto target = [](const char* to, std::string_view copied) {
        return completed(parse_location(to), copied).text();
    };
    CHECK(target("cos://b-1", "dir/a") == "cos://b-1/a");
    CHECK(target("cos://b-1/x/", "dir/a") == "cos://b-1/x/a");
    CHECK(target("cos://b-1/x", "dir/a") == "cos://b-1/x");
    CHECK(target("d/", "x/a..b") == "d/a..b");
    CHECK(target("d", "x/a") == "d");
    for (const auto* const hostile : {"x/..", "..", "x/.", "x/"})
        CHECK(holds(complaint_of([&] { (void)target("d/", hostile); }), "does not end in a name"));
    using namespace std::string_view_literals;
    CHECK(holds(complaint_of([&] { (void)target("d/", "x/a\0b"sv); }), "does not end in a name"));
}

TEST_CASE("cli: sizes and times, read and written")
{
    CHECK(parse_byte_count("1048576") == 1U << 20U);
    CHECK(parse_byte_count("8M") == 8U << 20U);
    CHECK(parse_byte_count("2k") == 2048);
    CHECK(parse_byte_count("5G") == std::uint64_t{5} << 30U);
    CHECK(parse_byte_count("17179869183G") == std::uint64_t{17179869183} << 30U);
    for (const auto* const wrong : {"", "M", "1MB", "-1", "1.5M", " 1", "1 M", "17179869184G",
             "18446744073709551616"})
        CHECK_MESSAGE(!parse_byte_count(wrong), wrong);
    CHECK(format_byte_count(0) == "0 B");
    CHECK(format_byte_count(1023) == "1023 B");
    CHECK(format_byte_count(1024) == "1.0 KiB");
    CHECK(format_byte_count(1536) == "1.5 KiB");
    CHECK(format_byte_count((1U << 20U) - 1) == "1.0 MiB");
    CHECK(format_byte_count(20U << 20U) == "20.0 MiB");
    CHECK(format_byte_count(std::numeric_limits<std::uint64_t>::max()) == "16.0 EiB");
    CHECK(format_duration(7s) == "0:07");
    CHECK(format_duration(725s) == "12:05");
    CHECK(format_duration(1h + 2min + 3s) == "1:02:03");
    CHECK(format_duration(50h) == "50:00:00");
}

TEST_CASE("cli: key files hold 32 raw bytes or 44 characters of base64")
{
    using namespace std::string_view_literals;
    const auto text = "00000000000000000000000000000001"sv;
    const auto base64 = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE="sv;
    const auto key = cosio::customer_key::from_text(text).value();
    CHECK((decode_key_file(text) == key));
    CHECK((decode_key_file(base64) == key));
    CHECK((decode_key_file(std::string(base64) + "\n") == key));
    CHECK((decode_key_file(std::string(base64) + "\r\n") == key));
    CHECK((decode_key_file(std::string(32, '\0')) ==
        cosio::customer_key::from_bytes(std::vector<std::byte>(32)).value()));
    for (const auto& wrong : {std::string(), std::string(31, 'x'), std::string(text) + "\n",
             std::string(44, '*'), std::string(base64) + "\n\n", std::string(64, 'a')}) {
        const auto said = complaint_of([&] { (void)decode_key_file(wrong); });
        CHECK_FALSE(said.empty());
        CHECK_FALSE(holds(said, "0000"));
    }
    CHECK(holds(complaint_of([&] { (void)decode_key_file(std::string(text) + "\n"); }),
        "not followed by the end of a line"));
}

TEST_CASE("cli: credentials files")
{
    const auto who = decode_credentials_file(
        "# mine\nCOS_SECRET_ID=id\r\nCOS_SECRET_KEY=key=\nCOS_REGION=x\nCOS_SESSION_TOKEN=t");
    CHECK(who.secret_id() == "id");
    CHECK((who.secret_key() == "key="));
    CHECK((who.session_token() == "t"));
    for (const auto* const wrong : {"", "COS_SECRET_ID=id", "COS_SECRET_KEY=hush\n"}) {
        const auto said = complaint_of([&] { (void)decode_credentials_file(wrong); });
        CHECK(holds(said, "must have the lines"));
        CHECK_FALSE(holds(said, "hush"));
    }
}

TEST_CASE("cli: which mode of encryption the options mean")
{
    options none;
    CHECK(written_mode(none) == sse_mode::none);
    options kms;
    kms.sse_kms_key_id = "id";
    CHECK(written_mode(kms) == sse_mode::kms);
    options key;
    key.sse_c_key_file = "f";
    CHECK(written_mode(key) == sse_mode::c);

    const auto refused = [](options chosen, sse_mode mode) {
        chosen.sse = mode;
        return complaint_of([&] { (void)written_mode(chosen); });
    };
    CHECK(holds(refused(kms, sse_mode::cos), "go with --sse kms only"));
    CHECK(holds(refused(kms, sse_mode::none), "go with --sse kms only"));
    CHECK(holds(refused(key, sse_mode::kms), "goes with --sse c only"));
    CHECK(holds(refused(none, sse_mode::c), "needs --sse-c-key-file"));
    auto both = kms;
    both.sse_c_key_file = key.sse_c_key_file;
    CHECK_FALSE(complaint_of([&] { (void)written_mode(both); }).empty());

    options read;
    read.sse = sse_mode::cos;
    const encryption_choice choice(read);
    CHECK(holds(complaint_of([&] { (void)choice.read(); }), "for what is written"));
    CHECK(std::holds_alternative<cosio::sse::cos_managed>(choice.written()));
}

transfer_progress progress(
    std::uint64_t committed, std::optional<std::uint64_t> total, double rate)
{
    transfer_progress now;
    now.committed = committed;
    now.total = total;
    now.rate = rate;
    return now;
}

TEST_CASE("cli: the bar has a rate, a time left, and never more than its columns")
{
    constexpr std::uint64_t mebibyte = 1U << 20U;
    const auto half = progress(100 * mebibyte, 200 * mebibyte, 10.0 * mebibyte);
    CHECK(progress_bar(half, 79) ==
        " 50% [============>           ]  100.0 MiB of 200.0 MiB    10.0 MiB/s  ETA 0:10");
    CHECK(progress_bar(progress(0, 200 * mebibyte, 0), 79) ==
        "  0% [>                      ]        0 B of 200.0 MiB            --  ETA --:--");
    CHECK(holds(progress_bar(progress(5, 5, 1), 200), "100% [========"));
    CHECK_FALSE(holds(progress_bar(progress(5, 5, 1), 200), ">"));
    CHECK(holds(progress_bar(progress(0, 0, 0), 100), "100%")); // Nothing is done soon.
    CHECK(progress_bar(progress(5 * mebibyte, std::nullopt, 0), 79) == "5.0 MiB  --");
    CHECK_FALSE(holds(progress_bar(half, 59), "["));
    CHECK(holds(progress_bar(progress(5, 5, 0), 79), "ETA 0:00"));
    for (std::size_t width = 0; width != 200; ++width)
        CHECK(progress_bar(half, width).size() <= width);
}

TEST_CASE("cli: progress as plain text, and the time left")
{
    CHECK(progress_text(progress(1024, 4096, 512)) ==
        "25%, 1.0 KiB of 4.0 KiB, 512 B/s, 0:06 left");
    CHECK(progress_text(progress(1024, 4096, 0)) == "25%, 1.0 KiB of 4.0 KiB");
    CHECK(progress_text(progress(1024, std::nullopt, 512)) == "1.0 KiB, 512 B/s");
    CHECK(progress_text(progress(999, 1000, 0)) == "99%, 999 B of 1000 B");
    CHECK(time_left(progress(0, 10, 3)) == 4s); // Rounded up: there is something left.
    CHECK(time_left(progress(10, 10, 3)) == 0s);
    CHECK_FALSE(time_left(progress(0, 10, 0)));
    CHECK_FALSE(time_left(progress(0, std::nullopt, 1)));
    CHECK_FALSE(time_left(progress(0, std::uint64_t{1} << 60U, 1)));
}

TEST_CASE("cli: what is painted when")
{
    using style = progress_painter::style;
    const progress_painter::time_point start{};
    const auto some = progress(1, 10, 1);
    const auto all = progress(10, 10, 1);

    progress_painter bar(style::bar, 80, start);
    CHECK(bar.clear().empty());
    CHECK(bar.paint(some, start).starts_with("\r 10% ["));
    CHECK(bar.paint(some, start + 50ms).empty()); // Not more often than anyone can read.
    CHECK_FALSE(bar.paint(some, start + 100ms).empty());
    CHECK(holds(bar.paint(all, start + 101ms), "100%")); // The end always.
    CHECK(bar.clear() == "\r\x1b[K");
    CHECK(bar.clear().empty());

    progress_painter lines(style::lines, 80, start);
    CHECK(lines.paint(some, start + 4s).empty());
    CHECK(lines.paint(some, start + 5s) == "10%, 1 B of 10 B, 1 B/s, 0:09 left\n");
    CHECK(lines.paint(all, start + 6s).empty()); // The line about what was done tells.
    CHECK(lines.clear().empty());

    progress_painter nothing(style::nothing, 80, start);
    CHECK(nothing.paint(all, start + 1h).empty());
}

TEST_CASE("cli: what others named cannot command the terminal")
{
    CHECK(printable("a\x1b[2Jb\n\x7f") == "a\\x1b[2Jb\\x0a\\x7f");
    CHECK(printable("päth/a..b") == "päth/a..b");
}

TEST_CASE("cli: errors name the option that is to blame")
{
    const cosio::error why(cosio::errc::invalid_encryption_context, "must be JSON", "sse.context");
    CHECK(reason_of(why).starts_with("--sse-context: must be JSON"));
    CHECK(reason_of(cosio::error(cosio::errc::cancelled)) == "interrupted");
    const cosio::error file(std::make_error_code(std::errc::no_such_file_or_directory),
        "cannot open 'x': No such file or directory", "path");
    CHECK(reason_of(file) == "cannot open 'x': No such file or directory");
    cosio::error refused(cosio::service_errc::unknown, "Denied.");
    refused.service_code = "AccessDenied";
    refused.http_status = 403;
    refused.request_id = "abc";
    CHECK(reason_of(refused) == "Denied. [AccessDenied, HTTP 403, request id abc]");
}

} // namespace cli_test
