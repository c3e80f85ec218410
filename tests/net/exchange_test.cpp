#include <cosio/net/exchange.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

using cosio::errc;
using cosio::error;
using cosio::http::method;
using cosio::net::exchange;
using cosio::net::is_reusable;
using cosio::net::reuse_facts;
using phase = cosio::net::exchange::phase;

namespace {

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
constexpr std::string_view refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

exchange at_reply(method how = method::get)
{
    exchange made(how, 0);
    made.sending_begins();
    made.sent();
    return made;
}

} // namespace

TEST_CASE("a connection is reused when every fact allows it, and only then")
{
    reuse_facts good;
    good.reply_complete = good.keep_alive = good.request_sent_whole = true;
    CHECK(is_reusable(good));
    for (bool reuse_facts::* const required :
        {&reuse_facts::reply_complete, &reuse_facts::keep_alive, &reuse_facts::request_sent_whole}) {
        auto facts = good;
        facts.*required = false;
        CHECK_FALSE(is_reusable(facts));
    }
    for (bool reuse_facts::* const forbidden :
        {&reuse_facts::ended_by_close, &reuse_facts::surplus, &reuse_facts::interrupted}) {
        auto facts = good;
        facts.*forbidden = true;
        CHECK_FALSE(is_reusable(facts));
    }
}

TEST_CASE("an exchange from start to end")
{
    auto one = at_reply();
    CHECK(one.state() == phase::receiving_head);
    CHECK(one.received_head("HTTP/1.1 2") == 0);
    CHECK(one.received_head(ok) == ok.size());
    CHECK(one.state() == phase::receiving_body);
    CHECK(one.received_body("ab").payload == "ab");
    CHECK_FALSE(one.reusable(0, false));
    CHECK(one.received_body("c").payload == "c");
    CHECK(one.state() == phase::complete);
    CHECK(one.reusable(0, false));
    CHECK_FALSE(one.reusable(1, false));
    CHECK_FALSE(one.reusable(0, true));
}

TEST_CASE("interim replies are passed over, up to a limit")
{
    auto one = at_reply();
    const std::string interim = "HTTP/1.1 100 CONTINUE\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n";
    const std::string all = interim + std::string(ok);
    CHECK(one.received_head(all) == all.size());
    CHECK(one.head().status == 200);

    auto broken_off = at_reply();
    CHECK(broken_off.received_head(interim) == interim.size());
    CHECK(broken_off.head().status == 0); // Of a final reply there is none.

    auto flood = at_reply();
    std::string many;
    for (int i = 0; i != 100; ++i)
        many.append("HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(flood.received_head(many) != many.size());
    CHECK(flood.failure().code == errc::malformed_response);

    auto switching = at_reply();
    CHECK(switching.received_head("HTTP/1.1 101 Switching Protocols\r\n\r\n") != 0);
    CHECK(switching.failure().code == errc::malformed_response);
}

TEST_CASE("a refusal may come before the request was sent whole, a success may not")
{
    exchange early(method::put, 1000);
    early.sending_begins();
    CHECK(early.received_head(refused) == refused.size());
    CHECK(early.state() == phase::complete);
    CHECK_FALSE(early.reusable(0, false));
    early.sent(); // What the driver tells afterwards changes nothing.
    early.send_failed(error(errc::cancelled));
    CHECK(early.state() == phase::complete);
    CHECK_FALSE(early.reusable(0, false));

    exchange impossible(method::put, 1000);
    impossible.sending_begins();
    CHECK(impossible.received_head(ok) == ok.size());
    CHECK(impossible.state() == phase::sending);
    CHECK_FALSE(impossible.sends_more());
    CHECK(impossible.failure().code == errc::malformed_response);

    // It overtook the news that the last bytes had left.
    exchange overtaken(method::put, 3);
    overtaken.sending_begins();
    CHECK(overtaken.sends_more());
    CHECK(overtaken.received_head(std::string(ok) + "abc") == ok.size());
    CHECK(overtaken.received_head("abc") == 0); // Its body can wait.
    CHECK(overtaken.has_early_reply());
    overtaken.sent();
    CHECK(overtaken.state() == phase::receiving_body);
    CHECK(overtaken.received_body("abc").payload == "abc");
    CHECK(overtaken.state() == phase::complete);
    CHECK(overtaken.reusable(0, false));

    exchange broken(method::put, 1000);
    broken.sending_begins();
    static_cast<void>(broken.received_head(ok));
    broken.send_failed(error(errc::connection_closed, "broken pipe"));
    CHECK(broken.failure().message == "broken pipe");

    exchange interim(method::put, 1000);
    interim.sending_begins();
    CHECK(interim.received_head("HTTP/1.1 100 Continue\r\n\r\n") != 0);
    CHECK(interim.state() == phase::sending);
}

TEST_CASE("after a failed send the reply that explains it is still received")
{
    exchange one(method::put, 1000);
    one.sending_begins();
    one.send_failed(error(errc::connection_closed, "broken pipe"));
    CHECK(one.state() == phase::receiving_head);
    CHECK(one.received_head(refused) == refused.size());
    CHECK(one.state() == phase::complete);
    CHECK_FALSE(one.reusable(0, false));

    exchange silent(method::put, 1000);
    silent.sending_begins();
    silent.send_failed(error(errc::connection_closed, "broken pipe"));
    silent.peer_closed();
    CHECK(silent.failure().message == "broken pipe");
}

TEST_CASE("a body source must yield what it said")
{
    exchange exact(method::put, 10);
    CHECK(exact.body_continues(4));
    CHECK(exact.body_continues(6));
    CHECK(exact.body_continues(0));

    exchange more(method::put, 10);
    CHECK(more.body_continues(10));
    CHECK_FALSE(more.body_continues(1));
    CHECK(more.failure().code == errc::body_size_mismatch);

    exchange fewer(method::put, 10);
    CHECK(fewer.body_continues(9));
    CHECK_FALSE(fewer.body_continues(0));
    CHECK(fewer.failure().code == errc::body_size_mismatch);

    exchange chunked(method::put, std::nullopt);
    CHECK(chunked.body_continues(1'000'000));
    CHECK(chunked.body_continues(0));
}

TEST_CASE("the end of the connection, at every step")
{
    auto no_reply = at_reply();
    no_reply.peer_closed();
    CHECK(no_reply.failure().code == errc::connection_closed);
    CHECK_FALSE(no_reply.reply_has_begun());

    auto within_head = at_reply();
    CHECK(within_head.received_head("HTTP/1.1 200 OK\r\nCont") == 0);
    within_head.peer_closed();
    CHECK(within_head.failure().code == errc::connection_closed);
    CHECK(within_head.reply_has_begun());

    auto within_body = at_reply();
    CHECK(within_body.received_head(ok) != 0);
    within_body.peer_closed();
    CHECK(within_body.failure().code == errc::truncated_body);

    auto reset_within_body = at_reply();
    CHECK(reset_within_body.received_head(ok) != 0);
    reset_within_body.receive_failed(error(errc::connection_closed, "reset"));
    CHECK(reset_within_body.failure().code == errc::truncated_body);

    auto cancelled_within_body = at_reply();
    CHECK(cancelled_within_body.received_head(ok) != 0);
    cancelled_within_body.receive_failed(error(errc::cancelled));
    CHECK(cancelled_within_body.failure().code == errc::cancelled);

    auto unframed = at_reply();
    CHECK(unframed.received_head("HTTP/1.1 200 OK\r\n\r\n") != 0);
    CHECK(unframed.received_body("abc").payload == "abc");
    unframed.peer_closed();
    CHECK(unframed.state() == phase::complete);
    CHECK_FALSE(unframed.reusable(0, false));
}

TEST_CASE("HEAD has no body whatever its length says")
{
    auto one = at_reply(method::head);
    const std::string_view reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 349\r\n\r\n";
    CHECK(one.received_head(reply) == reply.size());
    CHECK(one.state() == phase::complete);
    CHECK(one.reusable(0, false));
}

namespace {

/// What a driver may tell an exchange, and when.
struct happening
{
    void (*tell)(exchange&);
    bool (*may_come)(phase);
};

bool while_sending(phase at) { return at == phase::sending; }
bool at_head(phase at) { return at == phase::sending || at == phase::receiving_head; }
bool at_body(phase at) { return at == phase::receiving_body; }
bool receiving(phase at) { return at == phase::receiving_head || at == phase::receiving_body; }
bool always(phase) { return true; }

constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";

const happening happenings[] = {
    {[](exchange& one) { one.sent(); }, always},
    {[](exchange& one) { one.send_failed(error(errc::connection_closed)); }, always},
    {[](exchange& one) { static_cast<void>(one.sends_more()); }, while_sending},
    {[](exchange& one) { static_cast<void>(one.body_continues(3)); }, while_sending},
    {[](exchange& one) { static_cast<void>(one.body_continues(0)); }, while_sending},
    {[](exchange& one) { static_cast<void>(one.received_head(ok)); }, at_head},
    {[](exchange& one) { static_cast<void>(one.received_head(refused)); }, at_head},
    {[](exchange& one) { static_cast<void>(one.received_head(interim)); }, at_head},
    {[](exchange& one) { static_cast<void>(one.received_head("SSH")); }, at_head},
    {[](exchange& one) { static_cast<void>(one.received_body("ab")); }, at_body},
    {[](exchange& one) { static_cast<void>(one.received_body("abc")); }, at_body},
    {[](exchange& one) { one.received_body_directly(1); }, at_body},
    {[](exchange& one) { one.peer_closed(); }, receiving},
    {[](exchange& one) { one.receive_failed(error(errc::connection_closed)); }, receiving},
    {[](exchange& one) { one.receive_failed(error(errc::tls_failed)); }, receiving},
    {[](exchange& one) { one.fail(error(errc::body_source_failed)); }, always},
    {[](exchange& one) { one.stop(error(errc::total_timeout)); }, always},
};

/// Tells everything that may come, and everything that may come after each, and so on.
std::size_t tell_everything(const exchange& so_far, bool sent, int depth)
{
    if (depth == 0)
        return 1;
    std::size_t told = 0;
    for (const auto& each : happenings) {
        if (!each.may_come(so_far.state()))
            continue;
        auto next = so_far;
        each.tell(next);
        const bool is_sent = sent || (&each == happenings && so_far.state() == phase::sending);
        const bool stops = &each == std::end(happenings) - 1;
        REQUIRE(next.reply_has_begun() >= so_far.reply_has_begun());
        if (so_far.state() == phase::failed) {
            REQUIRE(next.state() == phase::failed);
            REQUIRE(((next.failure().code == so_far.failure().code) || stops));
        }
        REQUIRE((next.state() == phase::failed) == static_cast<bool>(next.failure().code));
        if (next.reusable(0, false)) {
            REQUIRE(next.state() == phase::complete);
            REQUIRE(is_sent);
        }
        if (next.state() == phase::complete && next.head().status < 300)
            REQUIRE(is_sent);
        if (so_far.state() == phase::complete && next.state() != phase::complete)
            REQUIRE(&each >= std::end(happenings) - 2);
        told += tell_everything(next, is_sent, depth - 1);
    }
    return told;
}

} // namespace

TEST_CASE("whatever happens at whatever step, what must hold of an exchange holds")
{
    exchange sending(method::put, 3);
    sending.sending_begins();
    CHECK(tell_everything(sending, false, 6) > 50'000);
}

TEST_CASE("the first failure is the one that counts")
{
    auto one = at_reply();
    one.fail(error(errc::malformed_response));
    one.fail(error(errc::cancelled));
    one.peer_closed();
    CHECK(one.failure().code == errc::malformed_response);
    CHECK_FALSE(one.reusable(0, false));
}
