// Pieces of JSON that many requests and answers of the API share. Internal to docker/.
#include "docker/json_parts.h"

#include <cstring>
#include <ctime>

namespace docker {

namespace json = base::json;

void add_text(json::Writer& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out.member(key, text);
}

void add_list(json::Writer& out, std::string_view key, const std::vector<std::string>& list) {
  if (list.empty()) return;
  out.key(key).begin_array();
  for (const auto& item : list) out.value(item);
  out.end_array();
}

void add_map(json::Writer& out, std::string_view key, const std::map<std::string, std::string>& map) {
  if (map.empty()) return;
  out.key(key).begin_object();
  for (const auto& [name, value] : map) out.member(name, value);
  out.end_object();
}

std::vector<std::string> strings_of(const json::Value* value) {
  std::vector<std::string> strings;
  if (value == nullptr || !value->IsArray()) return strings;
  for (const auto& item : value->GetArray()) {
    if (item.IsString()) strings.emplace_back(item.GetString(), item.GetStringLength());
  }
  return strings;
}

std::map<std::string, std::string> map_of(const json::Value* value) {
  std::map<std::string, std::string> map;
  if (value == nullptr || !value->IsObject()) return map;
  for (const auto& member : value->GetObject()) {
    if (member.value.IsString()) map.emplace(member.name.GetString(), member.value.GetString());
  }
  return map;
}

std::string filters_text(const std::map<std::string, std::vector<std::string>>& filters) {
  json::Writer out;
  out.begin_object();
  for (const auto& [name, values] : filters) add_list(out, name, values);
  out.end_object();
  return out.take();
}

std::int64_t seconds_of(std::string_view time) {
  std::tm parts{};
  const std::string text(time);
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return 0;
  if (*rest == '.') rest += 1 + std::strspn(rest + 1, "0123456789");
  std::tm offset{};
  const bool is_behind = *rest == '-';  // of UTC
  if (*rest != 'Z' && ::strptime(rest + (*rest == '\0' ? 0 : 1), "%H:%M", &offset) == nullptr) return 0;
  const std::int64_t shift = (offset.tm_hour * 60 + offset.tm_min) * 60;
  return ::timegm(&parts) + (is_behind ? shift : -shift);
}

}  // namespace docker
