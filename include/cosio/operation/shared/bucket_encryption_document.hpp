// SPDX-License-Identifier: MIT
//
// The document that states a bucket's default encryption.

#ifndef COSIO_OPERATION_SHARED_BUCKET_ENCRYPTION_DOCUMENT_HPP
#define COSIO_OPERATION_SHARED_BUCKET_ENCRYPTION_DOCUMENT_HPP

#include <cosio/encryption.hpp>
#include <cosio/operation/shared/document_values.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/result.hpp>
#include <cosio/xml/reader.hpp>
#include <cosio/xml/writer.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::operation {

/// `algorithm` is the dialect's name; an empty `kms_key_id` is left out.
[[nodiscard]] inline std::string write_bucket_encryption(
    std::string_view algorithm, std::string_view kms_key_id)
{
    xml::writer document;
    document.open("ServerSideEncryptionConfiguration").open("Rule");
    document.open("ApplyServerSideEncryptionByDefault").element("SSEAlgorithm", algorithm);
    if (!kms_key_id.empty())
        document.element("KMSMasterKeyID", kms_key_id);
    document.close().close().close();
    return std::move(document).document();
}

inline void read_bucket_encryption_rule(xml::reader& document, encryption& out)
{
    while (document.next_child()) {
        if (document.name() != "ApplyServerSideEncryptionByDefault") {
            document.skip();
            continue;
        }
        while (document.next_child()) {
            if (document.name() == "SSEAlgorithm")
                text_into(out.algorithm, document);
            else if (document.name() == "KMSMasterKeyID")
                text_into(out.kms_key_id, document);
            else
                document.skip();
        }
    }
}

template <class Dialect>
[[nodiscard]] result<encryption> read_bucket_encryption(std::string_view text)
{
    encryption out;
    xml::reader document(text);
    const bool right_root = document.enter("ServerSideEncryptionConfiguration");
    while (right_root && document.next_child()) {
        if (document.name() == "Rule")
            read_bucket_encryption_rule(document, out);
        else
            document.skip();
    }
    auto whole = document.finish();
    if (!right_root || !whole || out.algorithm.empty())
        return unexpected_document(std::move(whole), "ServerSideEncryptionConfiguration");
    out.mode = out.algorithm == Dialect::value::encryption_cos_managed
        ? encryption_mode::cos_managed
        : out.algorithm == Dialect::value::bucket_encryption_kms ? encryption_mode::kms
                                                                 : encryption_mode::unknown;
    return out;
}

} // namespace cosio::inline v0::operation

#endif
