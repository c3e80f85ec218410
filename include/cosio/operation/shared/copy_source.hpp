// SPDX-License-Identifier: MIT
//
// The object that a copy reads.

#ifndef COSIO_OPERATION_SHARED_COPY_SOURCE_HPP
#define COSIO_OPERATION_SHARED_COPY_SOURCE_HPP

#include <cosio/copy_source.hpp>
#include <cosio/operation/shared/encryption_headers.hpp>
#include <cosio/operation/shared/object_header_encoding.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace cosio::inline v0::operation {

/// `x-cos-copy-source` and its companions.
template <class Dialect>
void encode_copy_source(request_builder<Dialect>& build, const copy_source& source)
{
    using name = typename Dialect::header;
    if (const auto problem = Dialect::bucket_problem(source.bucket); !problem.empty())
        return build.refuse(errc::invalid_bucket, problem, "copy_source.bucket");
    if (const auto problem = key_problem<Dialect>(source.key, direction::existing);
        !problem.empty())
        return build.refuse(errc::invalid_key, problem, "copy_source.key");
    const std::string_view region =
        source.region.empty() ? std::string_view(build.endpoint().region) : source.region;
    if (!detail::is_host_name(region))
        return build.refuse(errc::invalid_argument,
            "must be letters, digits, hyphens and dots", "copy_source.region");

    if (!Dialect::copies_between_regions && region != build.endpoint().region)
        return build.refuse(errc::invalid_argument,
            "cannot be named: the service finds a bucket by its name alone",
            "copy_source.region");

    build.source_region(region);
    auto value = Dialect::copy_source_base(source.bucket, region);
    http::append_percent_encoded(value, source.key, http::slash::keep);
    if (!source.version_id.empty()) {
        value.append("?versionId=");
        http::append_percent_encoded(value, source.version_id, http::slash::encode);
    }
    build.header(name::copy_source, value, "copy_source");
    if (const auto* const customer = std::get_if<sse::customer>(&source.sse))
        encode_customer_key(build, *customer, source_key_headers<Dialect>, "copy_source.sse");
    constexpr condition_headers names{.if_match = name::copy_source_if_match,
        .if_none_match = name::copy_source_if_none_match,
        .if_modified_since = name::copy_source_if_modified_since,
        .if_unmodified_since = name::copy_source_if_unmodified_since};
    encode_conditions(build, source.conditions, names, "copy_source.conditions");
}

} // namespace cosio::inline v0::operation

#endif
