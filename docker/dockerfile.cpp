// Which images a Dockerfile builds upon. It must not talk to any engine, and needs no more of the language
// than that.
#include "docker/dockerfile.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <utility>

namespace docker {
namespace {

bool is_word(const std::string& a, const char* b) {
  return ::strcasecmp(a.c_str(), b) == 0;
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Instructions, each in one line: comments are out, and what was continued is joined.
std::vector<std::string> instructions_of(std::string_view text) {
  std::vector<std::string> all;
  std::string current;
  char escape = '\\';
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    if (line[begin] == '#') {
      // "# escape=`" counts before the first instruction.
      if (all.empty() && line.find("escape=`") != std::string::npos) escape = '`';
      continue;
    }
    const auto end = line.find_last_not_of(" \t");
    const bool goes_on = line[end] == escape;
    current += line.substr(begin, goes_on ? end - begin : std::string::npos) + " ";
    if (goes_on) continue;
    all.push_back(std::exchange(current, {}));
  }
  if (!current.empty()) all.push_back(current);
  return all;
}

std::vector<std::string> words_of(const std::string& instruction) {
  std::vector<std::string> words;
  std::istringstream stream(instruction);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// One pass over a Dockerfile.
class Reader {
 public:
  explicit Reader(const std::map<std::string, std::string>& args) : args_(args) {}

  void take(const std::vector<std::string>& words) {
    if (words.empty()) return;
    if (is_word(words[0], "ARG") && stages_.empty() && !has_stage_) {
      for (std::size_t i = 1; i < words.size(); ++i) declare(words[i]);
    } else if (is_word(words[0], "FROM")) {
      take_from(words);
    } else if (is_word(words[0], "COPY") || is_word(words[0], "ADD") || is_word(words[0], "RUN")) {
      for (const auto& word : words) take_option(word);
    }
  }
  [[nodiscard]] std::vector<std::string> images() const { return images_; }

 private:
  /// "NAME" or "NAME=value"
  void declare(const std::string& word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto given = args_.find(name);
    if (given != args_.end()) {
      variables_[name] = given->second;
    } else if (equals != std::string::npos) {
      auto value = word.substr(equals + 1);
      if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
          value.back() == value.front())
        value = value.substr(1, value.size() - 2);
      if (const auto full = filled(value)) variables_[name] = *full;
    }
  }

  /// FROM [--platform=…] image [AS stage]
  void take_from(const std::vector<std::string>& words) {
    std::size_t at = 1;
    while (at < words.size() && words[at].starts_with("--")) ++at;
    if (at < words.size()) add(words[at]);
    has_stage_ = true;
    if (at + 2 < words.size() && is_word(words[at + 1], "AS")) stages_.push_back(words[at + 2]);
  }

  /// --from=image, or --mount=type=bind,from=image,…
  void take_option(const std::string& word) {
    if (word.starts_with("--from=")) add(word.substr(std::string_view("--from=").size()));
    if (!word.starts_with("--mount=")) return;
    std::istringstream parts(word.substr(std::string_view("--mount=").size()));
    for (std::string part; std::getline(parts, part, ',');) {
      if (part.starts_with("from=")) add(part.substr(std::string_view("from=").size()));
    }
  }

  void add(const std::string& word) {
    const auto image = filled(word);
    if (!image || image->empty() || *image == "scratch") return;
    const bool is_number =
        std::all_of(image->begin(), image->end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    const bool is_stage = std::any_of(stages_.begin(), stages_.end(),
                                      [&image](const auto& stage) { return is_word(stage, image->c_str()); });
    const bool is_known = std::find(images_.begin(), images_.end(), *image) != images_.end();
    if (!is_number && !is_stage && !is_known) images_.push_back(*image);
  }

  /// With the values of $NAME, ${NAME} and ${NAME:-default}; nothing if one is not known.
  [[nodiscard]] std::optional<std::string> filled(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const auto dollar = text.find('$');
      out += text.substr(0, dollar);
      if (dollar == std::string_view::npos) break;
      text.remove_prefix(dollar + 1);
      std::string name;
      std::optional<std::string> otherwise;
      if (text.starts_with("{")) {
        const auto close = text.find('}');
        if (close == std::string_view::npos) return std::nullopt;
        name = text.substr(1, close - 1);
        text.remove_prefix(close + 1);
        if (const auto colon = name.find(":-"); colon != std::string::npos) {
          otherwise = name.substr(colon + 2);
          name.resize(colon);
        }
      } else {
        const auto end = std::find_if_not(text.begin(), text.end(), is_name_character);
        name.assign(text.begin(), end);
        text.remove_prefix(name.size());
      }
      const auto found = variables_.find(name);
      const bool is_set = found != variables_.end() && !(otherwise && found->second.empty());
      if (!is_set && !otherwise) return std::nullopt;
      out += is_set ? found->second : *otherwise;
    }
    return out;
  }

  const std::map<std::string, std::string>& args_;
  std::map<std::string, std::string> variables_;
  std::vector<std::string> stages_;
  std::vector<std::string> images_;
  bool has_stage_ = false;
};

}  // namespace

std::vector<std::string> images_of_dockerfile(std::string_view dockerfile,
                                              const std::map<std::string, std::string>& args) {
  Reader reader(args);
  for (const auto& instruction : instructions_of(dockerfile)) reader.take(words_of(instruction));
  return reader.images();
}

}  // namespace docker
