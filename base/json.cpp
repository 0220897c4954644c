// Reading and writing JSON with RapidJSON, where every access is checked. It must not know any schema.
#include "base/json.h"

#include <rapidjson/error/en.h>

namespace base::json {
namespace {

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

}  // namespace

Excess excess_of(std::string_view text, std::size_t most_depth, std::size_t most_values) {
  std::size_t depth = 0;
  std::size_t values = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
        break;
      case '[':
      case '{':
        if (++depth > most_depth) return Excess::depth;
        ++values;
        break;
      case ']':
      case '}': depth -= depth > 0 ? 1 : 0; break;
      case ',':
      case ':':
        if (++values > most_values) return Excess::values;
        break;
      default: break;
    }
  }
  return Excess::none;
}

tl::expected<Document, ParseError> parse(std::string_view text) {
  Document document;
  document.Parse<kParseFlags>(text.data(), text.size());
  if (!document.HasParseError()) return document;
  return tl::unexpected(
      ParseError{document.GetErrorOffset(), rapidjson::GetParseError_En(document.GetParseError())});
}

const Value* find(const Value* value, std::string_view key) {
  if (value == nullptr || !value->IsObject()) return nullptr;
  const Value name(rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size())));
  const auto it = value->FindMember(name);
  return it == value->MemberEnd() ? nullptr : &it->value;
}

std::optional<std::string_view> as_string(const Value* value) {
  if (value == nullptr || !value->IsString()) return std::nullopt;
  return std::string_view(value->GetString(), value->GetStringLength());
}

std::optional<std::int64_t> as_int(const Value* value) {
  if (value == nullptr || !value->IsInt64()) return std::nullopt;
  return value->GetInt64();
}

std::optional<bool> as_bool(const Value* value) {
  if (value == nullptr || !value->IsBool()) return std::nullopt;
  return value->GetBool();
}

std::string string_or(const Value* value, std::string_view fallback) {
  return std::string(as_string(value).value_or(fallback));
}

std::int64_t int_or(const Value* value, std::int64_t fallback) {
  return as_int(value).value_or(fallback);
}

bool bool_or(const Value* value, bool fallback) {
  return as_bool(value).value_or(fallback);
}

std::string to_text(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace base::json
