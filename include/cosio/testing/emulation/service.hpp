// SPDX-License-Identifier: MIT
//
// The emulated service: which request it is, who sent it, and what it is answered.

#ifndef COSIO_TESTING_EMULATION_SERVICE_HPP
#define COSIO_TESTING_EMULATION_SERVICE_HPP

#include <cosio/endpoint.hpp>
#include <cosio/testing/emulation/buckets.hpp>
#include <cosio/testing/emulation/multipart.hpp>
#include <cosio/testing/emulation/object_changes.hpp>
#include <cosio/testing/emulation/object_reading.hpp>
#include <cosio/testing/emulation/object_writing.hpp>
#include <cosio/testing/emulation/s3_listing.hpp>
#include <cosio/testing/emulation/s3_reply.hpp>
#include <cosio/testing/emulation/s3_request.hpp>
#include <cosio/testing/emulation/s3_signature.hpp>
#include <cosio/testing/emulation/signature.hpp>
#include <cosio/testing/emulation/state.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace cosio::inline v0::testing::emulation {

/// A bare name of the service, or one with a bucket before it.
struct service_name
{
    std::string_view host{};
    std::string_view bucket{};
    std::string_view region{}; ///< Empty when the name is of none.
    bool known = false;
};

/// `[<bucket>.]<service>.<region><domain>`, of any region.
[[nodiscard]] inline service_name recognise_regional(std::string_view host)
{
    struct form
    {
        std::string_view service;
        std::string_view domain;
    };
    static constexpr form forms[] = {
        {"cos", ".myqcloud.com"}, {"cos", ".tencentcos.cn"}, {"s3", ".amazonaws.com"}};
    service_name out{host, {}, {}, false};
    for (const auto& [service, domain] : forms) {
        if (!host.ends_with(domain))
            continue;
        const auto stem = host.substr(0, host.size() - domain.size());
        const auto dot = stem.rfind('.');
        if (dot == std::string_view::npos)
            continue;
        auto front = stem.substr(0, dot);
        if (!front.ends_with(service))
            continue;
        front.remove_suffix(service.size());
        if (!front.empty() && !front.ends_with('.'))
            continue;
        out.bucket = front.substr(0, front.empty() ? 0 : front.size() - 1);
        out.region = stem.substr(dot + 1);
        out.known = true;
        return out;
    }
    return out;
}

[[nodiscard]] inline service_name recognise(std::string_view host, const service_options& options)
{
    if (const auto close = host.find(']'); close != std::string_view::npos)
        host = host.substr(1, close - 1);
    else
        host = host.substr(0, host.find(':'));
    service_name out{host, {}, {}, false};
    if (detail::is_address(host)) {
        out.known = true;
        return out;
    }
    std::vector<std::string> names = options.hosts;
    for (const char* const domain : {".myqcloud.com", ".tencentcos.cn"}) {
        names.push_back(std::string("service.cos").append(domain));
        names.push_back(std::string("cos.accelerate").append(domain));
    }
    names.emplace_back("localhost");
    for (const auto& name : names) {
        if (host == name) {
            out.known = true;
            return out;
        }
        if (host.size() > name.size() + 1 && host.ends_with(name) &&
            host[host.size() - name.size() - 1] == '.') {
            out.bucket = host.substr(0, host.size() - name.size() - 1);
            out.known = true;
            return out;
        }
    }
    return recognise_regional(host);
}

/// The region that a host is asked for: its own, or that of the emulator.
[[nodiscard]] inline std::string region_asked(
    const http_request& request, const service_options& options)
{
    const auto region = recognise(request.fields.get("Host"), options).region;
    return std::string(region.empty() ? std::string_view(options.region) : region);
}

/// Sends a request for a bucket of another region there. Source: S3 User Guide, "Making requests",
/// "Redirecting requests"; that COS names the region, and no endpoint, is documented of HEAD.
inline void check_region(const call_context& call)
{
    const auto& options = call.state.options;
    const auto asked = region_asked(call.request, options);
    const auto elsewhere = options.buckets_elsewhere.find(call.bucket);
    const bool is_here = call.state.buckets.contains(call.bucket);
    if (!is_here && elsewhere == options.buckets_elsewhere.end()) {
        if (asked != options.region && call.request.method == "PUT" && call.key.empty())
            refuse(501, "NotImplemented", "The emulator serves one region.");
        return;
    }
    const auto& region = is_here ? options.region : elsewhere->second;
    if (region == asked) {
        if (!is_here)
            refuse(501, "NotImplemented", "The emulator serves one region.");
        return;
    }
    refusal redirect{301, "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint.",
        {}, {}};
    redirect.fields.add("x-cos-bucket-region", region);
    if (call.speaks_s3)
        redirect.elements = {{"Endpoint", call.bucket + ".s3." + region + ".amazonaws.com"},
            {"Bucket", call.bucket}};
    throw redirect;
}

/// Fills bucket and key from the host (virtual-host style) or the path (path style).
inline void address(call_context& call)
{
    const auto name = recognise(call.request.fields.get("Host"), call.state.options);
    if (!name.known)
        refuse(404, "NoSuchBucket", "The host is none of this service.");
    std::string_view path = call.request.path;
    path.remove_prefix(1);
    if (!name.bucket.empty()) {
        call.bucket = name.bucket;
        call.key = path;
        return;
    }
    const auto slash = std::min(path.find('/'), path.size());
    call.bucket = path.substr(0, slash);
    call.key = path.substr(std::min(slash + 1, path.size()));
}

[[noreturn]] inline void no_such_method()
{
    refuse(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}

[[nodiscard]] inline http_reply dispatch_bucket(const call_context& call)
{
    const auto& request = call.request;
    const auto& method = request.method;
    if (call.signature == signed_by::nobody)
        refuse(403, "AccessDenied", "Access Denied.");
    if (call.bucket.empty())
        return method == "GET" ? list_buckets(call) : (no_such_method(), http_reply{});
    if (request.has_parameter("encryption")) {
        if (method == "PUT")
            return put_encryption(call);
        if (method == "GET")
            return get_encryption(call);
        if (method == "DELETE")
            return delete_encryption(call);
        no_such_method();
    }
    if (request.has_parameter("versioning") && method == "PUT")
        return put_versioning(call);
    if (request.has_parameter("uploads") && method == "GET")
        return list_uploads(call);
    if (request.has_parameter("delete") && method == "POST")
        return delete_objects(call);
    if (method == "GET")
        return list_objects(call);
    if (method == "HEAD")
        return head_bucket(call);
    if (method == "PUT")
        return put_bucket(call);
    if (method == "DELETE")
        return delete_bucket(call);
    no_such_method();
}

[[nodiscard]] inline http_reply dispatch_upload(const call_context& call)
{
    const auto& request = call.request;
    if (request.method == "PUT")
        return request.fields.has("x-cos-copy-source") ? upload_part_copy(call)
                                                       : upload_part(call);
    if (request.method == "POST")
        return complete_upload(call);
    if (request.method == "DELETE")
        return abort_upload(call);
    if (request.method == "GET")
        return list_parts(call);
    no_such_method();
}

/// Source of the limits: COS documentation, "Object Overview"; S3 User Guide, "Naming Amazon S3
/// objects".
inline void check_key(std::string_view key, bool speaks_s3)
{
    const std::size_t longest = speaks_s3 ? 1024 : 850;
    if (key.size() > longest)
        refuse(400, speaks_s3 ? "KeyTooLongError" : "KeyTooLong", "Your key is too long.");
    if (!speaks_s3 && key.find_first_of("\x18\x19\x1a\x1b") != std::string_view::npos)
        refuse(400, "InvalidObjectName", "The object name has control codes.");
}

[[nodiscard]] inline http_reply dispatch_object(const call_context& call)
{
    const auto& request = call.request;
    const auto& method = request.method;
    check_key(call.key, call.speaks_s3);
    if (method == "GET" || method == "HEAD") {
        if (request.has_parameter("uploadId") && call.signature != signed_by::nobody)
            return list_parts(call);
        if (!request.has_parameter("tagging"))
            return get_or_head_object(call);
    }
    if (call.signature == signed_by::nobody)
        refuse(403, "AccessDenied", "Access Denied.");
    if (request.has_parameter("tagging")) {
        if (method == "PUT")
            return put_tagging(call);
        return method == "DELETE" ? delete_tagging(call) : get_tagging(call);
    }
    if (request.has_parameter("uploadId"))
        return dispatch_upload(call);
    if (method == "POST" && request.has_parameter("uploads"))
        return initiate_upload(call);
    if (method == "POST" && request.has_parameter("restore"))
        return restore_object(call);
    if (method == "PUT")
        return request.fields.has("x-cos-copy-source") ? copy_object(call) : put_object(call);
    if (method == "DELETE")
        return delete_object(call);
    no_such_method();
}

/// The document and headers of a refusal.
[[nodiscard]] inline http_reply describe_refusal(
    const refusal& why, const http_request& request, std::string_view request_id)
{
    if (is_s3_request(request))
        return describe_s3_refusal(why, request, request_id);
    http_reply reply;
    reply.status = why.status;
    const auto trace_id = crypto::base64(detail::bytes_of(random_hex(64)));
    for (const auto& [name, value] : why.fields)
        if (name != "string-to-sign" && name != "format-string")
            reply.fields.add(name, value);
    reply.fields.add("x-cos-trace-id", trace_id);
    xml::writer document;
    document.open("Error").element("Code", why.code).element("Message", why.message);
    const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
    document.element(
        "Resource", std::string(request.fields.get("Host")).append(path));
    for (const auto& [name, text] : why.elements)
        document.element(name, text);
    document.element("RequestId", request_id).element("TraceId", trace_id);
    if (const auto text = why.fields.find("string-to-sign"))
        document.element("StringToSign", *text);
    if (const auto text = why.fields.find("format-string"))
        document.element("FormatString", *text);
    document.close();
    reply.body = "<?xml version='1.0' encoding='utf-8' ?>\n" + std::move(document).document();
    return reply;
}

[[nodiscard]] inline std::string_view request_id_header(const http_request& request)
{
    return is_s3_request(request) ? "x-amz-request-id" : "x-cos-request-id";
}

/// What COS has and the emulator has not is said, rather than taken for a request for the object or
/// the bucket itself.
inline void refuse_what_is_missing(const call_context& call)
{
    static constexpr std::string_view missing[] = {"accelerate", "acl", "append", "cors",
        "domain", "intelligenttiering", "inventory", "lifecycle", "logging", "notification",
        "object-lock", "origin", "policy", "referer", "replication", "select", "versions",
        "website"};
    const auto& request = call.request;
    const bool asks_for_one = std::ranges::any_of(
        missing, [&](std::string_view name) { return request.has_parameter(name); });
    const bool of_bucket = call.key.empty() && (request.has_parameter("tagging") ||
        (request.has_parameter("versioning") && request.method != "PUT"));
    if (asks_for_one || of_bucket)
        refuse(501, "NotImplemented", "The emulator does not have this.");
}

[[nodiscard]] inline http_reply dispatch(call_context& call)
{
    address(call);
    check_region(call);
    refuse_what_is_missing(call);
    return call.key.empty() ? dispatch_bucket(call) : dispatch_object(call);
}

/// Answers a request of COS, which `seconds` after 1970 must be signed for. Throws refusals.
[[nodiscard]] inline http_reply serve_cos(call_context& call, std::int64_t seconds)
{
    call.signature = signature_verifier(call.state.options.who).verify(call.request, seconds);
    return dispatch(call);
}

/// Answers a request of S3, of which `call` has a translation. Throws refusals in the words of COS.
[[nodiscard]] inline http_reply serve_s3(call_context& call)
{
    const auto& request = call.request;
    address(call);
    check_region(call);
    const bool reads = request.method == "GET";
    const bool lists = reads && call.key.empty() && call.signature != signed_by::nobody &&
        request.parameter_value("list-type") == "2";
    auto reply = lists ? list_objects_v2(call) : dispatch(call);
    // S3's reply to completing an upload names the customer key nowhere.
    if (request.method == "POST" && request.has_parameter("uploadId"))
        for (const char* const name : {"algorithm", "key-MD5"})
            reply.fields.erase(std::string(customer_prefix).append(name));
    const bool is_object = reads && !call.key.empty() && !request.has_parameter("uploadId") &&
        !request.has_parameter("tagging");
    translate_s3_reply(reply, call.state.options.region, is_object);
    return reply;
}

/// Answers one request; never throws for what a client sent.
[[nodiscard]] inline http_reply serve(
    service_state& state, const http_request& request, time_point real_time,
    bool ignores_encryption = false)
{
    const auto now = real_time + state.clock_offset;
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(real_time).time_since_epoch().count();
    const bool speaks_s3 = is_s3_request(request);
    const auto request_id = speaks_s3 ? make_s3_request_id() : make_request_id(now);
    http_request translated;
    call_context call{state, speaks_s3 ? translated : request, now};
    call.request_id = request_id;
    call.ignores_encryption = ignores_encryption;
    call.speaks_s3 = speaks_s3;
    http_reply reply;
    try {
        if (speaks_s3) {
            const s3_signature_verifier verifier(
                state.options.who, region_asked(request, state.options));
            call.signature = verifier.verify(request, seconds);
            translated = translate_s3_request(request, call.signature, state.vault);
            reply = serve_s3(call);
        } else {
            reply = serve_cos(call, seconds);
        }
    } catch (const refusal& why) {
        reply = speaks_s3
            ? describe_s3_refusal(translate_refusal(why, request), request, request_id)
            : describe_refusal(why, request, request_id);
    }
    const bool has_type = reply.fields.has("Content-Type");
    if (!reply.body.empty() && !has_type)
        reply.fields.add("Content-Type", "application/xml");
    reply.fields.add("Date", header_date(real_time));
    reply.fields.add("Server", "tencent-cos");
    reply.fields.add(request_id_header(request), request_id);
    if (request.method == "HEAD")
        reply.body.clear();
    return reply;
}

} // namespace cosio::inline v0::testing::emulation

#endif
