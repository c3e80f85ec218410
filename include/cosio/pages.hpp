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

#include <optional>
#include <string>
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

    [[nodiscard]] bool advance(const page_type& page)
    {
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

    [[nodiscard]] bool advance(const page_type& page)
    {
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

    [[nodiscard]] bool advance(const page_type& page)
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
        ended_ = !cursor_.advance(*page);
        co_return std::optional<page_type>(std::move(*page));
    }

private:
    Client client_;
    Cursor cursor_;
    bool ended_ = false;
};

} // namespace cosio::inline v0

#endif
