// The rules of .dockerignore: which paths of a folder are left out of a build. It must not touch any file.
#include "docker/ignore_file.h"

#include <span>

#include "docker/trim.h"

namespace docker {
namespace {

std::vector<std::string> split_elements(std::string_view path) {
  std::vector<std::string> elements;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto element = path.substr(0, slash);
    if (element == "..") {
      if (!elements.empty()) elements.pop_back();
    } else if (!element.empty() && element != ".") {
      elements.emplace_back(element);
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return elements;
}

/// Matches the set at the start of `pattern` ("[a-z]", "[^0-9]") against one character and consumes it.
/// False, with the pattern unchanged, if the set is not closed: then '[' stands for itself.
bool take_set(std::string_view& pattern, char c, bool& matched) {
  const auto close = pattern.find(']', 2);
  if (close == std::string_view::npos) return false;
  auto set = pattern.substr(1, close - 1);
  const bool negated = set.front() == '^';
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      found = found || set[i] == c;
    }
  }
  matched = found != negated;
  pattern.remove_prefix(close + 1);
  return true;
}

bool match_element(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
      for (std::size_t skip = 0; skip <= text.size(); ++skip) {
        if (match_element(pattern, text.substr(skip))) return true;
      }
      return false;
    }
    if (text.empty()) return false;
    bool matched = false;
    if (pattern.front() == '[' && take_set(pattern, text.front(), matched)) {
      if (!matched) return false;
      text.remove_prefix(1);
      continue;
    }
    if (pattern.front() == '\\' && pattern.size() > 1) {
      pattern.remove_prefix(1);
      matched = pattern.front() == text.front();
    } else {
      matched = pattern.front() == '?' || pattern.front() == text.front();
    }
    if (!matched) return false;
    pattern.remove_prefix(1);
    text.remove_prefix(1);
  }
  return text.empty();
}

using Elements = std::span<const std::string>;

/// True if the pattern matches the path or one of its parents.
bool match_path(Elements pattern, Elements path) {
  if (pattern.empty()) return true;  // what is left of the path lies inside what matched
  if (pattern.front() == "**") {
    if (pattern.size() == 1) return !path.empty();
    for (std::size_t skip = 0; skip <= path.size(); ++skip) {
      if (match_path(pattern.subspan(1), path.subspan(skip))) return true;
    }
    return false;
  }
  return !path.empty() && match_element(pattern.front(), path.front()) &&
         match_path(pattern.subspan(1), path.subspan(1));
}

}  // namespace

IgnoreFile::IgnoreFile(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto whole = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (whole.starts_with('#')) continue;
    auto line = trim(whole);
    Pattern pattern;
    pattern.exception = line.starts_with('!');
    if (pattern.exception) line = trim(line.substr(1));
    pattern.elements = split_elements(line);
    if (pattern.elements.empty()) continue;
    has_exceptions_ = has_exceptions_ || pattern.exception;
    patterns_.push_back(std::move(pattern));
  }
}

bool IgnoreFile::ignores(std::string_view path) const {
  const auto elements = split_elements(path);
  bool ignored = false;
  for (const auto& pattern : patterns_) {
    if (ignored == pattern.exception && match_path(pattern.elements, elements)) ignored = !pattern.exception;
  }
  return ignored;
}

}  // namespace docker
