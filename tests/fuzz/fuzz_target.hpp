// What the fuzz targets share. Each defines `fuzz`, which aborts when a promise is broken;
// sanitizers do the rest.

#ifndef COSIO_TESTS_FUZZ_FUZZ_TARGET_HPP
#define COSIO_TESTS_FUZZ_FUZZ_TARGET_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzzing {

/// Any bytes.
void fuzz(std::string_view input);

/// Holds whatever the input is.
inline void promise(bool kept, const char* what)
{
    if (kept)
        return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

/// A number below `most` off the front of `input`, by which it chooses what is done with the rest.
inline std::size_t choose(std::string_view& input, std::size_t most)
{
    if (input.empty())
        return 0;
    const auto chosen = static_cast<unsigned char>(input.front()) % most;
    input.remove_prefix(1);
    return chosen;
}

} // namespace fuzzing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    fuzzing::fuzz({reinterpret_cast<const char*>(bytes), size});
    return 0;
}

#endif
