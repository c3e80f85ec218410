#include <cosio/transfer/checkpoint_keeper.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace cosio;
using transfer::checkpoint;
using transfer::decode_checkpoint;
using transfer::encode_checkpoint;

namespace {

checkpoint example()
{
    checkpoint made;
    made.bucket = "examplebucket-1250000000";
    made.key = "a key/with spaces\nand a line end";
    made.version_id = "v 1";
    made.upload_id = "1585130821cbb7df1d11846c073ad648e8f33b087cec2381df437acdc833cf654b9ecc6361";
    made.object_etag = "\"etag\"";
    made.object_size = 20'000'000;
    made.object_crc64 = 0xfedcba9876543210;
    made.part_size = 8'388'608;
    made.encryption = "customer:00:11";
    made.file = {20'000'000, 1'700'000'000'123'456'789, 42};
    made.file_name = ".cosio-0011223344556677.partial";
    made.parts = {{1, 8'388'608, 0x995dc9bbdf1939fa, "\"one\""},
        {3, 3'222'784, 0, "\"three\"", true}, {4, 1, 2}};
    return made;
}

} // namespace

TEST_CASE("checkpoint: what is written is read back")
{
    const auto from = example();
    const auto back = decode_checkpoint(encode_checkpoint(from));
    REQUIRE(back);
    CHECK(*back == from);
    checkpoint smallest;
    smallest.kind = checkpoint::direction::download;
    smallest.part_size = 1;
    CHECK(decode_checkpoint(encode_checkpoint(smallest)).value() == smallest);
}

TEST_CASE("checkpoint: cut off anywhere, it is not one")
{
    const auto text = encode_checkpoint(example());
    for (std::size_t size = 0; size != text.size(); ++size) {
        const auto cut = decode_checkpoint(std::string_view(text).substr(0, size));
        REQUIRE_FALSE(cut);
        REQUIRE(cut.error().code == errc::invalid_checkpoint);
    }
    CHECK_FALSE(decode_checkpoint(text + "x"));
}

TEST_CASE("checkpoint: with any bit flipped, it is not one")
{
    const auto text = encode_checkpoint(example());
    for (std::size_t bit = 0; bit != text.size() * 8; ++bit) {
        auto wrong = text;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
        const auto decoded = decode_checkpoint(wrong);
        // The digits of the checksum may be in either case.
        if (decoded)
            REQUIRE(*decoded == example());
    }
}

TEST_CASE("checkpoint: a right checksum does not make lines right")
{
    const auto sealed = [](std::string_view lines) {
        auto text = std::string(transfer::checkpoint_form::first_line).append(lines);
        const auto sum = crypto::crc64_of(detail::bytes_of(text));
        return text.append("end ").append(transfer::hexadecimal(sum)).append("\n");
    };
    CHECK(decode_checkpoint(sealed("part-size 5\n")));
    for (const std::string_view lines :
        {"", "part-size 0\n", "part-size -1\n", "part-size 99999999999999999999999\n",
            "part-size 5\nunknown 1\n", "part-size 5\nkind sideways\n", "part-size 5\nkey %zz\n",
            "part-size 5\npart 0 1 1 e\n", "part-size 5\npart 2 1 1 e\npart 1 1 1 e\n",
            "part-size 5\npart 1 1 1 e\npart 1 1 1 e\n", "part-size 5\npart 1 x 1 e\n",
            "part-size 5\npart 1\n", "part-size 5\npart 1 1 1 e crc\n",
            "part-size 5\npart 1 1 1 e md5 \n", "\n", "part-size 5\nobject-crc64 xyz\n"}) {
        CAPTURE(lines);
        CHECK_FALSE(decode_checkpoint(sealed(lines)));
    }
}

TEST_CASE("checkpoint: every member that binds it is compared")
{
    const auto key = customer_key::from_text("00000000000000000000000000000001").value();
    const auto other = customer_key::from_text("00000000000000000000000000000002").value();
    const sse::on_write asked = sse::customer{key, key.md5()};
    auto found = example();
    found.encryption = transfer::encryption_fingerprint::make(asked).value();
    const auto check = [&](const checkpoint& now) {
        return transfer::check_binding(found, now, asked);
    };
    CHECK(check(found));
    const auto differs = [&](auto change) {
        auto now = found;
        change(now);
        const auto refused = check(now);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::checkpoint_mismatch);
        return refused.error().message;
    };
    CHECK(differs([](auto& now) { now.kind = checkpoint::direction::download; })
            .starts_with("the direction"));
    CHECK(differs([](auto& now) { now.bucket = "other-1"; }).starts_with("the bucket"));
    CHECK(differs([](auto& now) { now.key = "other"; }).starts_with("the key"));
    CHECK(differs([](auto& now) { now.version_id = "2"; }).starts_with("the version"));
    CHECK(differs([](auto& now) { now.object_etag = "2"; }).starts_with("the object"));
    CHECK(differs([](auto& now) { now.object_size = 2; }).starts_with("the object"));
    CHECK(differs([](auto& now) { now.object_crc64.reset(); }).starts_with("the object"));
    CHECK(differs([](auto& now) { now.part_size = 2; }).starts_with("the size of the parts"));
    const sse::on_write otherwise = sse::customer{other, other.md5()};
    CHECK(transfer::check_binding(found, found, otherwise).error().message.starts_with(
        "the encryption"));
    CHECK_FALSE(transfer::check_binding(found, found, sse::on_write()));
}

TEST_CASE("encryption_fingerprint: tells modes and keys apart, and does not repeat itself")
{
    using transfer::encryption_fingerprint;
    const auto key = customer_key::from_text("00000000000000000000000000000001").value();
    const sse::on_write modes[] = {sse::bucket_default(), sse::cos_managed(), sse::kms(),
        sse::kms{.key_id = "id"}, sse::kms{.key_id = "id", .context = R"({"a":"b"})"},
        sse::customer{key, key.md5()}};
    for (const auto& left : modes) {
        const auto text = encryption_fingerprint::make(left).value();
        for (const auto& right : modes)
            CHECK(encryption_fingerprint::matches(right, text) == (&left == &right));
        CHECK(text.find("0000000000000000000000000000000") == std::string::npos);
    }
    CHECK(encryption_fingerprint::make(modes[5]).value() !=
        encryption_fingerprint::make(modes[5]).value());
    for (const std::string_view damaged : {"", ":", "customer", "customer:", "customer::"})
        CHECK_FALSE(encryption_fingerprint::matches(modes[5], damaged));
}
