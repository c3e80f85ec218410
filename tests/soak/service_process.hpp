// An emulator in a process of its own, and what programs that kill its clients ask of it.

#ifndef COSIO_TESTS_SOAK_SERVICE_PROCESS_HPP
#define COSIO_TESTS_SOAK_SERVICE_PROCESS_HPP

#include <cosio.hpp>
#include <cosio/testing/emulator.hpp>

#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace soak {

inline constexpr std::string_view bucket = "examplebucket-1250000000";

/// Ends the program: the machine does not do what it has to.
[[noreturn]] inline void give_up(std::string_view why)
{
    fmt::print(stderr, "{}: {}\n", why, std::strerror(errno));
    std::exit(2);
}

/// Takes small parts. Ends with its parent. Its authority's certificate is `ca.pem` in `folder`.
class service_process
{
public:
    explicit service_process(const std::filesystem::path& folder)
    {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0)
            give_up("cannot make a pipe");
        server_ = ::fork();
        if (server_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            cosio::testing::emulator_options options;
            options.minimum_part_size = 1;
            const cosio::testing::emulator serving(options);
            std::ofstream(folder / "ca.pem") << serving.ca_pem();
            const auto endpoint = serving.https_endpoint();
            if (::write(ends[1], endpoint.data(), endpoint.size()) < 0)
                ::_exit(1);
            for (;;)
                ::pause();
        }
        std::array<char, 100> text{};
        const auto size = ::read(ends[0], text.data(), text.size());
        if (size <= 0)
            give_up("the server did not start");
        settings_.region = "ap-guangzhou";
        const cosio::testing::emulator_options usual;
        settings_.credentials = cosio::credentials(usual.secret_id, usual.secret_key);
        settings_.connect_to = std::string(text.data(), static_cast<std::size_t>(size));
        settings_.tls.ca_file = folder / "ca.pem";
    }
    service_process(const service_process&) = delete;
    service_process& operator=(const service_process&) = delete;
    ~service_process()
    {
        ::kill(server_, SIGKILL);
        ::waitpid(server_, nullptr, 0);
    }

    /// Of a client of it.
    [[nodiscard]] const cosio::config& settings() const { return settings_; }

    /// What the operation that `begin` begins comes to.
    template <class Begin>
    [[nodiscard]] auto run(const Begin& begin) const
    {
        asio::io_context context;
        const cosio::client cos(context.get_executor(), settings_);
        auto done = begin(cos);
        context.run();
        return done.get();
    }

    /// The object `k`.
    void remove_object() const
    {
        if (!run([](const cosio::client& cos) {
                return cos.delete_object({.bucket = bucket, .key = "k"}, asio::use_future);
            }))
            give_up("cannot delete the object");
    }

private:
    pid_t server_ = 0;
    cosio::config settings_{};
};

} // namespace soak

#endif
