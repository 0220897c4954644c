// Reading and writing JSON with RapidJSON, where every access is checked. It must not know any schema.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace base::json {

using Document = rapidjson::Document;
using Value = rapidjson::Value;

/// Why a text is not JSON; `offset` counts bytes from its start.
struct ParseError {
  std::size_t offset = 0;
  std::string message;
};

/// What a text has too much of to be parsed: a parsed one takes many times its own size.
enum class Excess { none, depth, values };

/// Looks over a text from a stranger before it is parsed; strings are passed over. Whether it is JSON at all
/// is the parser's business.
Excess excess_of(std::string_view text, std::size_t most_depth, std::size_t most_values);

/// Parses one JSON text. Checks that it is UTF-8, and needs no stack however deep the text is nested. A NUL
/// byte ends the text.
tl::expected<Document, ParseError> parse(std::string_view text);

/// The member `key` of `value`; null if `value` is null or no object, or has no such member.
const Value* find(const Value* value, std::string_view key);
/// Like find, one level after the other.
template <class... Keys>
const Value* find(const Value* value, std::string_view key, Keys... more) {
  return find(find(value, key), more...);
}

/// What `value` holds if it has that type, else nothing (also for a null pointer). A string_view points into
/// the document.
std::optional<std::string_view> as_string(const Value* value);
std::optional<std::int64_t> as_int(const Value* value);
std::optional<bool> as_bool(const Value* value);

std::string string_or(const Value* value, std::string_view fallback = {});
std::int64_t int_or(const Value* value, std::int64_t fallback = 0);
bool bool_or(const Value* value, bool fallback = false);

/// The JSON text of `value`, on one line. Recursive: only for values whose depth is known to be small.
std::string to_text(const Value& value);

/// Writes one JSON text, on one line, in the order of its calls.
class Writer {
 public:
  Writer() : writer_(buffer_) {}

  Writer& begin_object() { return writer_.StartObject(), *this; }
  Writer& end_object() { return writer_.EndObject(), *this; }
  Writer& begin_array() { return writer_.StartArray(), *this; }
  Writer& end_array() { return writer_.EndArray(), *this; }

  Writer& key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }
  Writer& value(std::string_view text) {
    // RapidJSON takes no null pointer, which is what an empty view may hold.
    writer_.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
  }
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(std::same_as<bool> auto flag) { return writer_.Bool(flag), *this; }
  Writer& value(std::floating_point auto number) { return writer_.Double(number), *this; }
  template <std::integral T>
  requires(!std::same_as<T, bool>) Writer& value(T number) {
    writer_.Int64(static_cast<std::int64_t>(number));
    return *this;
  }
  /// `json` must be a whole JSON value; it is put in as it is.
  Writer& raw(std::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
  }
  Writer& null() { return writer_.Null(), *this; }

  /// key and value in one.
  template <class T>
  Writer& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  /// Valid until the next call.
  [[nodiscard]] std::string_view text() const { return {buffer_.GetString(), buffer_.GetSize()}; }
  [[nodiscard]] std::string take() const { return std::string(text()); }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace base::json
