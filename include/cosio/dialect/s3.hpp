// SPDX-License-Identifier: MIT
//
// The REST API of Amazon S3, as Ceph, MinIO and COS itself speak it too: names of headers and
// values, rules for hosts, buckets and keys, what replies tell.

#ifndef COSIO_DIALECT_S3_HPP
#define COSIO_DIALECT_S3_HPP

#include <cosio/auth/sig_v4_signer.hpp>
#include <cosio/detail/ascii.hpp>
#include <cosio/dialect/naming_rules.hpp>
#include <cosio/dialect/s3_error_codes.hpp>
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

/// What is particular to S3. Source: Amazon S3 API Reference.
///
/// `sse::cos_managed` is SSE-S3 here. Regions are those of the service, such as `us-east-1`; a
/// service that is not Amazon's is named by `config::endpoint`.
struct s3
{
    using signer = auth::sig_v4_signer;

    /// What signs the requests of a client.
    [[nodiscard]] static std::unique_ptr<signer> make_signer(std::string_view region)
    {
        return std::make_unique<signer>(region);
    }

    struct header
    {
        static constexpr std::string_view encryption = "x-amz-server-side-encryption";
        static constexpr std::string_view kms_key_id =
            "x-amz-server-side-encryption-aws-kms-key-id";
        static constexpr std::string_view kms_context = "x-amz-server-side-encryption-context";
        static constexpr std::string_view customer_algorithm =
            "x-amz-server-side-encryption-customer-algorithm";
        static constexpr std::string_view customer_key =
            "x-amz-server-side-encryption-customer-key";
        static constexpr std::string_view customer_key_md5 =
            "x-amz-server-side-encryption-customer-key-MD5";
        static constexpr std::string_view source_customer_algorithm =
            "x-amz-copy-source-server-side-encryption-customer-algorithm";
        static constexpr std::string_view source_customer_key =
            "x-amz-copy-source-server-side-encryption-customer-key";
        static constexpr std::string_view source_customer_key_md5 =
            "x-amz-copy-source-server-side-encryption-customer-key-MD5";

        static constexpr std::string_view copy_source = "x-amz-copy-source";
        static constexpr std::string_view copy_source_range = "x-amz-copy-source-range";
        static constexpr std::string_view copy_source_if_match = "x-amz-copy-source-if-match";
        static constexpr std::string_view copy_source_if_none_match =
            "x-amz-copy-source-if-none-match";
        static constexpr std::string_view copy_source_if_modified_since =
            "x-amz-copy-source-if-modified-since";
        static constexpr std::string_view copy_source_if_unmodified_since =
            "x-amz-copy-source-if-unmodified-since";
        static constexpr std::string_view copy_source_version_id =
            "x-amz-copy-source-version-id";
        static constexpr std::string_view metadata_directive = "x-amz-metadata-directive";
        static constexpr std::string_view tagging_directive = "x-amz-tagging-directive";

        static constexpr std::string_view metadata_prefix = "x-amz-meta-";
        static constexpr std::string_view storage_class = "x-amz-storage-class";
        static constexpr std::string_view acl = "x-amz-acl";
        static constexpr std::string_view grant_read = "x-amz-grant-read";
        static constexpr std::string_view grant_read_acp = "x-amz-grant-read-acp";
        static constexpr std::string_view grant_write_acp = "x-amz-grant-write-acp";
        static constexpr std::string_view grant_full_control = "x-amz-grant-full-control";
        static constexpr std::string_view tagging = "x-amz-tagging";
        static constexpr std::string_view traffic_limit{}; ///< S3 has none.

        static constexpr std::string_view version_id = "x-amz-version-id";
        static constexpr std::string_view delete_marker = "x-amz-delete-marker";
        static constexpr std::string_view restore = "x-amz-restore";
        static constexpr std::string_view bucket_region = "x-amz-bucket-region";
        /// COS speaks S3 as well, and has its own name for it.
        static constexpr std::string_view other_bucket_region = "x-cos-bucket-region";
        static constexpr std::string_view bucket_az_type{}; ///< S3 has none.
        static constexpr std::string_view request_id = "x-amz-request-id";
        /// COS speaks S3 as well, and has its own name for it.
        static constexpr std::string_view other_request_id = "x-cos-request-id";
        static constexpr std::string_view trace_id = "x-amz-id-2";
        static constexpr std::string_view retry_marker{}; ///< S3 has none.
        static constexpr std::string_view security_token = "x-amz-security-token";
    };

    struct value
    {
        static constexpr std::string_view encryption_cos_managed = "AES256";
        static constexpr std::string_view encryption_kms = "aws:kms";
        static constexpr std::string_view customer_algorithm = "AES256";
        static constexpr std::string_view copy_directive = "COPY";
        static constexpr std::string_view replace_directive = "REPLACE";
        static constexpr std::string_view bucket_encryption_kms = "aws:kms";
        /// The element of a restore document that holds the tier.
        static constexpr std::string_view restore_parameters = "GlacierJobParameters";
        static constexpr std::string_view document_namespace =
            "http://s3.amazonaws.com/doc/2006-03-01/";
    };

    // Limits of multipart uploads; the last part may be smaller.
    static constexpr std::uint64_t minimum_part_size = std::uint64_t{5} << 20U;
    static constexpr std::uint64_t maximum_part_size = std::uint64_t{5} << 30U;
    static constexpr std::uint32_t maximum_parts = 10'000;
    /// The largest object that one request copies.
    static constexpr std::uint64_t maximum_copy_size = std::uint64_t{5} << 30U;

    /// No reply states a CRC64 of COS's polynomial: uploads are checked by Content-MD5 instead.
    static constexpr bool states_crc64 = false;
    static constexpr bool accepts_chunked_bodies = false;
    static constexpr bool signs_bodies = true;
    static constexpr bool limits_traffic = false;
    static constexpr bool lists_by_token = true;
    static constexpr bool restore_takes_customer_key = false;
    static constexpr bool copies_between_regions = false;
    /// Amazon confirms the mode, Ceph does not; the reply to initiating the upload has proved it.
    static constexpr bool part_copy_reply_confirms_encryption = false;
    /// Amazon confirms all but the customer key, Ceph nothing.
    static constexpr bool completion_confirms_encryption = false;
    /// The document of a completed upload may state an empty ETag: Ceph 16 writes it so.
    static constexpr bool completion_may_lack_etag = true;

    /// As the header carries it; empty for a class that S3 does not have.
    [[nodiscard]] static constexpr std::string_view name_of(storage_class value) noexcept
    {
        switch (value) {
        case storage_class::standard:
        case storage_class::standard_ia:
        case storage_class::intelligent_tiering:
        case storage_class::deep_archive: return cosio::name_of(value);
        case storage_class::archive: return "GLACIER";
        default: return {};
        }
    }
    /// As the header carries it; empty for an ACL that S3 does not have.
    [[nodiscard]] static constexpr std::string_view name_of(acl value) noexcept
    {
        return value == acl::bucket_default ? std::string_view{} : cosio::name_of(value);
    }

    /// The enumerator of an error document's `<Code>`.
    [[nodiscard]] static service_errc error_code(std::string_view code) noexcept
    {
        return s3_error_code(code);
    }

    /// Whether a reply that names the KMS key `said` confirms the key `asked` for. AWS answers with
    /// the ARN of the key, which ends in its id; what an alias stands for only AWS knows.
    [[nodiscard]] static bool is_same_kms_key(std::string_view asked, std::string_view said)
    {
        if (asked == said)
            return true;
        if (!said.starts_with("arn:"))
            return false;
        const bool is_alias = asked.starts_with("alias/") ||
            (asked.starts_with("arn:") && asked.find(":alias/") != std::string_view::npos);
        return is_alias || said.substr(said.rfind('/') + 1) == asked;
    }

    /// `Content-Encoding` as it was stored: some services keep the coding in which other clients
    /// send their bodies, and give it back.
    [[nodiscard]] static std::string_view stored_content_encoding(std::string_view said)
    {
        constexpr std::string_view transfer = "aws-chunked";
        if (!said.starts_with(transfer))
            return said;
        const auto rest = detail::trimmed(said.substr(transfer.size()));
        if (rest.empty())
            return rest;
        return rest.front() == ',' ? detail::trimmed(rest.substr(1)) : said;
    }

    /// What stands before the key in a copy source. The service finds a bucket by its name.
    [[nodiscard]] static std::string copy_source_base(std::string_view bucket, std::string_view)
    {
        return std::string(bucket).append("/");
    }

    /// Whether a bucket cannot be part of the host name, whatever the configuration says: the
    /// certificate of the service covers one label before its name, and names of old buckets are no
    /// part of a host name.
    [[nodiscard]] static bool needs_path_style(std::string_view bucket, scheme how) noexcept
    {
        return (how == scheme::https && bucket.find('.') != std::string_view::npos) ||
            !is_host_label(bucket);
    }

    /// Amazon's host in a region, to which the bucket's name is prefixed.
    [[nodiscard]] static std::string service_host(std::string_view region)
    {
        return std::string("s3.").append(region).append(
            region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
    }

    /// The region in a host of Amazon's, bucket before it or not, in any of the forms that
    /// redirects name; empty for any other host. A view into `host`. Source: Amazon S3 API Reference,
    /// "Endpoints and quotas"; S3 User Guide, "Virtual hosting of buckets".
    [[nodiscard]] static constexpr std::string_view region_of_host(std::string_view host) noexcept
    {
        for (const std::string_view domain : {".amazonaws.com", ".amazonaws.com.cn"}) {
            if (!host.ends_with(domain))
                continue;
            host.remove_suffix(domain.size());
            const auto dot = host.rfind('.');
            const auto last = host.substr(dot == std::string_view::npos ? 0 : dot + 1);
            if (last.starts_with("s3-fips-"))
                return last.substr(8);
            if (last.starts_with("s3-website") || last == "s3-accelerate" || last == "s3-external-1")
                return {};
            if (last.starts_with("s3-"))
                return last.substr(3);
            const auto before = host.substr(0, dot == std::string_view::npos ? 0 : dot);
            const auto service = before.substr(before.rfind('.') + 1);
            const bool usual =
                service == "s3" || service == "s3-fips" || before.ends_with("s3.dualstack") ||
                before.ends_with("s3-fips.dualstack");
            return usual ? last : std::string_view{};
        }
        return {};
    }

    /// No host has another name.
    [[nodiscard]] static std::string backup_host(std::string_view) { return {}; }

    /// Why `bucket` is no bucket name; empty when it is one. No bucket is created here, so names
    /// count that Amazon gave before 2018. Source: S3 User Guide, "Bucket naming rules".
    [[nodiscard]] static std::string_view bucket_problem(std::string_view bucket) noexcept
    {
        constexpr std::size_t shortest = 3;
        constexpr std::size_t longest = 255;
        const auto allowed = [](char c) {
            return detail::is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
        };
        if (bucket.size() < shortest || bucket.size() > longest)
            return "must be 3 to 63 bytes, of an old bucket 255";
        if (!std::ranges::all_of(bucket, allowed))
            return "must be letters, digits, hyphens, dots and underscores";
        if (!detail::is_alphanumeric(bucket.front()) || !detail::is_alphanumeric(bucket.back()))
            return "must begin and end with a letter or a digit";
        if (bucket.find("..") != std::string_view::npos || detail::is_ipv4_literal(bucket))
            return "must not have two dots in a row, nor be an address";
        return {};
    }

    /// Source: S3 User Guide, "Naming Amazon S3 objects" and "Working with object metadata". Control
    /// bytes and dot segments are "characters to avoid" there: they are, in what is created.
    static constexpr naming_rules creating{.any_byte = false,
        .dot_segments = false,
        .received_values = false,
        .longest_metadata = 2048};
    static constexpr naming_rules existing{};

private:
    /// Whether `bucket` can stand in a host name, which has no upper case.
    [[nodiscard]] static bool is_host_label(std::string_view bucket) noexcept
    {
        constexpr std::size_t longest = 63;
        const auto unfit = [](char c) { return c == '_' || detail::to_lower(c) != c; };
        return bucket.size() <= longest && std::ranges::none_of(bucket, unfit);
    }
};

} // namespace cosio::inline v0::dialect

#endif
