// SPDX-License-Identifier: MIT
//
// What a request refers to, copied for a transfer that outlasts the call it was given to.

#ifndef COSIO_TRANSFER_REQUEST_COPIES_HPP
#define COSIO_TRANSFER_REQUEST_COPIES_HPP

#include <cosio/customer_key.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/operation/shared/copy_source.hpp>
#include <cosio/sse.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cosio::inline v0::transfer {

/// Each `keep` yields the same value, referring to copies that live as long as this object.
class request_copies
{
public:
    request_copies() = default;
    request_copies(const request_copies&) = delete;
    request_copies& operator=(const request_copies&) = delete;

    [[nodiscard]] std::string_view keep(std::string_view text)
    {
        return text.empty() ? std::string_view() : texts_.emplace_back(text);
    }

    [[nodiscard]] sse::on_write keep(const sse::on_write& asked)
    {
        if (const auto* const kms = std::get_if<sse::kms>(&asked))
            return sse::kms{keep(kms->key_id), keep(kms->context)};
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            return keep(*customer);
        return asked;
    }

    [[nodiscard]] sse::on_read keep(const sse::on_read& asked)
    {
        if (const auto* const customer = std::get_if<sse::customer>(&asked))
            return keep(*customer);
        return asked;
    }

    [[nodiscard]] object_headers keep(object_headers headers)
    {
        for (auto* const text :
            {&headers.content_type, &headers.cache_control, &headers.content_disposition,
                &headers.content_encoding, &headers.content_language, &headers.grant_read,
                &headers.grant_read_acp, &headers.grant_write_acp, &headers.grant_full_control,
                &headers.stored_expires, &headers.stored_storage_class})
            *text = keep(*text);
        auto& metadata = metadata_.emplace_back();
        for (const auto& [name, value] : headers.metadata)
            metadata.push_back({keep(name), keep(value)});
        headers.metadata = metadata;
        auto& tags = tags_.emplace_back();
        for (const auto& [name, value] : headers.tags)
            tags.push_back({keep(name), keep(value)});
        headers.tags = tags;
        return headers;
    }

    [[nodiscard]] conditions keep(conditions asked)
    {
        asked.if_match = keep(asked.if_match);
        asked.if_none_match = keep(asked.if_none_match);
        return asked;
    }

    [[nodiscard]] copy_source keep(const copy_source& source)
    {
        return {.bucket = keep(source.bucket), .key = keep(source.key), .sse = keep(source.sse),
            .version_id = keep(source.version_id), .region = keep(source.region),
            .conditions = keep(source.conditions)};
    }

private:
    [[nodiscard]] sse::customer keep(const sse::customer& customer)
    {
        return {keys_.emplace_back(customer.key.get()), customer.md5};
    }

    std::deque<std::string> texts_{}; // What it holds does not move.
    std::deque<customer_key> keys_{};
    std::deque<std::vector<header>> metadata_{};
    std::deque<std::vector<tag>> tags_{};
};

/// The key that goes with each part of an upload that was begun with `asked`.
[[nodiscard]] inline sse::on_read part_encryption(const sse::on_write& asked)
{
    const auto* const customer = std::get_if<sse::customer>(&asked);
    return customer != nullptr ? sse::on_read(*customer) : sse::on_read();
}

} // namespace cosio::inline v0::transfer

#endif
