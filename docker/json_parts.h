// Pieces of JSON that many requests and answers of the API share. Internal to docker/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace docker {

/// "key":"text", left out if the text is empty.
void add_text(base::json::Writer& out, std::string_view key, std::string_view text);
/// "key":["a","b"], left out if the list is empty.
void add_list(base::json::Writer& out, std::string_view key, const std::vector<std::string>& list);
/// "key":{"a":"b"}, left out if the map is empty.
void add_map(base::json::Writer& out, std::string_view key, const std::map<std::string, std::string>& map);

/// The strings in an array; others are passed over, null and no array are empty.
std::vector<std::string> strings_of(const base::json::Value* value);
/// The strings of an object's members.
std::map<std::string, std::string> map_of(const base::json::Value* value);

/// Seconds since 1970 of "2026-11-24T03:16:13.188633410Z" or with "+01:00" at its end; 0 if it is no such
/// text.
std::int64_t seconds_of(std::string_view time);

/// A `filters` parameter: {"label":["a=b"],"name":["c"]}.
std::string filters_text(const std::map<std::string, std::vector<std::string>>& filters);

}  // namespace docker
