// A client that goes on in child processes, as in a server that forks its workers in advance.

#include "support/emulated.hpp"
#include "support/temporary_directory.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fork_test {

using namespace cosio;
using namespace std::chrono_literals;
using support::bucket;
using support::emulated;
using support::key_of;
using support::pattern;
using testing::fault;

/// Runs `body` in a child, which exits with what it yields.
template <class Body>
::pid_t in_child(asio::io_context* told, Body&& body)
{
    if (told != nullptr)
        told->notify_fork(asio::execution_context::fork_prepare);
    const auto child = ::fork();
    if (child == 0) {
        ::alarm(20); // Whoever hangs is killed.
        int status = 99;
        try {
            if (told != nullptr)
                told->notify_fork(asio::execution_context::fork_child);
            status = body();
        } catch (...) {
        }
        ::_exit(status);
    }
    if (told != nullptr)
        told->notify_fork(asio::execution_context::fork_parent);
    return child;
}

int status_of(::pid_t child)
{
    int status = 0;
    if (::waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// The first thing that went wrong, or 0, when one object of this process is written and read
/// often.
int use_own_object(emulated& here, const std::string& name, bool customer_key)
{
    const auto key = key_of(1);
    for (int i = 0; i != 20; ++i) {
        const auto body = name + std::to_string(i) + pattern(5000 + static_cast<std::size_t>(i));
        put_object_request put{.bucket = bucket, .key = name, .body = body};
        get_object_request get{.bucket = bucket, .key = name};
        if (customer_key) {
            put.sse = support::with(key);
            get.sse = support::with(key);
        }
        if (!here.get(here.cos.put_object(put)))
            return 1;
        const auto got = here.get(here.cos.get_object(get));
        if (!got)
            return 2;
        if (got->body != body)
            return 3;
    }
    return 0;
}

TEST_CASE("fork: workers that were forked in advance have connections of their own")
{
    for (const bool secure : {true, false}) {
        CAPTURE(secure);
        emulated here;
        if (!secure) {
            here.config = emulated::single_attempts(here.server.client_config(scheme::http));
            here.cos = here.client(here.config);
        }
        REQUIRE(here.get(here.cos.warm_up(bucket, 3)));
        REQUIRE(use_own_object(here, "before", secure) == 0);
        const auto opened = here.cos.counters().opened;
        const auto accepted = here.server.counters().connections.load();

        std::vector<::pid_t> children;
        for (int i = 0; i != 4; ++i)
            children.push_back(in_child(&here.context, [&] {
                const int wrong = use_own_object(here, "child" + std::to_string(i), secure);
                return wrong != 0 || here.cos.counters().opened == 1 ? wrong : 50;
            }));
        CHECK(use_own_object(here, "parent", secure) == 0);
        for (const auto child : children)
            CHECK(status_of(child) == 0);
        CHECK(use_own_object(here, "parent", secure) == 0);
        // The parent's connections live, and each child made one.
        CHECK(here.cos.counters().opened == opened);
        CHECK(here.cos.counters().stale == 0);
        CHECK(here.server.counters().connections == accepted + 4);
        CHECK(here.cos.counters().idle == 3);
    }
}

TEST_CASE("fork: a grandchild works as well, and files have threads in each")
{
    emulated here;
    support::temporary_directory place;
    const auto path = place / "file";
    std::ofstream(path) << pattern(3'000'000);
    const auto upload = [&](const std::string& key) {
        upload_file_request request{.bucket = bucket, .key = key, .path = path};
        request.options.threshold = 1'000'000;
        request.options.part_size = 1'048'576;
        const auto done = here.get(here.cos.upload_file(request));
        if (!done)
            return 1;
        const auto got = here.get(here.cos.get_object({.bucket = bucket, .key = key}));
        return got && got->body == pattern(3'000'000) ? 0 : 2;
    };
    REQUIRE(upload("parent") == 0);
    const auto child = in_child(&here.context, [&] {
        if (const int wrong = upload("child"); wrong != 0)
            return wrong;
        const auto grandchild = in_child(&here.context, [&] { return upload("grandchild"); });
        const int mine = upload("child");
        const int of_grandchild = status_of(grandchild);
        return mine != 0 ? 10 + mine : of_grandchild;
    });
    CHECK(upload("parent") == 0);
    CHECK(status_of(child) == 0);
}

TEST_CASE("fork: what was under way fails in the child, and is finished by the parent")
{
    for (const std::size_t part : {std::size_t{100}, std::size_t{3}}) {
        CAPTURE(part);
        emulated here;
        const auto body = pattern(200'000);
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = body})));
        here.server.inject(fault::drip(body.size() / part, 20ms));
        std::optional<result<get_object_result>> got;
        const get_object_request request{.bucket = bucket, .key = "k"};
        here.context.restart();
        here.cos.get_object(request, [&](auto outcome) { got.emplace(std::move(outcome)); });
        here.context.run_for(30ms);
        REQUIRE_FALSE(got);
        const auto child = in_child(&here.context, [&] {
            here.context.run();
            return got && !*got && got->error().code == errc::other_process ? 0 : 1;
        });
        CHECK(status_of(child) == 0);
        here.context.run();
        REQUIRE(got);
        REQUIRE(*got);
        CHECK((*got)->body == body);
    }
}

TEST_CASE("fork: a child does not give its parent's upload up")
{
    emulated here;
    const auto body = pattern(4'000'000);
    here.server.inject(fault::delay(1500ms).skip(1)); // A part, still under way at the fork.
    std::optional<result<upload_result>> done;
    upload_request request{.bucket = bucket, .key = "k", .body = body};
    request.options.threshold = 1'000'000;
    request.options.part_size = 1'048'576;
    here.context.restart();
    here.cos.upload(request, [&](auto outcome) { done.emplace(std::move(outcome)); });
    here.context.run_for(400ms);
    const auto child = in_child(&here.context, [&] {
        here.context.run_for(2s);
        return done && *done ? 1 : 0;
    });
    CHECK(status_of(child) == 0);
    here.context.run();
    REQUIRE(done);
    CHECK_MESSAGE(*done, (*done ? "" : done->error().describe()));
}

TEST_CASE("fork: without notify_fork the child gets an error, and nothing is mixed up")
{
    emulated here;
    REQUIRE(use_own_object(here, "parent", true) == 0);
    const auto accepted = here.server.counters().connections.load();
    const auto child = in_child(nullptr, [&] {
        const auto got = here.get(here.cos.get_object({.bucket = bucket, .key = "parent"}));
        return !got && got.error().code == errc::other_process && !got.error().request_was_sent
            ? 0
            : 1;
    });
    CHECK(status_of(child) == 0);
    CHECK(use_own_object(here, "parent", true) == 0);
    CHECK(here.server.counters().connections == accepted);
}

TEST_CASE("fork: a client that goes in a child says nothing to the parent's peer")
{
    emulated here;
    auto own = std::make_unique<client>(here.client(here.config));
    REQUIRE(here.get(own->put_object({.bucket = bucket, .key = "k", .body = "text"})));
    for (asio::io_context* const told : {&here.context, static_cast<asio::io_context*>(nullptr)}) {
        const auto child = in_child(told, [&] {
            own.reset();
            return 0;
        });
        CHECK(status_of(child) == 0);
        CHECK(here.get(own->get_object({.bucket = bucket, .key = "k"})));
        CHECK(own->counters().opened == 1);
    }
}

/// Of a client that has to look its host up, slowly: see pool_test.cpp.
config looks_host_up(emulated& here)
{
    auto made = emulated::single_attempts(here.server.client_config(scheme::http));
    const auto address = here.server.http_endpoint();
    made.connect_to = "slow.cosio.test" + address.substr(address.rfind(':'));
    return made;
}

TEST_CASE("fork: while a name is looked up, each process gets an answer of its own")
{
    for (const bool told : {true, false}) {
        CAPTURE(told);
        emulated here;
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "text"})));
        const auto cos = here.client(looks_host_up(here));
        const get_object_request request{.bucket = bucket, .key = "k"};
        std::optional<result<get_object_result>> got;
        here.context.restart();
        const auto begun = std::chrono::steady_clock::now();
        cos.get_object(request, [&](auto outcome) { got.emplace(std::move(outcome)); });
        here.context.run_for(100ms);
        REQUIRE_FALSE(got);
        const auto child = in_child(told ? &here.context : nullptr, [&] {
            int wrong = 0;
            if (told) {
                // The parent's question is none of this process, and does not keep it waiting.
                here.context.run();
                if (!got || *got || got->error().code != errc::other_process)
                    wrong = 1;
                if (std::chrono::steady_clock::now() - begun > 3s)
                    wrong = 2;
                if (const auto mine = here.get(cos.get_object(request));
                    !mine || mine->body != "text")
                    wrong = 3;
            }
            // The descriptors that came with the fork stay open as long as this process is there.
            std::this_thread::sleep_for(2s);
            return wrong;
        });
        here.context.run();
        CHECK(std::chrono::steady_clock::now() - begun < 1500ms); // The child is there still.
        REQUIRE(got);
        CHECK_MESSAGE(*got, (*got ? "" : got->error().describe()));
        CHECK(status_of(child) == 0);
        CHECK(here.get(cos.get_object(request)));
    }
}

TEST_CASE("fork: a child that ends its client while its parent looks a name up disturbs nobody")
{
    for (const bool told : {true, false}) {
        CAPTURE(told);
        emulated here;
        REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = "text"})));
        std::optional<result<get_object_result>> got;
        auto context = std::make_unique<asio::io_context>();
        const get_object_request request{.bucket = bucket, .key = "k"};
        auto own = std::make_unique<client>(context->get_executor(), looks_host_up(here));
        own->get_object(request, [&](auto outcome) { got.emplace(std::move(outcome)); });
        context->run_for(100ms);
        REQUIRE_FALSE(got);
        const auto child = in_child(told ? context.get() : nullptr, [&] {
            own.reset();
            context.reset(); // With the operation, and its question.
            std::this_thread::sleep_for(2s);
            return 0;
        });
        const auto begun = std::chrono::steady_clock::now();
        context->run();
        CHECK(std::chrono::steady_clock::now() - begun < 1500ms);
        REQUIRE(got);
        CHECK_MESSAGE(*got, (*got ? "" : got->error().describe()));
        CHECK(status_of(child) == 0);
    }
}

TEST_CASE("fork: programs that are started inherit no socket")
{
    emulated here;
    const auto body = pattern(100'000);
    REQUIRE(here.get(here.cos.put_object({.bucket = bucket, .key = "k", .body = body})));
    REQUIRE(here.get(here.cos.warm_up(bucket, 2)));
    here.server.inject(fault::drip(body.size() / 10, 20ms));
    bool ended = false;
    const get_object_request request{.bucket = bucket, .key = "k"};
    here.context.restart();
    here.cos.get_object(request, [&](const auto&) { ended = true; });
    here.context.run_for(30ms);
    REQUIRE_FALSE(ended);
    support::temporary_directory place;
    const auto list = place / "descriptors";
    const auto child = ::fork();
    if (child == 0) {
        const auto command = "ls -l /proc/self/fd > " + list;
        ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
        ::_exit(1);
    }
    CHECK(status_of(child) == 0);
    std::ifstream file(list);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    CAPTURE(text);
    CHECK_FALSE(text.empty());
    CHECK(text.find("socket:") == text.npos);
    CHECK(text.find("anon_inode:") == text.npos);
    here.context.run();
    CHECK(ended);
}

} // namespace fork_test
