// Heads against what genuine replies have: no success without it, whatever the head says.

#include "fuzz/fuzz_target.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/dialect/s3.hpp>
#include <cosio/http/response_parser.hpp>
#include <cosio/operation/shared/reply_proof.hpp>

#include <string_view>

namespace {

namespace operation = cosio::operation;

template <class Dialect>
void hold_against(
    const operation::reply_proof& proof, const cosio::http::response_head& head)
{
    const auto id = operation::request_id_in<Dialect>(head);
    const auto missing =
        operation::missing_proof(head, proof, "Operation", id, Dialect::header::request_id);
    if (missing) {
        fuzzing::promise(missing->code == cosio::errc::malformed_response, "it is malformed");
        return;
    }
    if (!operation::is_success(head.status)) {
        fuzzing::promise(!id.empty() || !operation::states_a_fact(head.status),
            "only the service states facts");
        return;
    }
    bool has_etag = false;
    for (std::size_t i = 0; i != head.size(); ++i)
        has_etag = has_etag ||
            (cosio::detail::equal_ignoring_case(head[i].name, "ETag") && head[i].value.size() > 0 &&
                head[i].value != "\"\"");
    fuzzing::promise(!id.empty(), "a success has a request id");
    fuzzing::promise(proof.has_status(head.status), "and a status that the operation has");
    fuzzing::promise(has_etag || !proof.etag, "and an ETag where one belongs");
}

} // namespace

void fuzzing::fuzz(std::string_view input)
{
    cosio::http::response_head head;
    const auto length = cosio::http::response_parser().parse(input, head);
    if (!length || *length == 0)
        return;
    for (const auto& proof : {operation::proofs::put_object, operation::proofs::get_object,
             operation::proofs::delete_object, operation::proofs::restore_object,
             operation::proofs::list_objects}) {
        hold_against<cosio::dialect::cos>(proof, head);
        hold_against<cosio::dialect::s3>(proof, head);
    }
}
