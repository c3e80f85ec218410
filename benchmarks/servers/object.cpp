// Writes the object of a size to a file and prints its CRC64: `object size=1024 into=PATH`.

#include "../support/measure.hpp"

#include <cosio/crypto/crc64.hpp>

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    const auto bytes = bench::object_bytes(run.size);
    bench::destination file(run);
    for (std::size_t written = 0; written != bytes.size();) {
        const auto count = std::min(bench::piece_size, bytes.size() - written);
        file.take(bytes.data() + written, count);
        written += count;
    }
    std::printf("%llu\n", static_cast<unsigned long long>(
                              cosio::crypto::crc64_of(std::as_bytes(std::span(bytes)))));
}
