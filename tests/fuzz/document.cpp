// XML documents of a service: listings, results, errors.

#include "fuzz/fuzz_target.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/operation/complete_multipart_upload.hpp>
#include <cosio/operation/copy_object.hpp>
#include <cosio/operation/delete_objects.hpp>
#include <cosio/operation/get_bucket_encryption.hpp>
#include <cosio/operation/initiate_multipart_upload.hpp>
#include <cosio/operation/list_multipart_uploads.hpp>
#include <cosio/operation/list_objects.hpp>
#include <cosio/operation/list_parts.hpp>
#include <cosio/operation/shared/service_error.hpp>
#include <cosio/xml/reader.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

namespace operation = cosio::operation;
using cosio::dialect::cos;

void walk(cosio::xml::reader& document)
{
    while (document.next_child())
        walk(document);
}

/// A document is well-formed or is not, however it is read.
void read_in_two_ways(std::string_view text)
{
    cosio::xml::reader walked(text);
    if (walked.open_root())
        walk(walked);
    cosio::xml::reader skipped(text);
    if (skipped.open_root())
        skipped.skip();
    fuzzing::promise(
        walked.finish().has_value() == skipped.finish().has_value(), "walking and skipping agree");
}

template <template <class> class Operation>
void decode(std::string_view text)
{
    operation::reply got;
    got.head.status = 200;
    got.body = text;
    got.body_size = text.size();
    operation::expectation expected;
    operation::listing_question asked;
    asked.most = operation::most_entries_per_page;
    expected.listing = std::make_unique<const operation::listing_question>(std::move(asked));
    if (!operation::refusal_of<cos>(got, Operation<cos>::what))
        static_cast<void>(operation::decoded<Operation<cos>>(expected, std::move(got)));
}

void decode_error(std::string_view text)
{
    const auto problem = operation::parse_error_document<cos>(text);
    if (!problem)
        return;
    fuzzing::promise(!problem->service_code.empty(), "an error document has a code");
    for (const auto* const said : {&problem->service_code, &problem->message, &problem->resource,
             &problem->request_id, &problem->trace_id})
        fuzzing::promise(
            said->size() <= 1024 && std::ranges::none_of(*said, cosio::detail::is_control),
            "what a peer says is bounded and printable");
}

} // namespace

void fuzzing::fuzz(std::string_view input)
{
    read_in_two_ways(input);
    decode_error(input);
    decode<operation::list_objects>(input);
    decode<operation::list_parts>(input);
    decode<operation::list_multipart_uploads>(input);
    decode<operation::delete_objects>(input);
    decode<operation::copy_object>(input);
    decode<operation::initiate_multipart_upload>(input);
    decode<operation::complete_multipart_upload>(input);
    decode<operation::get_bucket_encryption>(input);
}
