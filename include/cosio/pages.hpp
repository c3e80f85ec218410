// SPDX-License-Identifier: MIT
//
// Listings of any length, page by page.

#ifndef COSIO_PAGES_HPP
#define COSIO_PAGES_HPP

#include <cosio/request/list_multipart_uploads.hpp>
#include <cosio/request/list_objects.hpp>
#include <cosio/request/list_parts.hpp>
#include <cosio/result.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0 {

namespace detail {

/// Where a listing of objects stands; owns what the next request refers to.
struct object_cursor
{
    using page_type = list_objects_result;

    explicit object_cursor(const list_objects_request& from)
        : bucket(from.bucket), prefix(from.prefix), delimiter(from.delimiter),
          marker(from.marker), continuation_token(from.continuation_token),
          max_keys(from.max_keys)
    {}

    [[nodiscard]] list_objects_request request() const
    {
        return {.bucket = bucket,
            .prefix = prefix,
            .delimiter = delimiter,
            .marker = marker,
            .continuation_token = continuation_token,
            .max_keys = max_keys};
    }

    /// Whether there are more pages. Errors: `errc::malformed_response` when the page is not behind
    /// the one before, whatever its token says, or one page after another is empty.
    [[nodiscard]] result<bool> advance(const page_type& page)
    {
        if (auto sound = check_progress(page); !sound)
            return std::move(sound).error();
        marker = page.next_marker;
        continuation_token = page.next_continuation_token;
        return page.is_truncated;
    }

    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string marker;
    std::string continuation_token;
    std::uint32_t max_keys;

private:
    /// A service may find nothing to show on a page and still go on; not without end.
    static constexpr unsigned most_empty_pages = 1000;

    [[nodiscard]] result<void> check_progress(const page_type& page)
    {
        std::string_view first;
        std::string_view last;
        const auto look_at = [&](std::string_view name) {
            first = first.empty() ? name : std::min(first, name);
            last = std::max(last, name);
        };
        for (const auto& one : page.objects)
            look_at(one.key);
        const auto first_object = first;
        for (const auto& one : page.common_prefixes)
            look_at(one);
        const bool is_empty = last.empty();
        empty_pages_ = is_empty ? empty_pages_ + 1 : 0;
        if (empty_pages_ > most_empty_pages)
            return error(errc::malformed_response, "the listing goes on with empty pages");
        // The common prefix that ended a page may be named once more.
        if (!is_empty && !last_.empty() &&
            (last <= last_ || first < last_ || first_object == last_))
            return error(errc::malformed_response, "the listing repeats what it has listed");
        if (!is_empty)
            last_ = last;
        return {};
    }

    std::string last_{}; // Of all names so far.
    unsigned empty_pages_ = 0;
};

struct upload_cursor
{
    using page_type = list_multipart_uploads_result;

    explicit upload_cursor(const list_multipart_uploads_request& from)
        : bucket(from.bucket), prefix(from.prefix), delimiter(from.delimiter),
          key_marker(from.key_marker), upload_id_marker(from.upload_id_marker),
          max_uploads(from.max_uploads)
    {}

    [[nodiscard]] list_multipart_uploads_request request() const
    {
        return {.bucket = bucket,
            .prefix = prefix,
            .delimiter = delimiter,
            .key_marker = key_marker,
            .upload_id_marker = upload_id_marker,
            .max_uploads = max_uploads};
    }

    /// Whether there are more pages. Errors: `errc::malformed_response` when it has asked for the
    /// next one before.
    [[nodiscard]] result<bool> advance(const page_type& page)
    {
        if (page.next_key_marker != key_marker)
            asked_ids_.clear();
        if (page.is_truncated && !asked_ids_.insert(page.next_upload_id_marker).second)
            return error(errc::malformed_response, "the listing repeats what it has listed");
        key_marker = page.next_key_marker;
        upload_id_marker = page.next_upload_id_marker;
        return page.is_truncated;
    }

    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string key_marker;
    std::string upload_id_marker;
    std::uint32_t max_uploads;

private:
    std::set<std::string> asked_ids_{}; // Markers of uploads of the key `key_marker`.
};

struct part_cursor
{
    using page_type = list_parts_result;

    explicit part_cursor(const list_parts_request& from)
        : bucket(from.bucket), key(from.key), upload_id(from.upload_id),
          part_number_marker(from.part_number_marker), max_parts(from.max_parts)
    {}

    [[nodiscard]] list_parts_request request() const
    {
        return {.bucket = bucket,
            .key = key,
            .upload_id = upload_id,
            .part_number_marker = part_number_marker,
            .max_parts = max_parts};
    }

    /// Whether there are more pages; the numbers of parts ascend.
    [[nodiscard]] result<bool> advance(const page_type& page)
    {
        part_number_marker = page.next_part_number_marker;
        return page.is_truncated;
    }

    std::string bucket;
    std::string key;
    std::string upload_id;
    std::uint32_t part_number_marker;
    std::uint32_t max_parts;
};

} // namespace detail

/// A listing that is fetched one page at a time:
///
///     auto pages = cos.object_pages({.bucket = bucket, .prefix = "logs/"});
///     for (;;) {
///         const auto page = (co_await pages.next()).value();
///         if (!page)
///             break; // The end; an error would have thrown.
///         for (const auto& object : page->objects)
///             use(object);
///     }
///
/// One `next()` at a time; the object must live until it is done.
template <class Client, class Cursor>
class pages
{
public:
    using page_type = typename Cursor::page_type;
    using request_type = decltype(std::declval<Cursor>().request());

    pages(Client client, const request_type& from) : client_(std::move(client)), cursor_(from) {}

    /// The next page; nothing after the last one; or an error, after which `next()` asks for the
    /// same page again.
    [[nodiscard]] asio::awaitable<result<std::optional<page_type>>> next()
    {
        if (ended_)
            co_return std::optional<page_type>();
        auto page = co_await client_.list_page(cursor_.request());
        if (!page)
            co_return std::move(page).error();
        const auto more = cursor_.advance(*page);
        if (!more)
            co_return more.error();
        ended_ = !*more;
        co_return std::optional<page_type>(std::move(*page));
    }

private:
    Client client_;
    Cursor cursor_;
    bool ended_ = false;
};

} // namespace cosio::inline v0

#endif
