// Whole listings, page after page: they advance and hold what was asked for, or are refused.

#include "fuzz/fuzz_target.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>
#include <cosio/operation/list_multipart_uploads.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/pages.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace {

namespace operation = cosio::operation;

cosio::service_endpoint endpoint()
{
    cosio::service_endpoint made;
    made.scheme = cosio::scheme::https;
    made.region = "r";
    made.host = "h";
    return made;
}

/// A page off the front of `input`; pages are apart by a byte that no document has.
std::string_view take_page(std::string_view& input)
{
    const auto end = std::min(input.find('\1'), input.size());
    const auto page = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    return page;
}

/// Lists `input` to its end, or to its first page that is refused; `look` sees each page.
template <class Operation, class Cursor, class Look>
void list(std::string_view input, Cursor cursor, Look&& look)
{
    while (!input.empty()) {
        const auto prepared = Operation::encode(cursor.request(), endpoint());
        if (!prepared)
            return; // A marker that cannot be sent.
        operation::reply got;
        got.head.status = 200;
        got.body = take_page(input);
        got.body_size = got.body.size();
        const auto page = operation::decoded<Operation>(prepared->expected, std::move(got));
        if (!page)
            return;
        const auto more = cursor.advance(*page);
        if (!more)
            return;
        look(*page);
        if (!*more)
            return;
    }
}

template <class Dialect>
void list_objects(std::string_view input, std::size_t most)
{
    std::string last;
    list<operation::list_objects<Dialect>>(input,
        cosio::detail::object_cursor({.bucket = "bucket-1", .prefix = "p", .marker = "pa",
            .max_keys = static_cast<std::uint32_t>(most)}),
        [&](const cosio::list_objects_result& page) {
            fuzzing::promise(page.objects.size() + page.common_prefixes.size() <= most,
                "no more entries than were asked for");
            std::string first_of_page;
            std::string last_of_page;
            const auto see = [&](const std::string& name) {
                fuzzing::promise(name.starts_with("p"), "names have the prefix");
                first_of_page = first_of_page.empty() ? name : std::min(first_of_page, name);
                last_of_page = std::max(last_of_page, name);
            };
            for (const auto& one : page.objects) {
                fuzzing::promise(one.key > "pa", "keys are behind the marker");
                see(one.key);
            }
            for (const auto& one : page.common_prefixes)
                see(one);
            fuzzing::promise(last_of_page.empty() || last.empty() || last_of_page > last,
                "pages advance");
            last = std::max(last, last_of_page);
        });
}

void list_uploads(std::string_view input, std::size_t most)
{
    list<operation::list_multipart_uploads<cosio::dialect::cos>>(input,
        cosio::detail::upload_cursor({.bucket = "bucket-1", .prefix = "p",
            .max_uploads = static_cast<std::uint32_t>(most)}),
        [&](const cosio::list_multipart_uploads_result& page) {
            for (const auto& one : page.uploads)
                fuzzing::promise(!one.upload_id.empty() && one.key.starts_with("p"),
                    "an upload has an id and a key that was asked for");
        });
}

void list_parts(std::string_view input, std::size_t most)
{
    std::uint32_t last = 0;
    list<operation::list_parts<cosio::dialect::s3>>(input,
        cosio::detail::part_cursor({.bucket = "bucket", .key = "k", .upload_id = "u",
            .max_parts = static_cast<std::uint32_t>(most)}),
        [&](const cosio::list_parts_result& page) {
            fuzzing::promise(page.parts.size() <= most, "no more parts than were asked for");
            for (const auto& one : page.parts) {
                fuzzing::promise(one.part_number > last, "parts ascend");
                last = one.part_number;
            }
        });
}

} // namespace

void fuzzing::fuzz(std::string_view input)
{
    const auto most = 1 + choose(input, 4);
    list_objects<cosio::dialect::cos>(input, most);
    list_objects<cosio::dialect::s3>(input, most);
    list_uploads(input, most);
    list_parts(input, most);
}
