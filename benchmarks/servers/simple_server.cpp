// What uploads are measured against: receives a body, whole or in parts, sums it, forgets it. Also
// answers a GET of /object-<size>, for counts of instructions and of handshakes. A thread for each
// connection; nothing is signed. With tickets=0 no TLS session can be resumed.
//
//     simple_server http=PORT https=PORT certificate=PATH key=PATH [delay=MICROSECONDS] [tickets=0]

#include "multipart_uploads.hpp"

#include "../support/measure.hpp"

#include <cosio/crypto/crc64.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <map>
#include <memory>
#include <thread>

namespace {

/// One connection, with or without TLS; blocks.
class channel
{
public:
    channel(int socket, SSL_CTX* context) : socket_(socket)
    {
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (context == nullptr)
            return;
        ssl_ = SSL_new(context);
        SSL_set_fd(ssl_, socket_);
        SSL_set_default_read_buffer_len(ssl_, bench::piece_size);
        SSL_set_read_ahead(ssl_, 1);
        open_ = SSL_accept(ssl_) == 1;
    }
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    ~channel()
    {
        SSL_free(ssl_);
        ::close(socket_);
    }

    [[nodiscard]] bool open() const noexcept { return open_; }

    /// Lets the other threads run until something has come, for a while: a thread that sleeps has
    /// to be woken up by whoever sends, which would count for the client, and for a slower one
    /// more often.
    void stay_awake() const
    {
        using clock = std::chrono::steady_clock;
        const auto end = clock::now() + std::chrono::milliseconds(5);
        char next = 0;
        while (::recv(socket_, &next, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && clock::now() < end)
            std::this_thread::yield();
    }

    /// 0 at the end, whatever ended it.
    std::size_t read(char* out, std::size_t size)
    {
        std::size_t count = 0;
        if (ssl_ != nullptr)
            return SSL_read_ex(ssl_, out, size, &count) == 1 ? count : 0;
        const auto got = ::recv(socket_, out, size, 0);
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    void write(std::string_view bytes)
    {
        std::size_t count = 0;
        if (ssl_ != nullptr) {
            static_cast<void>(SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count));
            return;
        }
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

private:
    int socket_;
    SSL* ssl_ = nullptr;
    bool open_ = true;
};

std::uint64_t number_behind(std::string_view head, std::string_view name)
{
    const auto found = head.find(name);
    std::uint64_t value = 0;
    if (found != std::string_view::npos)
        std::from_chars(head.data() + found + name.size(), head.data() + head.size(), value);
    return value;
}

std::string reply(std::uint64_t crc64, std::string_view body, std::string_view status = "200 OK")
{
    std::string text = "HTTP/1.1 " + std::string(status);
    text.append("\r\nContent-Length: ").append(std::to_string(body.size()));
    text.append("\r\nConnection: keep-alive\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
                "ETag: \"0123456789abcdef0123456789abcdef\"\r\nServer: simple\r\n"
                "x-cos-request-id: NjU1M2Y0MTBfMDEyMzQ1NjdfODlhYl9jZGVm\r\n"
                "x-cos-hash-crc64ecma: ");
    return text.append(std::to_string(crc64)).append("\r\n\r\n").append(body);
}

/// The reply to a request whose body has been received.
std::string answer(std::string_view head, multipart_uploads::bytes body)
{
    static multipart_uploads uploads;
    const auto size = number_behind(head, "/object-");
    const auto upload = number_behind(head, "uploadId=");
    if (head.starts_with("GET ")) {
        const auto object = bench::object_bytes(size);
        return reply(cosio::crypto::crc64_of(std::as_bytes(std::span(object))),
            {object.data(), object.size()});
    }
    if (head.starts_with("POST ") && upload == 0)
        return reply(0, "<InitiateMultipartUploadResult><UploadId>" +
                std::to_string(uploads.begin()) + "</UploadId></InitiateMultipartUploadResult>");
    if (head.starts_with("POST ")) {
        const auto whole = uploads.complete(upload);
        return reply(whole.crc64,
            "<CompleteMultipartUploadResult><ETag>\"0123456789abcdef-1\"</ETag>"
            "</CompleteMultipartUploadResult>",
            whole.size == size ? "200 OK" : "400 Bad Request");
    }
    if (upload != 0)
        uploads.add(upload, number_behind(head, "partNumber="), body);
    return reply(body.crc64, {});
}

void serve(int socket, SSL_CTX* context, std::chrono::microseconds delay)
{
    channel with(socket, context);
    std::vector<char> buffer(2 * bench::piece_size);
    std::size_t filled = 0;
    while (with.open()) {
        const auto end = std::string_view(buffer.data(), filled).find("\r\n\r\n");
        if (end == std::string_view::npos) {
            const auto got = with.read(buffer.data() + filled, buffer.size() - filled);
            if (got == 0)
                return;
            filled += got;
            continue;
        }
        const std::string head(buffer.data(), end + 2); // The body is received over it.
        const auto size = number_behind(head, "\r\nContent-Length: ");
        cosio::crypto::crc64 sum;
        std::size_t begin = end + 4;
        for (auto left = size;;) {
            const auto count = std::min<std::uint64_t>(left, filled - begin);
            sum.update(std::as_bytes(std::span(buffer).subspan(begin, count)));
            left -= count;
            if (left == 0)
                break;
            begin = 0;
            filled = with.read(buffer.data(), buffer.size());
            if (filled == 0)
                return;
        }
        filled = 0; // Nobody sends a request before the reply to the one before.
        if (delay.count() != 0)
            std::this_thread::sleep_for(delay);
        with.write(answer(head, {size, sum.value()}));
        with.stay_awake();
    }
}

void accept_connections(unsigned port, SSL_CTX* context, std::chrono::microseconds delay)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bench::require(::bind(listener, reinterpret_cast<const sockaddr*>(&address),
                       sizeof address) == 0 && ::listen(listener, 256) == 0, "cannot listen");
    for (;;) {
        const int accepted = ::accept(listener, nullptr, nullptr);
        if (accepted >= 0)
            std::thread(serve, accepted, context, delay).detach();
    }
}

} // namespace

int main(int argc, char** argv)
{
    std::map<std::string, std::string> settings;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument(argv[i]);
        const auto equals = argument.find('=');
        settings[std::string(argument.substr(0, equals))] = argument.substr(equals + 1);
    }
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    bench::require(
        SSL_CTX_use_certificate_chain_file(context, settings["certificate"].c_str()) == 1 &&
            SSL_CTX_use_PrivateKey_file(context, settings["key"].c_str(), SSL_FILETYPE_PEM) == 1,
        "cannot read the certificate");
    if (settings["tickets"] == "0")
        SSL_CTX_set_num_tickets(context, 0);
    const auto port = [&](const char* name) {
        return static_cast<unsigned>(std::stoul(settings[name]));
    };
    const std::chrono::microseconds delay(settings.count("delay") == 0 ? 0 : port("delay"));
    std::thread plain(accept_connections, port("http"), nullptr, delay);
    accept_connections(port("https"), context, delay);
}
