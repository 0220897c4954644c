// What every use of libcurl in this library shares: address, TLS and the meaning of its error codes. Internal
// to docker/; it must not know any endpoint of the API.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "docker/endpoint.h"
#include "docker/error.h"

namespace docker {

struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

/// Initialises libcurl once for the process; to be called before the first handle is made.
void init_curl();

/// Sets everything that depends on the endpoint only: socket, certificates, no proxy, no signals.
void point_at(CURL* easy, const Endpoint& endpoint);

/// "http://localhost", "https://host:2376": what a target is appended to.
std::string base_url(const Endpoint& endpoint);

/// The error that `code` stands for, with a message that names the endpoint.
Error error_of(CURL* easy, CURLcode code, const Endpoint& endpoint, std::string call);

/// The same for an errno of connect(2).
Error connect_error(int errno_value, const Endpoint& endpoint, std::string call);

}  // namespace docker
