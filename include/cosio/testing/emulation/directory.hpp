// SPDX-License-Identifier: MIT
//
// Storage on disk: one file for each key, upload and part, written as soon as they change, each
// whole or not at all.

#ifndef COSIO_TESTING_EMULATION_DIRECTORY_HPP
#define COSIO_TESTING_EMULATION_DIRECTORY_HPP

#include <cosio/crypto/digest.hpp>
#include <cosio/crypto/hex.hpp>
#include <cosio/detail/bytes.hpp>
#include <cosio/testing/emulation/archive.hpp>
#include <cosio/testing/emulation/state.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cosio::inline v0::testing::emulation {

/// The folder of one emulator. Holds its keys too: protect it like what it encrypts.
class directory
{
public:
    /// Throws `std::runtime_error` for a folder that holds something, and is of no emulator: nothing
    /// in it is touched.
    explicit directory(std::filesystem::path root) : root_(std::move(root))
    {
        if (std::filesystem::exists(root_) && !std::filesystem::is_empty(root_) &&
            !is_of_an_emulator())
            throw std::runtime_error(root_.string() + " is not empty, and not of an emulator");
        for (const char* const folder : {"objects", "uploads", "parts"})
            std::filesystem::create_directories(root_ / folder);
    }

    /// Reads what is there into `state`; a new folder gets the keys of `state`.
    void load(service_state& state) const
    {
        if (!std::filesystem::exists(root_ / "keys")) {
            write_keys(state);
            state.changes.buckets = true;
            return;
        }
        read_keys(state);
        read_buckets(state);
        for_each_file("objects", [&](archive_reader& in) {
            const auto bucket = in.text();
            const auto key = in.text();
            auto& versions = state.buckets[bucket].objects[key];
            for (auto count = in.number(); count != 0; --count)
                versions.push_back(get_object(in));
        });
        for_each_file("uploads", [&](archive_reader& in) {
            const auto bucket = in.text();
            stored_upload upload;
            upload.key = in.text();
            upload.upload_id = in.text();
            upload.initiated = in.time();
            upload.customer_key_md5 = in.text();
            upload.object = get_object(in);
            const auto upload_id = upload.upload_id;
            state.buckets[bucket].uploads.emplace(upload_id, std::move(upload));
        });
        for_each_file("parts", [&](archive_reader& in) {
            const auto upload_id = in.text();
            const auto number = static_cast<std::uint32_t>(in.number());
            for (auto& [name, bucket] : state.buckets)
                if (const auto upload = bucket.uploads.find(upload_id);
                    upload != bucket.uploads.end())
                    upload->second.parts[number] = get_part(in);
        });
    }

    /// Writes what changed since the last time.
    void save(service_state& state) const
    {
        const auto changes = std::exchange(state.changes, {});
        if (changes.buckets)
            write_buckets(state);
        for (const auto& [upload_id, number] : changes.parts)
            save_part(state, upload_id, number);
        for (const auto& [bucket, key] : changes.objects)
            save_object(state, bucket, key);
        for (const auto& [bucket, upload_id] : changes.uploads)
            save_upload(state, bucket, upload_id);
    }

private:
    bool is_of_an_emulator() const
    {
        for (const char* const folder : {"objects", "uploads", "parts"})
            if (!std::filesystem::is_directory(root_ / folder))
                return false;
        return std::filesystem::exists(root_ / "keys") ||
            std::filesystem::is_empty(root_ / "objects"); // It was killed while it began.
    }

    static std::string file_name(std::string_view first, std::string_view second)
    {
        const auto text = std::string(first).append("\n").append(second);
        return crypto::hex(crypto::sha256(detail::bytes_of(text)).value());
    }

    static std::string part_file_name(std::string_view upload_id, std::uint32_t number)
    {
        return std::string(upload_id).append(".").append(std::to_string(number));
    }

    void write(const std::filesystem::path& name, const std::string& bytes) const
    {
        const auto whole = root_ / name;
        auto partial = whole;
        partial += ".new";
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.close();
        if (!file)
            throw std::runtime_error("cannot write " + partial.string());
        std::filesystem::rename(partial, whole);
    }

    static std::string read(const std::filesystem::path& path)
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    template <class Use>
    void for_each_file(const char* folder, Use&& use) const
    {
        for (const auto& entry : std::filesystem::directory_iterator(root_ / folder)) {
            if (entry.path().extension() == ".new")
                continue;
            const auto bytes = read(entry.path());
            archive_reader in(bytes);
            use(in);
        }
    }

    void write_keys(const service_state& state) const
    {
        archive_writer out;
        out.put(detail::text_of(state.vault.master().view()));
        out.put(std::uint64_t{state.vault.kms_keys().size()});
        for (const auto& [id, key] : state.vault.kms_keys())
            out.put(id).put(detail::text_of(key.view()));
        write("keys", out.bytes());
        std::filesystem::permissions(root_ / "keys",
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    void read_keys(service_state& state) const
    {
        const auto bytes = read(root_ / "keys");
        archive_reader in(bytes);
        state.vault.set_master(key_from(in.text()));
        for (auto count = in.number(); count != 0; --count) {
            const auto id = in.text();
            state.vault.set_kms_key(id, key_from(in.text()));
        }
    }

    void write_buckets(const service_state& state) const
    {
        archive_writer out;
        out.put(std::uint64_t{state.buckets.size()});
        for (const auto& [name, bucket] : state.buckets) {
            out.put(name).put(bucket.created).put(std::uint64_t{bucket.versioning});
            out.put(std::uint64_t{bucket.encryption.has_value()});
            const auto encryption =
                bucket.encryption.value_or(std::pair<std::string, std::string>());
            out.put(encryption.first).put(encryption.second);
        }
        write("buckets", out.bytes());
    }

    void read_buckets(service_state& state) const
    {
        const auto bytes = read(root_ / "buckets");
        archive_reader in(bytes);
        for (auto count = in.number(); count != 0; --count) {
            auto& bucket = state.buckets[in.text()];
            bucket.created = in.time();
            bucket.versioning = in.number() != 0;
            const bool encrypted = in.number() != 0;
            const auto algorithm = in.text();
            const auto key_id = in.text();
            if (encrypted)
                bucket.encryption.emplace(algorithm, key_id);
        }
    }

    void save_object(
        const service_state& state, const std::string& bucket, const std::string& key) const
    {
        const auto name = std::filesystem::path("objects") / file_name(bucket, key);
        const auto in = state.buckets.find(bucket);
        const bool gone = in == state.buckets.end() || !in->second.objects.contains(key) ||
            in->second.objects.at(key).empty();
        if (gone) {
            std::filesystem::remove(root_ / name);
            return;
        }
        const auto& versions = in->second.objects.at(key);
        archive_writer out;
        out.put(bucket).put(key).put(std::uint64_t{versions.size()});
        for (const auto& version : versions)
            put_object(out, version);
        write(name, out.bytes());
    }

    void save_upload(
        const service_state& state, const std::string& bucket, const std::string& upload_id) const
    {
        const auto in = state.buckets.find(bucket);
        const bool gone = in == state.buckets.end() || !in->second.uploads.contains(upload_id);
        if (gone) {
            std::filesystem::remove(root_ / "uploads" / upload_id);
            for (const auto& entry : std::filesystem::directory_iterator(root_ / "parts"))
                if (entry.path().stem() == upload_id)
                    std::filesystem::remove(entry.path());
            return;
        }
        const auto& upload = in->second.uploads.at(upload_id);
        archive_writer out;
        out.put(bucket).put(upload.key).put(upload.upload_id).put(upload.initiated);
        out.put(upload.customer_key_md5);
        put_object(out, upload.object);
        write(std::filesystem::path("uploads") / upload_id, out.bytes());
    }

    void save_part(
        const service_state& state, const std::string& upload_id, std::uint32_t number) const
    {
        for (const auto& [name, bucket] : state.buckets) {
            const auto upload = bucket.uploads.find(upload_id);
            if (upload == bucket.uploads.end() || !upload->second.parts.contains(number))
                continue;
            archive_writer out;
            out.put(upload_id).put(std::uint64_t{number});
            put_part(out, upload->second.parts.at(number));
            write(std::filesystem::path("parts") / part_file_name(upload_id, number), out.bytes());
        }
    }

    std::filesystem::path root_;
};

} // namespace cosio::inline v0::testing::emulation

#endif
