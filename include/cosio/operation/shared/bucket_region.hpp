// SPDX-License-Identifier: MIT
//
// What a refusal says of the region of a bucket, and what follows from it.

#ifndef COSIO_OPERATION_SHARED_BUCKET_REGION_HPP
#define COSIO_OPERATION_SHARED_BUCKET_REGION_HPP

#include <cosio/detail/ascii.hpp>
#include <cosio/error.hpp>
#include <cosio/http/response_head.hpp>
#include <cosio/service_errc.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace cosio::inline v0::operation {

/// Whether `name` can be a region as services state theirs: lower-case letters, digits and hyphens,
/// a letter first and no hyphen last. Stricter than `config::region_problem`: it comes from a peer.
[[nodiscard]] constexpr bool is_region_name(std::string_view name) noexcept
{
    constexpr std::size_t longest = 63;
    const auto allowed = [](char c) {
        return detail::is_lower(c) || detail::is_digit(c) || c == '-';
    };
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, allowed) &&
        detail::is_lower(name.front()) && name.back() != '-';
}

/// Whether the reply to a request of that status names the region of the bucket, where that may be
/// the reason. Source: S3 User Guide, "Making requests"; COS documentation, "HEAD Bucket".
[[nodiscard]] constexpr bool states_region(unsigned status) noexcept
{
    return status == 301 || status == 307 || status == 400 || status == 403;
}

/// The region of the bucket that the head of a reply states; empty without one.
template <class Dialect>
[[nodiscard]] std::string_view region_in(const http::response_head& head)
{
    using name = typename Dialect::header;
    const auto stated = head.get(name::bucket_region);
    if (is_region_name(stated))
        return stated;
    if constexpr (!name::other_bucket_region.empty())
        if (const auto other = head.get(name::other_bucket_region); is_region_name(other))
            return other;
    return {};
}

/// What a stated region means for the request that was refused.
enum class region_verdict {
    nothing,          ///< It is where the request went, or where its source was said to be.
    unknown,          ///< The request went to a name that stands for no region.
    bucket_elsewhere, ///< The bucket is in that region, and the request went to another.
    either_elsewhere, ///< The bucket is, or else the source of the copy.
};

/// All that `judge_region` looks at.
struct region_evidence
{
    std::string_view stated{}; ///< By the reply.
    std::string_view asked{};  ///< Where the request went; empty: nobody has said.
    std::string_view source{}; ///< Of the source of a copy; empty: the request has none.
    /// The scope of the signature was refused, which names no source.
    bool about_signature = false;
};

/// Regions are compared without case, as host names are.
[[nodiscard]] constexpr region_verdict judge_region(const region_evidence& found) noexcept
{
    const auto is = [&](std::string_view region) {
        return detail::equal_ignoring_case(found.stated, region);
    };
    if (found.stated.empty() || is(found.asked))
        return region_verdict::nothing;
    if (!found.source.empty() && !found.about_signature)
        return is(found.source) ? region_verdict::nothing : region_verdict::either_elsewhere;
    // The host of global acceleration has a word where others have their region.
    return found.asked.empty() || found.asked == "accelerate" ? region_verdict::unknown
                                                              : region_verdict::bucket_elsewhere;
}

/// Whether the code of a refusal says no more than that the region is wrong, or less.
[[nodiscard]] inline bool is_explained_by_region(const error& why) noexcept
{
    return why.code == service_errc::authorization_malformed ||
        (why.service_code.empty() && why.code.category() == service_category());
}

/// Completes a refusal that may state a region (`error::region`), of a request that went to the
/// region `asked`. Doing it twice is like doing it once.
inline void tell_region(error& why, std::string_view asked, std::string_view source)
{
    if (why.region.empty())
        return;
    const bool about_signature = why.code == service_errc::authorization_malformed ||
        why.code == service_errc::wrong_region;
    const auto verdict = judge_region({why.region, asked, source, about_signature});
    if (verdict == region_verdict::bucket_elsewhere && is_explained_by_region(why))
        why.code = service_errc::wrong_region;
    if (verdict == region_verdict::either_elsewhere) {
        if (why.message.empty())
            why.message = why.code.message();
        why.message.append("; the bucket or the source of the copy is in region ")
            .append(why.region);
    }
    if (verdict == region_verdict::nothing || verdict == region_verdict::either_elsewhere)
        why.region.clear(); // Not known to be another region of the bucket.
}

} // namespace cosio::inline v0::operation

#endif
