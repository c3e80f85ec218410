#include "key_file.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace cli {

namespace {

/// Closes a file descriptor.
class owned_descriptor
{
public:
    explicit owned_descriptor(int descriptor) : descriptor_(descriptor) {}
    owned_descriptor(const owned_descriptor&) = delete;
    owned_descriptor& operator=(const owned_descriptor&) = delete;
    ~owned_descriptor()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

std::string_view without_line_end(std::string_view text)
{
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    return text;
}

std::string reason()
{
    return std::strerror(errno);
}

/// Calls `work`, and puts option and file in front of what it complains of.
template <class Work>
auto naming(std::string_view option, const std::string& path, Work work)
{
    try {
        return work();
    } catch (const usage_error& problem) {
        throw usage_error(fmt::format("{} {}: {}", option, path, problem.what()));
    }
}

} // namespace

cosio::customer_key decode_key_file(std::string_view content)
{
    constexpr std::size_t base64_size = 44;
    if (content.size() == cosio::customer_key::size)
        return cosio::customer_key::from_bytes(std::as_bytes(std::span(content))).value();
    if (const auto text = without_line_end(content); text.size() == base64_size) {
        auto key = cosio::customer_key::from_base64(text);
        if (!key)
            throw usage_error("has 44 characters that are not the base64 of 32 bytes");
        return std::move(*key);
    }
    const bool line = without_line_end(content).size() == cosio::customer_key::size;
    throw usage_error(fmt::format("must hold 32 raw bytes or 44 characters of base64, has {}{}",
        content.size(), line ? "; 32 raw bytes are not followed by the end of a line" : ""));
}

cosio::credentials decode_credentials_file(std::string_view content)
{
    std::string_view id;
    std::string_view key;
    std::string_view token;
    const std::pair<std::string_view, std::string_view*> names[] = {
        {"COS_SECRET_ID=", &id}, {"COS_SECRET_KEY=", &key}, {"COS_SESSION_TOKEN=", &token}};
    while (!content.empty()) {
        const auto end = content.find('\n');
        const auto line = without_line_end(content.substr(0, end));
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        for (const auto& [name, value] : names)
            if (line.starts_with(name))
                *value = line.substr(name.size());
    }
    if (id.empty() || key.empty())
        throw usage_error("must have the lines COS_SECRET_ID=... and COS_SECRET_KEY=...");
    cosio::credentials who(id, key, token);
    if (const auto sound = who.check(); !sound)
        throw usage_error(fmt::format("{} {}",
            sound.error().field == "secret_id"        ? "COS_SECRET_ID"
                : sound.error().field == "secret_key" ? "COS_SECRET_KEY"
                                                      : "COS_SESSION_TOKEN",
            sound.error().message));
    return who;
}

cosio::crypto::secret_buffer read_secret_file(const std::string& path, std::size_t most)
{
    const owned_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        throw usage_error(reason());
    struct stat state = {};
    if (::fstat(file.get(), &state) != 0)
        throw usage_error(reason());
    if ((state.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw usage_error("is open to others than its owner, mode " +
            fmt::format("{:04o}; 'chmod 600' closes it", state.st_mode & 07777U));
    cosio::crypto::secret_buffer out;
    out.resize(most + 1);
    std::size_t filled = 0;
    while (filled != out.size()) {
        const auto got = ::read(file.get(), out.data() + filled, out.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw usage_error(reason());
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
    }
    if (filled > most)
        throw usage_error(fmt::format("is too long: more than {} bytes", most));
    out.resize(filled);
    return out;
}

cosio::customer_key read_key_file(std::string_view option, const std::string& path)
{
    constexpr std::size_t most = 64;
    return naming(option, path, [&] {
        const auto content = read_secret_file(path, most);
        return decode_key_file(content.view());
    });
}

cosio::credentials read_credentials_file(std::string_view option, const std::string& path)
{
    constexpr std::size_t most = 16384;
    return naming(option, path, [&] {
        const auto content = read_secret_file(path, most);
        return decode_credentials_file(content.view());
    });
}

} // namespace cli
