// A folder that goes with the test, and files in it.

#ifndef COSIO_TESTS_SUPPORT_TEMPORARY_DIRECTORY_HPP
#define COSIO_TESTS_SUPPORT_TEMPORARY_DIRECTORY_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace support {

class temporary_directory
{
public:
    temporary_directory() { std::filesystem::create_directory(path); }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() { std::filesystem::remove_all(path); }

    [[nodiscard]] std::string operator/(std::string_view name) const { return path / name; }

    /// Writes a file and yields its path.
    std::string write(std::string_view name, std::string_view content) const
    {
        std::ofstream(path / name, std::ios::binary) << content;
        return path / name;
    }

    [[nodiscard]] std::string read(std::string_view name) const
    {
        std::ifstream file(path / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    [[nodiscard]] bool has(std::string_view name) const
    {
        return std::filesystem::exists(path / name);
    }

    /// How many entries there are.
    [[nodiscard]] std::size_t count() const
    {
        const std::filesystem::directory_iterator all(path);
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

    const std::filesystem::path path = std::filesystem::temp_directory_path() /
        ("cosio-test-" + std::to_string(std::random_device()()) + "-" +
            std::to_string(std::random_device()()));
};

} // namespace support

#endif
