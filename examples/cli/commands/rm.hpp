// cosio rm: deletes objects.

#ifndef COSIO_CLI_COMMANDS_RM_HPP
#define COSIO_CLI_COMMANDS_RM_HPP

#include "../location.hpp"
#include "../output.hpp"
#include "../session.hpp"

#include <cosio/xml/characters.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace cli {

/// Deletes one object by a request of its own. Whether it is gone.
template <class Client>
asio::awaitable<bool> remove_one(const session<Client>& here, const location& which)
{
    const cosio::delete_object_request request{.bucket = which.bucket, .key = which.key};
    const auto done = co_await here.cos.delete_object(request);
    if (done)
        here.tell(fmt::format("deleted {}", printable(which.text())));
    else
        here.fail(printable(which.text()), done.error());
    co_return done.has_value();
}

/// Deletes objects of one bucket by one request. Whether all of them are gone.
template <class Client>
asio::awaitable<bool> remove_batch(const session<Client>& here, std::span<const location> batch)
{
    std::vector<cosio::object_identifier> objects;
    for (const auto& each : batch)
        objects.push_back({.key = each.key});
    auto named = batch.front();
    const cosio::delete_objects_request request{.bucket = named.bucket, .objects = objects};
    const auto done = co_await here.cos.delete_objects(request);
    if (!done) {
        named.key.clear();
        here.fail(named.text(), done.error());
        co_return false;
    }
    const auto text_of = [&named](std::string_view key) {
        named.key = key;
        return printable(named.text());
    };
    for (const auto& each : done->deleted)
        here.tell(fmt::format("deleted {}", text_of(each.key)));
    for (const auto& each : done->failed)
        complain(here.asked.what->name,
            fmt::format("{}: {} [{}]", text_of(each.key), each.message, each.service_code));
    co_return done->failed.empty();
}

/// Goes on after an object that cannot be deleted.
template <class Client>
asio::awaitable<int> rm(const session<Client>& here)
{
    constexpr std::size_t most = 1000; // Of one request.
    std::vector<location> objects;
    for (const auto& each : here.asked.operands)
        objects.push_back(parse_object(each));
    bool all = true;
    // Keys that no document can have go one by one.
    const auto single = std::ranges::partition(
        objects, [](const location& each) { return cosio::xml::is_xml_text(each.key); });
    for (const auto& each : single) {
        if (here.interrupted.happened())
            break;
        const bool gone = co_await remove_one(here, each);
        all = all && gone;
    }
    objects.erase(single.begin(), single.end());
    std::ranges::sort(
        objects, {}, [](const location& each) { return std::tie(each.bucket, each.key); });
    for (std::span<const location> rest(objects); !rest.empty() && !here.interrupted.happened();) {
        std::size_t count = 1;
        while (count != std::min(most, rest.size()) && rest[count].bucket == rest[0].bucket)
            ++count;
        const bool gone = co_await remove_batch(here, rest.first(count));
        all = all && gone;
        rest = rest.subspan(count);
    }
    co_return all ? exit_success : exit_failure;
}

} // namespace cli

#endif
