#include "support/temporary_directory.hpp"

#include <cosio/transfer/temporary_file.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace cosio;
using support::temporary_directory;
using transfer::local_directory;
using transfer::temporary_name;

TEST_CASE("temporary_name: is read as it is written, and nothing else is taken for one")
{
    for (const auto ending : {temporary_name::of_download, temporary_name::of_checkpoint}) {
        const auto name = temporary_name::make("target", {}, ending).value();
        CHECK(name.text() != temporary_name::make("target", {}, ending).value().text());
        CHECK(name.text().size() <= 65);
        const auto parsed = temporary_name::parse(name.text());
        REQUIRE(parsed);
        CHECK(parsed->text() == name.text());
        CHECK(parsed->target == temporary_name::field_of("target"));
    }
    const auto referring =
        temporary_name::make(std::string(255, 'n'), temporary_name::field_of("c")).value();
    CHECK(temporary_name::parse(referring.text()).value().checkpoint == referring.checkpoint);
    const std::string field(16, '0');
    for (const auto& text : {std::string(), std::string(".cosio-.partial"),
             std::string(".cosio-mine.partial"), ".cosio-" + field + ".partial",
             ".cosio-" + field + "-" + field, ".cosio-" + field + "-" + field + ".new",
             ".cosio-" + field + "_" + field + ".partial",
             ".cosio-" + field + "-" + std::string(16, 'G') + ".partial",
             ".cosio-" + field + "-" + field + "-.partial",
             ".cosio-" + field + "-" + field + "-" + field + ".checkpoint",
             "cosio-" + field + "-" + field + ".partial"}) {
        CAPTURE(text);
        CHECK_FALSE(temporary_name::parse(text));
    }
}

TEST_CASE("temporary_file: what dead runs left goes, what anybody else has stays")
{
    const temporary_directory here;
    const auto name_of = [](std::string_view target, std::optional<std::string> checkpoint = {}) {
        return temporary_name::make(target, std::move(checkpoint)).value().text();
    };
    const auto own = temporary_name::field_of("our checkpoint");
    const auto other = temporary_name::field_of("another's");
    const auto dead = name_of("target");
    const auto abandoned = name_of("target", own);
    const auto empty = name_of("target", other);
    std::vector<std::string> kept{name_of("another"), name_of("target", own),
        name_of("target", other), "target", "target.new", ".cosio-mine.partial"};
    for (const auto& each : {dead, abandoned})
        here.write(each, "x");
    here.write(empty, "");
    for (const auto& each : kept)
        here.write(each, "x");
    // Of a name of ours, but no file of a run.
    const auto link = name_of("target");
    std::filesystem::create_symlink("target", here.path / link);
    const auto linked = name_of("target");
    std::filesystem::create_hard_link(here.path / "target", here.path / linked);
    const auto folder = name_of("target");
    std::filesystem::create_directory(here.path / folder);
    const auto pipe = name_of("target");
    REQUIRE(::mkfifo((here / pipe).c_str(), 0600) == 0);
    for (const auto& each : {link, linked, folder, pipe})
        kept.push_back(each);
    const auto directory = local_directory::open(here.path).value();
    const auto alive = transfer::make_temporary(
        directory, "target", {}, temporary_name::of_download, 0600).value();
    kept.push_back(alive.name);

    transfer::collect_leftovers(directory, {.target = temporary_name::field_of("target"),
                                               .checkpoint = own, .referred = kept[1]});
    CHECK(here.count() == kept.size());
    for (const auto& each : kept) {
        CAPTURE(each);
        CHECK(std::filesystem::symlink_status(here.path / each).type() !=
            std::filesystem::file_type::not_found);
    }
}

TEST_CASE("temporary_file: is another run's as long as that lives")
{
    const temporary_directory here;
    const auto directory = local_directory::open(here.path).value();
    std::string name;
    {
        const auto alive = transfer::make_temporary(
            directory, "target", {}, temporary_name::of_download, 0600).value();
        name = alive.name;
        CHECK_FALSE(transfer::take_over(directory.reopen(name).value()));
    }
    CHECK(transfer::take_over(directory.reopen(name).value()));
}

} // namespace
