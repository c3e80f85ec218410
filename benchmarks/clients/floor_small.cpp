// Small objects over bare sockets and epoll: no program does with less.

#include "../support/buffered_tls.hpp"
#include "../support/http.hpp"
#include "../support/latency.hpp"
#include "../support/socket.hpp"

#include <sys/epoll.h>

#include <memory>

namespace {

struct connection
{
    int socket = -1;
    std::unique_ptr<bench::buffered_tls> tls{};
    std::vector<char> received = std::vector<char>(16 * 1024);
    std::size_t filled = 0;
};

class loop
{
public:
    loop(const bench::options& run, bench::latencies& times)
        : times_(times), request_(bench::request_head(run))
    {
        if (run.put) {
            const auto body = bench::object_bytes(run.size);
            request_.append(body.data(), body.size());
        }
        SSL_CTX* const context = run.tls ? bench::client_context(run) : nullptr;
        for (unsigned i = 0; i != run.connections; ++i) {
            auto& made = connections_.emplace_back();
            made.socket = bench::connect_to_server(run);
            if (run.tls) {
                made.tls = std::make_unique<bench::buffered_tls>(context);
                made.tls->handshake(made.socket);
            }
            ::fcntl(made.socket, F_SETFL, O_NONBLOCK);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u32 = i;
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, made.socket, &event);
        }
    }

    void run(std::uint64_t operations)
    {
        std::uint64_t begun = 0;
        std::uint64_t done = 0;
        for (auto& each : connections_)
            if (begun++ < operations)
                send(each);
        while (done != operations) {
            epoll_event events[64];
            const int count = ::epoll_wait(epoll_, events, 64, -1);
            for (int i = 0; i < count; ++i) {
                auto& each = connections_[events[i].data.u32];
                if (!receive(each))
                    continue;
                times_.operation_ends();
                ++done;
                if (begun++ < operations)
                    send(each);
            }
        }
    }

private:
    void send(connection& on)
    {
        times_.operation_begins();
        if (on.tls == nullptr) {
            bench::require(::send(on.socket, request_.data(), request_.size(), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(request_.size()), "cannot send");
            return;
        }
        on.tls->write(request_.data(), request_.size());
        on.tls->send_output(on.socket);
    }

    /// Whether a whole reply is there, which is taken.
    static bool receive(connection& on)
    {
        auto* const space = on.received.data() + on.filled;
        const auto room = on.received.size() - on.filled;
        if (on.tls != nullptr) {
            if (!on.tls->receive_input(on.socket))
                return false;
            while (const auto count = on.tls->read(
                       on.received.data() + on.filled, on.received.size() - on.filled))
                on.filled += count;
        } else {
            const auto count = ::recv(on.socket, space, room, 0);
            bench::require(count > 0, "the server closed the connection");
            on.filled += static_cast<std::size_t>(count);
        }
        const auto length = bench::reply_length({on.received.data(), on.filled});
        if (length == 0 || on.filled < length)
            return false;
        on.filled = 0;
        return true;
    }

    bench::latencies& times_;
    std::string request_;
    int epoll_ = ::epoll_create1(0);
    std::vector<connection> connections_{};
};

} // namespace

int main(int argc, char** argv)
{
    const bench::options run(argc, argv);
    bench::latencies times(run);
    loop clients(run, times);
    clients.run(run.warm_up_operations());
    times.start();
    bench::measure(run.operations, run.operations * run.size, [&] { clients.run(run.operations); });
    times.print();
}
