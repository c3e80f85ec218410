// Replies as they come from the network: head, framing, chunks. However they are cut into pieces,
// they are read the same.

#include "fuzz/fuzz_target.hpp"

#include <cosio/dialect/cos.hpp>
#include <cosio/http/date.hpp>
#include <cosio/net/exchange.hpp>
#include <cosio/operation/get_object.hpp>
#include <cosio/operation/head_object.hpp>
#include <cosio/operation/shared/service_error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace {

using cosio::net::exchange;

struct reading
{
    exchange::phase state = exchange::phase::failed;
    unsigned status = 0;
    std::string body{};
    std::size_t consumed = 0;
    bool reusable = false;

    friend bool operator==(const reading&, const reading&) = default;
};

/// Receives `reply` in pieces of `step` bytes, then the end of the connection.
reading read(std::string_view reply, std::size_t step, cosio::http::method how)
{
    using phase = exchange::phase;
    exchange one(how, 0);
    one.sending_begins();
    one.sent();
    reading out;
    for (std::size_t received = 0;;) {
        const auto window = reply.substr(out.consumed, received - out.consumed);
        const auto before = one.state();
        std::size_t consumed = 0;
        if (before == phase::receiving_head) {
            consumed = one.received_head(window);
        } else if (before == phase::receiving_body) {
            const auto piece = one.received_body(window);
            consumed = piece.consumed;
            out.body.append(piece.payload);
        }
        fuzzing::promise(consumed <= window.size(), "no more is consumed than was received");
        out.consumed += consumed;
        if (one.state() == phase::complete || one.state() == phase::failed)
            break;
        if (consumed != 0 || one.state() != before)
            continue;
        if (received == reply.size()) {
            one.peer_closed();
            break;
        }
        received = std::min(reply.size(), received + step);
    }
    out.state = one.state();
    fuzzing::promise(out.state == phase::complete || out.state == phase::failed,
        "the end of the connection is the end of the exchange");
    out.reusable = one.reusable(0, false);
    fuzzing::promise(!out.reusable || out.state == phase::complete, "only a whole reply is reused");
    if (out.state == phase::failed)
        return {}; // How far it came until then depends on the pieces.
    out.status = one.head().status;
    return out;
}

/// What operations make of a head, whatever its fields say.
template <template <class> class Operation>
void decode(std::string_view reply)
{
    using cos = cosio::dialect::cos;
    cosio::operation::reply got;
    const auto length = cosio::http::response_parser().parse(reply, got.head);
    if (!length || *length == 0)
        return;
    static_cast<void>(cosio::http::parse_date(got.head.get("Date")));
    if (!cosio::operation::refusal_of<cos>(got, Operation<cos>::what))
        static_cast<void>(cosio::operation::decoded<Operation<cos>>({}, std::move(got)));
}

} // namespace

void fuzzing::fuzz(std::string_view input)
{
    const auto how = choose(input, 2) == 0 ? cosio::http::method::get : cosio::http::method::head;
    const auto step = 1 + choose(input, 64);
    promise(read(input, input.size() + 1, how) == read(input, step, how),
        "a reply in pieces is the same reply");
    decode<cosio::operation::get_object>(input);
    decode<cosio::operation::head_object>(input);
}
