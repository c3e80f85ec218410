// SPDX-License-Identifier: MIT
//
// The COS XML API: names of headers and values, rules for hosts, buckets and keys, what replies
// tell.

#ifndef COSIO_DIALECT_COS_HPP
#define COSIO_DIALECT_COS_HPP

#include <cosio/auth/q_signer.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/dialect/naming_rules.hpp>
#include <cosio/endpoint.hpp>
#include <cosio/object_headers.hpp>
#include <cosio/service_errc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cosio::inline v0::dialect {

/// What is particular to COS. Source: the COS XML API documentation.
///
/// Operations are written once over a dialect; whatever differs between two services is a member
/// here, never an `if` in an operation.
struct cos
{
    using signer = auth::q_signer;

    /// What signs the requests of a client. The region is no part of a COS signature.
    [[nodiscard]] static std::unique_ptr<signer> make_signer(std::string_view)
    {
        return std::make_unique<signer>();
    }

    struct header
    {
        static constexpr std::string_view encryption = "x-cos-server-side-encryption";
        static constexpr std::string_view kms_key_id =
            "x-cos-server-side-encryption-cos-kms-key-id";
        static constexpr std::string_view kms_context = "x-cos-server-side-encryption-context";
        static constexpr std::string_view customer_algorithm =
            "x-cos-server-side-encryption-customer-algorithm";
        static constexpr std::string_view customer_key =
            "x-cos-server-side-encryption-customer-key";
        static constexpr std::string_view customer_key_md5 =
            "x-cos-server-side-encryption-customer-key-MD5";
        static constexpr std::string_view source_customer_algorithm =
            "x-cos-copy-source-server-side-encryption-customer-algorithm";
        static constexpr std::string_view source_customer_key =
            "x-cos-copy-source-server-side-encryption-customer-key";
        static constexpr std::string_view source_customer_key_md5 =
            "x-cos-copy-source-server-side-encryption-customer-key-MD5";

        static constexpr std::string_view copy_source = "x-cos-copy-source";
        static constexpr std::string_view copy_source_range = "x-cos-copy-source-range";
        static constexpr std::string_view copy_source_if_match = "x-cos-copy-source-If-Match";
        static constexpr std::string_view copy_source_if_none_match =
            "x-cos-copy-source-If-None-Match";
        static constexpr std::string_view copy_source_if_modified_since =
            "x-cos-copy-source-If-Modified-Since";
        static constexpr std::string_view copy_source_if_unmodified_since =
            "x-cos-copy-source-If-Unmodified-Since";
        static constexpr std::string_view copy_source_version_id =
            "x-cos-copy-source-version-id";
        static constexpr std::string_view metadata_directive = "x-cos-metadata-directive";
        static constexpr std::string_view tagging_directive = "x-cos-tagging-directive";

        static constexpr std::string_view metadata_prefix = "x-cos-meta-";
        static constexpr std::string_view storage_class = "x-cos-storage-class";
        static constexpr std::string_view acl = "x-cos-acl";
        static constexpr std::string_view grant_read = "x-cos-grant-read";
        static constexpr std::string_view grant_read_acp = "x-cos-grant-read-acp";
        static constexpr std::string_view grant_write_acp = "x-cos-grant-write-acp";
        static constexpr std::string_view grant_full_control = "x-cos-grant-full-control";
        static constexpr std::string_view tagging = "x-cos-tagging";
        static constexpr std::string_view traffic_limit = "x-cos-traffic-limit";

        static constexpr std::string_view crc64 = "x-cos-hash-crc64ecma";
        static constexpr std::string_view version_id = "x-cos-version-id";
        static constexpr std::string_view delete_marker = "x-cos-delete-marker";
        static constexpr std::string_view restore = "x-cos-restore";
        static constexpr std::string_view restore_status = "x-cos-restore-status";
        static constexpr std::string_view bucket_region = "x-cos-bucket-region";
        static constexpr std::string_view other_bucket_region{}; ///< COS has no other name.
        static constexpr std::string_view bucket_az_type = "x-cos-bucket-az-type";
        static constexpr std::string_view request_id = "x-cos-request-id";
        static constexpr std::string_view other_request_id{}; ///< COS has no other name.
        static constexpr std::string_view trace_id = "x-cos-trace-id";
        /// Sent as `true` with every attempt but the first.
        static constexpr std::string_view retry_marker = "x-cos-sdk-retry";
        static constexpr std::string_view security_token = "x-cos-security-token";
    };

    struct value
    {
        static constexpr std::string_view encryption_cos_managed = "AES256";
        static constexpr std::string_view encryption_kms = "cos/kms";
        static constexpr std::string_view customer_algorithm = "AES256";
        static constexpr std::string_view copy_directive = "Copy";
        static constexpr std::string_view replace_directive = "Replaced";
        /// In bucket encryption documents SSE-KMS has another name than in headers.
        static constexpr std::string_view bucket_encryption_kms = "KMS";
        /// The element of a restore document that holds the tier.
        static constexpr std::string_view restore_parameters = "CASJobParameters";
        /// Documents have no namespace.
        static constexpr std::string_view document_namespace{};
    };

    // Limits of multipart uploads; the last part may be smaller.
    static constexpr std::uint64_t minimum_part_size = std::uint64_t{1} << 20U;
    static constexpr std::uint64_t maximum_part_size = std::uint64_t{5} << 30U;
    static constexpr std::uint32_t maximum_parts = 10'000;

    /// Replies state the CRC64 of an object over its plaintext.
    static constexpr bool states_crc64 = true;
    /// A body whose size is not known may be sent chunked.
    static constexpr bool accepts_chunked_bodies = true;
    /// The signature covers the body.
    static constexpr bool signs_bodies = false;
    /// A request may limit its own rate.
    static constexpr bool limits_traffic = true;
    /// Listings of objects go on from a token of the page before instead of from a key.
    static constexpr bool lists_by_token = false;
    /// Restoring an object takes its customer key.
    static constexpr bool restore_takes_customer_key = true;
    /// The source of a copy may be in another region.
    static constexpr bool copies_between_regions = true;
    /// The documentation confirms the mode in the reply of every write but the part copy, where
    /// it names SSE-COS alone.
    static constexpr bool part_copy_reply_confirms_encryption = false;
    /// The reply to completing an upload names its mode, and the customer key.
    static constexpr bool completion_confirms_encryption = true;
    /// The document of a completed upload may state an empty ETag.
    static constexpr bool completion_may_lack_etag = false;

    /// As the header carries it; empty for a class that COS does not have.
    [[nodiscard]] static constexpr std::string_view name_of(storage_class value) noexcept
    {
        return cosio::name_of(value);
    }
    /// As the header carries it; empty for an ACL that COS does not have.
    [[nodiscard]] static constexpr std::string_view name_of(acl value) noexcept
    {
        return cosio::name_of(value);
    }

    /// The enumerator of an error document's `<Code>`.
    [[nodiscard]] static service_errc error_code(std::string_view code) noexcept
    {
        return service_errc_from_code(code);
    }

    /// Whether a reply that names the KMS key `said` confirms the key `asked` for.
    [[nodiscard]] static bool is_same_kms_key(std::string_view asked, std::string_view said)
    {
        return asked == said;
    }

    /// `Content-Encoding` as it was stored.
    [[nodiscard]] static std::string_view stored_content_encoding(std::string_view said)
    {
        return said;
    }

    /// What stands before the key in a copy source: the source's host in the service, whatever host
    /// the client talks to.
    [[nodiscard]] static std::string copy_source_base(
        std::string_view bucket, std::string_view region)
    {
        return std::string(bucket).append(".").append(service_host(region)).append("/");
    }

    /// Whether a bucket cannot be part of the host name, whatever the configuration says.
    [[nodiscard]] static constexpr bool needs_path_style(std::string_view, scheme) noexcept
    {
        return false;
    }

    /// The largest object that one request copies.
    static constexpr std::uint64_t maximum_copy_size = std::uint64_t{5} << 30U;

    /// The service's host in a region, to which the bucket's name is prefixed.
    [[nodiscard]] static std::string service_host(std::string_view region)
    {
        return std::string("cos.").append(region).append(".myqcloud.com");
    }

    /// The region in a host of the default form, bucket before it or not, by either name of the
    /// service; empty for any other host. A view into `host`.
    [[nodiscard]] static constexpr std::string_view region_of_host(std::string_view host) noexcept
    {
        for (const std::string_view domain : {".myqcloud.com", ".tencentcos.cn"}) {
            if (!host.ends_with(domain))
                continue;
            host.remove_suffix(domain.size());
            const auto dot = host.rfind('.');
            const auto service = host.substr(0, dot == std::string_view::npos ? 0 : dot);
            const auto region = host.substr(service.empty() ? host.size() : dot + 1);
            const bool usual = service == "cos" || service.ends_with(".cos");
            return usual && region != "accelerate" ? region : std::string_view{};
        }
        return {};
    }

    /// The other name of a host of the default form, `<bucket>.cos.<region>.myqcloud.com`, by
    /// which the same service is reached; empty for any other host: custom domains, acceleration
    /// and internal hosts have no other.
    [[nodiscard]] static std::string backup_host(std::string_view host)
    {
        constexpr std::string_view usual = ".myqcloud.com";
        constexpr std::string_view other = ".tencentcos.cn";
        if (!host.ends_with(usual))
            return {};
        const auto stem = host.substr(0, host.size() - usual.size());
        const auto region = stem.rfind('.');
        const auto service =
            region == std::string_view::npos ? region : stem.rfind('.', region - 1);
        if (service == std::string_view::npos || service == 0 ||
            stem.substr(service + 1, region - service - 1) != "cos" ||
            stem.substr(region + 1) == "accelerate")
            return {};
        return std::string(stem).append(other);
    }

    /// Why `bucket` is no bucket name; empty when it is one: `<name>-<appid>`, lower-case letters,
    /// digits and hyphens, neither first nor last a hyphen, the APPID numeric.
    [[nodiscard]] static std::string_view bucket_problem(std::string_view bucket) noexcept
    {
        constexpr std::size_t longest_host_label = 63;
        const auto allowed = [](char c) {
            return detail::is_lower(c) || detail::is_digit(c) || c == '-';
        };
        if (bucket.empty())
            return "must not be empty";
        if (bucket.size() > longest_host_label)
            return "must not be longer than 63 bytes";
        if (!std::ranges::all_of(bucket, allowed))
            return "must be lower-case letters, digits and hyphens";
        const auto hyphen = bucket.rfind('-');
        if (hyphen == std::string_view::npos || hyphen == 0 || hyphen + 1 == bucket.size() ||
            !std::ranges::all_of(bucket.substr(hyphen + 1), detail::is_digit))
            return "must end in a hyphen and the numeric APPID, as in examplebucket-1250000000";
        if (bucket.front() == '-')
            return "must not begin with a hyphen";
        return {};
    }

    /// Source: COS documentation, "Object Overview" and "PUT Object". Keys that begin with a slash
    /// are there all the same: official SDKs make them of `//name`.
    static constexpr naming_rules creating{.longest_key = 850,
        .leading_slash = false,
        .any_byte = false,
        .dot_segments = false,
        .token_names = false,
        .received_values = false,
        .longest_metadata = 2048};
    static constexpr naming_rules existing{};
};

} // namespace cosio::inline v0::dialect

#endif
