// Requests as the emulator reads them: head, target, chunks.

#include "fuzz/fuzz_target.hpp"

#include <cosio/testing/emulation/request_reader.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace emulation = cosio::testing::emulation;

void read_head(std::string_view head)
{
    emulation::http_request request;
    try {
        const auto framing = emulation::read_head(head, request);
        fuzzing::promise(!framing.chunked || !framing.has_length, "a body has one framing");
        fuzzing::promise(request.target.starts_with('/'), "a target is a path");
    } catch (const emulation::refusal& refused) {
        fuzzing::promise(refused.status == 400, "what is no request is a bad one");
    }
}

/// The body of chunks that come in pieces of `step`; nothing when they are refused or end early.
std::optional<std::string> read_chunks(std::string_view bytes, std::size_t step)
{
    std::string input;
    std::string body;
    try {
        while (!emulation::take_chunks(input, body)) {
            if (bytes.empty())
                return std::nullopt;
            input.append(bytes.substr(0, step));
            bytes.remove_prefix(std::min(step, bytes.size()));
        }
    } catch (const emulation::refusal&) {
        return std::nullopt;
    }
    return body;
}

} // namespace

void fuzzing::fuzz(std::string_view input)
{
    const auto step = 1 + choose(input, 16);
    read_head(input);
    promise(read_chunks(input, input.size() + 1) == read_chunks(input, step),
        "chunks in pieces are the same chunks");
}
