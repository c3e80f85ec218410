// Signatures of botocore 1.43.11 (S3SigV4Auth and S3SigV4QueryAuth) at 20231114T221320Z for the
// service s3 in eu-central-1, a pre-signed URL valid for 3600 seconds. Host is always
// examplebucket.s3.eu-central-1.amazonaws.com; it is signed, as are date, body hash and token where
// the header carries them.

#ifndef COSIO_TESTS_AUTH_SIG_V4_VECTORS_HPP
#define COSIO_TESTS_AUTH_SIG_V4_VECTORS_HPP

#include <string_view>
#include <utility>
#include <vector>

namespace sig_v4_vectors {

using pairs = std::vector<std::pair<std::string_view, std::string_view>>;

/// The example credentials of the Amazon S3 documentation.
inline constexpr std::string_view secret_id = "AKIAIOSFODNN7EXAMPLE";
inline constexpr std::string_view secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
inline constexpr std::string_view region = "eu-central-1";
inline constexpr std::string_view host = "examplebucket.s3.eu-central-1.amazonaws.com";
inline constexpr long long time = 1700000000;
inline constexpr long long validity = 3600;

struct vector
{
    std::string_view name;
    std::string_view method;
    std::string_view path; ///< Not encoded.
    pairs parameters;      ///< Not encoded.
    pairs headers;
    std::string_view payload_hash;
    std::string_view token;
    std::string_view header_list; ///< Of the signature in the header.
    std::string_view signature;
    std::string_view url_header_list; ///< Of the pre-signed URL.
    std::string_view url_signature;
};

inline const std::vector<vector>& vectors()
{
    // clang-format off
    static const std::vector<vector> all{
        {"plain get", "GET", "/exampleobject",
          {},
          {},
          "UNSIGNED-PAYLOAD", "",
          "host;x-amz-content-sha256;x-amz-date", "f7c322b5c7d6a853fcb6610c5543d1e053017916da500c47a6577dbc11fce856",
          "host", "d0e242d5a2ca3b479bf0978b6e075b417a12b050c8b92b24f860c31efa26e899"},
        {"sub-resource", "POST", "/exampleobject",
          {{"uploads", ""}},
          {{"x-amz-server-side-encryption", "aws:kms"}, {"x-amz-server-side-encryption-context", "eyJ0ZXN0IjoidGVzdCJ9"}},
          "UNSIGNED-PAYLOAD", "",
          "host;x-amz-content-sha256;x-amz-date;x-amz-server-side-encryption;x-amz-server-side-encryption-context", "e7e6dedf61a0ab6cbdf855abb05047f4ae683b0428680dd45444fb1a4ecbfe55",
          "host;x-amz-server-side-encryption;x-amz-server-side-encryption-context", "ff94afe7e42daa25fad739f9e765e5ad6a9b0352c820f9a8565e36a5a62044a7"},
        {"key in another script", "PUT", "/目录/a b+c~d(1)!*'.txt",
          {{"x-id", "PutObject"}, {"empty", ""}},
          {{"Content-Type", "text/plain"}, {"x-amz-server-side-encryption-customer-algorithm", "AES256"}, {"x-amz-server-side-encryption-customer-key", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE="}, {"x-amz-server-side-encryption-customer-key-MD5", "5inxltxhJQnqmmHfVSQjoA=="}},
          "e7042ac7d09c7bc41c8cfa5749e41858f6980643bc0db1a83cc793d3e24d3f77", "",
          "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-server-side-encryption-customer-algorithm;x-amz-server-side-encryption-customer-key;x-amz-server-side-encryption-customer-key-md5", "8b54ae7b587d2e28286bceb8365fe1c09ba9484cb31a136b63ddf7b36608452f",
          "content-type;host;x-amz-server-side-encryption-customer-algorithm;x-amz-server-side-encryption-customer-key;x-amz-server-side-encryption-customer-key-md5", "a0d4cfde104211060952a3108cf925787a5e940fb72f0f936a982444a8018b79"},
        {"parameters out of order", "GET", "/",
          {{"prefix", "a b/+&="}, {"list-type", "2"}, {"delimiter", "/"}, {"A", "z"}, {"a", "2"}, {"a1", "1"}, {"start-after", "目"}},
          {},
          "UNSIGNED-PAYLOAD", "",
          "host;x-amz-content-sha256;x-amz-date", "9eef76b674c22781fbf87a18e99464827f2e3203401d03c1e19c9cd9a97c511e",
          "host", "223a5e278cfb1599f455a830db73f9141f2f98b456f467d994ae7c5ad3f089d8"},
        {"blanks in values", "PUT", "/a//b/../c",
          {},
          {{"x-amz-meta-note", "  one   two\tthree  "}, {"Cache-Control", "no-cache,  no-store"}},
          "UNSIGNED-PAYLOAD", "",
          "cache-control;host;x-amz-content-sha256;x-amz-date;x-amz-meta-note", "e0bf0c88b4ee234ff491d73d2741249c824039b2a37a73d0b334bf2e04df0239",
          "cache-control;host;x-amz-meta-note", "527896d94d8d448db156b6c623bbf7bf145a9f1fa3cfba9a3a75109f87c51e58"},
        {"session token", "HEAD", "/exampleobject",
          {{"versionId", "a+/="}},
          {{"Range", "bytes=0-9"}},
          "UNSIGNED-PAYLOAD", "TOKENexample+/=",
          "host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token", "4263f9b072aabf83bdcfe1d24682666dd20c5bc1069d479e119673d2505e514e",
          "host;range", "aedba73bb090e33788a52b9e99b1ee14cf0211dec8fc64b2f63e021720a28f3b"},
        {"delete", "DELETE", "/path.style.bucket/key",
          {},
          {},
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "",
          "host;x-amz-content-sha256;x-amz-date", "d7a513db1121d8464e8b1740285fbb2ad7af354552bab416a1c86f44e79ace09",
          "host", "c6bbde33e0d9cde3b23c2c023a4c61363dc579cead03f6fbee350a63bdc279d5"},
    };
    // clang-format on
    return all;
}

} // namespace sig_v4_vectors

#endif
