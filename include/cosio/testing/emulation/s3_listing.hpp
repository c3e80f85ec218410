// SPDX-License-Identifier: MIT
//
// ListObjectsV2, which is of S3 alone.

#ifndef COSIO_TESTING_EMULATION_S3_LISTING_HPP
#define COSIO_TESTING_EMULATION_S3_LISTING_HPP

#include <cosio/crypto/base64.hpp>
#include <cosio/testing/emulation/buckets.hpp>
#include <cosio/testing/emulation/state.hpp>
#include <cosio/xml/writer.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// A token is base64 of the last entry of the page before; clients must not know.
[[nodiscard]] inline std::string read_continuation_token(std::string_view token)
{
    std::string marker(token.size(), '\0');
    const auto size = crypto::decode_base64(token, std::as_writable_bytes(std::span(marker)));
    if (!size || *size == 0)
        refuse(400, "InvalidArgument", "The continuation token provided is incorrect");
    marker.resize(*size);
    return marker;
}

[[nodiscard]] inline http_reply list_objects_v2(const call_context& call)
{
    const listing_request asked(call);
    const auto most = read_page_size(call, "max-keys");
    const auto token = call.request.parameter_value("continuation-token");
    const std::string start(call.request.parameter_value("start-after").value_or(""));
    const auto page = list_page(
        call, asked, token ? read_continuation_token(*token) : start, most);

    xml::writer out;
    out.open("ListBucketResult").element("Name", call.bucket);
    if (asked.encoded)
        out.element("EncodingType", "url");
    out.element("Prefix", asked.name(asked.prefix)).element("MaxKeys", most);
    out.element("KeyCount", page.listed);
    if (!asked.delimiter.empty())
        out.element("Delimiter", asked.name(asked.delimiter));
    if (!start.empty())
        out.element("StartAfter", asked.name(start));
    if (token)
        out.element("ContinuationToken", *token);
    out.element("IsTruncated", page.truncated ? "true" : "false");
    if (page.truncated)
        out.element("NextContinuationToken", crypto::base64(detail::bytes_of(page.last)));
    for (const auto& common : page.prefixes)
        out.open("CommonPrefixes").element("Prefix", asked.name(common)).close();
    out.raw(page.entries.document()).close();
    http_reply reply;
    reply.body = std::move(out).document();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
