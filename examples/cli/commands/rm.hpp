// cosio rm: deletes objects.

#ifndef COSIO_CLI_COMMANDS_RM_HPP
#define COSIO_CLI_COMMANDS_RM_HPP

#include "../location.hpp"
#include "../session.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace cli {

/// Deletes objects of one bucket by one request. Whether all of them are gone.
template <class Client>
asio::awaitable<bool> remove_batch(const session<Client>& here, std::span<const location> batch)
{
    std::vector<cosio::object_identifier> objects;
    for (const auto& each : batch)
        objects.push_back({.key = each.key});
    const auto& bucket = batch.front().bucket;
    const cosio::delete_objects_request request{.bucket = bucket, .objects = objects};
    const auto done = co_await here.cos.delete_objects(request);
    if (!done) {
        here.fail("cos://" + bucket, done.error());
        co_return false;
    }
    for (const auto& each : done->deleted)
        here.tell(fmt::format("deleted cos://{}/{}", bucket, each.key));
    for (const auto& each : done->failed)
        complain(here.asked.what->name,
            fmt::format("cos://{}/{}: {} [{}]", bucket, each.key, each.message, each.service_code));
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
    std::ranges::sort(
        objects, {}, [](const location& each) { return std::tie(each.bucket, each.key); });
    bool all = true;
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
