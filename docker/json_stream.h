// A body that is a sequence of JSON objects, as progress and events are sent. Internal to docker/.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "docker/error.h"

namespace docker {

/// Splits a body into lines and parses each as JSON. A line of over 4 MiB is `malformed`.
class JsonStream {
 public:
  /// An error from it ends the stream with that error.
  using Sink = std::function<Result<void>(const base::json::Value&)>;
  explicit JsonStream(Sink sink) : sink_(std::move(sink)) {}

  Result<void> feed(std::string_view bytes);
  /// The body has ended; its last line may lack the line end.
  Result<void> finish();

 private:
  Result<void> take_line(std::string_view line);

  Sink sink_;
  std::string partial_;
};

}  // namespace docker
