// Checkpoint files: as they are, and with a checksum that is right, so that their lines are read.

#include "fuzz/fuzz_target.hpp"

#include <cosio/transfer/checkpoint.hpp>

#include <string>
#include <string_view>

namespace {

void decode(std::string_view text)
{
    using namespace cosio::transfer;
    const auto read = decode_checkpoint(text);
    if (!read) {
        fuzzing::promise(read.error().code == cosio::errc::invalid_checkpoint,
            "what is wrong with a checkpoint is that it is none");
        return;
    }
    const auto again = decode_checkpoint(encode_checkpoint(*read));
    fuzzing::promise(again && *again == *read, "what was read can be written and read again");
}

} // namespace

void fuzzing::fuzz(std::string_view input)
{
    using namespace cosio::transfer;
    decode(input);
    std::string whole(checkpoint_form::first_line);
    whole.append(input).append("\n");
    const auto sum = cosio::crypto::crc64_of(cosio::detail::bytes_of(whole));
    whole.append(checkpoint_form::last_line).append(hexadecimal(sum)).append("\n");
    decode(whole);
}
