// JSON: contexts of KMS, and the credentials of a machine's role.

#include "fuzz/fuzz_target.hpp"

#include <cosio/cvm_role_credentials.hpp>
#include <cosio/detail/json.hpp>
#include <cosio/detail/json_object.hpp>

#include <string>
#include <string_view>

void fuzzing::fuzz(std::string_view input)
{
    const bool is_context = cosio::detail::json_string_object_problem(input).empty();
    const auto padded = std::string(" \r\n").append(input).append("\t ");
    promise(is_context == cosio::detail::json_string_object_problem(padded).empty(),
        "blanks around an object mean nothing");

    const auto document = cosio::net::parse_role_credentials(input);
    if (document) {
        const cosio::detail::json_object members(input);
        promise(members.find("Code") && members.find("Code")->view() == "Success",
            "credentials are of a success");
        promise(document->expires.has_value(), "credentials of a role expire");
    } else {
        promise(document.error().code == cosio::errc::malformed_response,
            "what is wrong with a document is that it is none");
    }
}
