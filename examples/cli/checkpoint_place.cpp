#include "checkpoint_place.hpp"

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/detail/bytes.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <span>
#include <system_error>

namespace cli {

namespace {

constexpr std::string_view suffix = ".cosio-checkpoint";
/// The library writes a new one beside it, under a name that is longer by this.
constexpr std::size_t longest_name = NAME_MAX - 32;

/// For whom the program acts, not who started it.
bool is_writable(const std::filesystem::path& directory)
{
    const char* const name = directory.empty() ? "." : directory.c_str();
    return ::faccessat(AT_FDCWD, name, W_OK | X_OK, AT_EACCESS) == 0;
}

/// Where the XDG base directory specification puts it; empty when there is no home.
std::filesystem::path state_folder()
{
    const auto* const chosen = std::getenv("XDG_STATE_HOME");
    if (chosen != nullptr && std::filesystem::path(chosen).is_absolute())
        return std::filesystem::path(chosen) / "cosio";
    const auto* const home = std::getenv("HOME");
    if (home == nullptr || !std::filesystem::path(home).is_absolute())
        return {};
    return std::filesystem::path(home) / ".local/state/cosio";
}

/// Of nobody else, with all folders above it. Whether it can be used.
bool make_folder(const std::filesystem::path& path)
{
    for (auto end = path.begin(); end != path.end(); ++end) {
        std::filesystem::path above;
        for (auto each = path.begin(); each != std::next(end); ++each)
            above /= *each;
        if (::mkdir(above.c_str(), 0700) != 0 && !std::filesystem::is_directory(above))
            return false;
    }
    return is_writable(path);
}

} // namespace

std::string checkpoint_of(
    std::string_view chosen, const std::string& file, std::string_view object)
{
    if (!chosen.empty())
        return std::string(chosen);
    const std::string beside = file + std::string(suffix);
    const bool has_name =
        std::filesystem::path(beside).filename().native().size() <= longest_name;
    std::error_code failed;
    if (std::filesystem::exists(beside, failed) ||
        (has_name && is_writable(std::filesystem::path(file).parent_path())))
        return beside;
    const auto folder = state_folder();
    const auto whole = std::filesystem::absolute(file, failed).lexically_normal().native();
    if (folder.empty() || failed || !make_folder(folder))
        return beside; // Which says why it cannot be written.
    const auto of_both = cosio::crypto::sha256(
        cosio::detail::bytes_of(whole + '\0' + std::string(object)));
    if (!of_both)
        return beside;
    const auto name = std::filesystem::path(file).filename().native().substr(0, 100) + "-" +
        cosio::crypto::hex(std::as_bytes(std::span(*of_both))).substr(0, 32);
    return folder / (name + std::string(suffix));
}

} // namespace cli
