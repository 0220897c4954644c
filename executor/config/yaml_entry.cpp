// Reading YAML with the place and the full name of each key, collecting what is wrong. Internal to config/;
// it must not know any key.
#include "executor/config/yaml_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "executor/text/nearest.h"
#include "executor/text/units.h"

namespace executor::config {
namespace {

/// Splits like a shell does, as far as quotes go. Nothing if a quote is open at the end.
std::optional<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
      continue;
    }
    in_word = true;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
    } else {
      word += c;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) words.push_back(std::move(word));
  return words;
}

std::string join(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += words[i];
  }
  return list;
}

}  // namespace

void Entry::fail(std::string message) const {
  problems_->list.push_back({problems_->file, line_, path_, std::move(message)});
}

std::string Entry::kind() const {
  if (is_null()) return "nothing";
  if (is_list()) return "a list";
  if (is_map()) return "a map";
  return fmt::format("'{}'", node_.Scalar());
}

std::optional<std::string> Entry::as_text() const {
  if (is_scalar()) return node_.Scalar();
  fail(fmt::format("expected a text, found {}", kind()));
  return std::nullopt;
}

std::optional<bool> Entry::as_flag() const {
  bool flag = false;
  if (is_scalar() && YAML::convert<bool>::decode(node_, flag)) return flag;
  fail(fmt::format("expected true or false, found {}", kind()));
  return std::nullopt;
}

std::optional<std::int64_t> Entry::as_number(std::int64_t least, std::int64_t most) const {
  if (!is_scalar()) {
    fail(fmt::format("expected a whole number, found {}", kind()));
    return std::nullopt;
  }
  const auto number = text::parse_number(node_.Scalar(), least, most);
  if (number) return *number;
  fail(number.error());
  return std::nullopt;
}

std::optional<double> Entry::as_positive() const {
  double number = 0;
  if (is_scalar()) {
    const auto& text = node_.Scalar();
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size() && number > 0 && number < 1e6) {
      return number;
    }
  }
  fail(fmt::format("expected a number above 0, found {}", kind()));
  return std::nullopt;
}

std::optional<std::int64_t> Entry::as_size() const {
  const auto text = as_text();
  if (!text) return std::nullopt;
  const auto size = text::parse_size(*text);
  if (size) return *size;
  fail(size.error());
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Entry::as_duration() const {
  const auto text = as_text();
  if (!text) return std::nullopt;
  const auto span = text::parse_duration(*text);
  if (span) return *span;
  fail(span.error());
  return std::nullopt;
}

std::optional<std::string> Entry::as_word(const std::vector<std::string>& words) const {
  auto text = as_text();
  if (!text) return std::nullopt;
  if (std::find(words.begin(), words.end(), *text) != words.end()) return text;
  fail(fmt::format("expected {}, found '{}'{}", join(words), *text, text::did_you_mean(*text, words)));
  return std::nullopt;
}

std::vector<std::string> Entry::as_texts() const {
  if (is_scalar()) return {node_.Scalar()};
  std::vector<std::string> texts;
  if (!is_list()) {
    fail(fmt::format("expected a list of texts, found {}", kind()));
    return texts;
  }
  for (const auto& item : items()) {
    if (auto text = item.as_text()) texts.push_back(std::move(*text));
  }
  return texts;
}

std::vector<std::string> Entry::as_command() const {
  if (!is_scalar()) return as_texts();
  auto words = split_words(node_.Scalar());
  if (words) return std::move(*words);
  fail("a quote is not closed");
  return {};
}

std::vector<std::pair<std::string, Entry>> Entry::members() const {
  std::vector<std::pair<std::string, Entry>> list;
  if (!is_map()) {
    if (!is_null()) fail(fmt::format("expected a map, found {}", kind()));
    return list;
  }
  std::map<std::string, int> seen;
  for (const auto& member : node_) {
    if (++problems_->values > Problems::kMostValues) break;
    const int line = member.first.Mark().line + 1;
    const auto key = member.first.IsScalar() ? member.first.Scalar() : std::string("?");
    Entry entry(member.second, path_.empty() ? key : path_ + "." + key, line, *problems_);
    const auto [first, is_new] = seen.emplace(key, line);
    if (is_new) {
      list.emplace_back(key, std::move(entry));
    } else {
      entry.fail(fmt::format("stands twice; the first time in line {}", first->second));
    }
  }
  return list;
}

std::vector<Entry> Entry::items() const {
  std::vector<Entry> list;
  if (!is_list()) {
    fail(fmt::format("expected a list, found {}", kind()));
    return list;
  }
  for (std::size_t i = 0; i < node_.size(); ++i) {
    if (++problems_->values > Problems::kMostValues) break;
    list.emplace_back(node_[i], fmt::format("{}[{}]", path_, i), node_[i].Mark().line + 1, *problems_);
  }
  return list;
}

void Entry::each_key(const Handlers& handlers) const {
  for (const auto& [key, entry] : members()) {
    if (const auto handler = handlers.find(key); handler != handlers.end()) {
      handler->second(entry);
      continue;
    }
    std::vector<std::string> known;
    for (const auto& [name, unused] : handlers) known.push_back(name);
    const auto nearest = text::nearest(key, known);
    entry.fail(nearest.empty() ? fmt::format("unknown key; known here: {}", join(known))
                               : fmt::format("unknown key; did you mean '{}'?", nearest));
  }
}

}  // namespace executor::config
