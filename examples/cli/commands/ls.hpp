// cosio ls: the objects of a bucket.

#ifndef COSIO_CLI_COMMANDS_LS_HPP
#define COSIO_CLI_COMMANDS_LS_HPP

#include "../location.hpp"
#include "../session.hpp"
#include "../usage_error.hpp"

#include <cosio/http/date.hpp>

#include <string>
#include <string_view>

namespace cli {

/// `        2048  2026-11-24T03:50:19Z  reports/may.csv`; a folded prefix has neither.
inline void print_entry(std::string_view size, std::string_view date, std::string_view key)
{
    print_line(fmt::format("{:>12}  {:>20}  {}", size, date, key));
}

inline void print_page(const cosio::list_objects_result& page)
{
    for (const auto& prefix : page.common_prefixes)
        print_entry("-", "-", prefix);
    for (const auto& object : page.objects)
        print_entry(std::to_string(object.size),
            object.last_modified ? cosio::http::format_iso_date(*object.last_modified) : "-",
            object.key);
}

/// Fails when there is a prefix, and nothing begins with it.
template <class Client>
asio::awaitable<int> ls(const session<Client>& here)
{
    const auto where = parse_location(here.asked.operands.front());
    if (!where.is_object())
        throw usage_error(fmt::format(
            "'{}' must be a bucket or a prefix, such as cos://bucket/prefix", where.text()));
    auto pages = here.cos.object_pages({.bucket = where.bucket, .prefix = where.key,
        .delimiter = here.asked.chosen.recursive ? "" : "/"});
    bool any = false;
    for (;;) {
        const auto page = co_await pages.next();
        if (!page)
            co_return here.fail(where.text(), page.error());
        if (!*page)
            break;
        any = any || !(*page)->objects.empty() || !(*page)->common_prefixes.empty();
        print_page(**page);
    }
    if (any || where.key.empty())
        co_return exit_success;
    complain(here.asked.what->name, fmt::format("{}: no key begins like this", where.text()));
    co_return exit_failure;
}

} // namespace cli

#endif
