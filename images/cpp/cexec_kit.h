// The kit for platform servers in C++: copy this file, register your steps, call run().
// It does what docs/protocol.md asks of a server and must not know what any step is about.
//
// Needs C++20, POSIX and RapidJSON (Debian: rapidjson-dev). A step fails by an exception, which is
// what tests throw; the kit turns each into the reply that says so.
#pragma once

#include <cxxabi.h>
#include <fcntl.h>
#include <poll.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <concepts>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace cexec_kit {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

inline constexpr std::size_t kMessageLimit = 16ul * 1024 * 1024;

/// `text` with each byte that belongs to no UTF-8 character replaced by U+FFFD.
inline std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const int ones = std::countl_one(lead);  // how many bytes the character has; 0: one
    const std::size_t size = ones == 0 ? 1 : static_cast<std::size_t>(ones);
    bool valid = (ones == 0 || (lead >= 0xC2 && lead <= 0xF4)) && at + size <= text.size();
    for (std::size_t i = 1; valid && i < size; ++i) valid = (text[at + i] & 0xC0) == 0x80;
    if (valid && size > 2) {  // overlong forms, surrogates, beyond U+10FFFF
      const auto second = static_cast<unsigned char>(text[at + 1]);
      valid = !((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F));
    }
    result += valid ? text.substr(at, size) : std::string_view("\xEF\xBF\xBD");
    at += valid ? size : 1;
  }
  return result;
}

/// A value as JSON text: texts, numbers and truth values.
template <typename T>
std::string to_json(const T& value) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  if constexpr (std::same_as<T, bool>) {
    writer.Bool(value);
  } else if constexpr (std::signed_integral<T>) {
    writer.Int64(value);
  } else if constexpr (std::unsigned_integral<T>) {
    writer.Uint64(value);
  } else if constexpr (std::floating_point<T>) {
    if (!writer.Double(value)) return to_json(std::to_string(value));  // JSON has no NaN
  } else {
    const std::string text = valid_utf8(std::string_view(value));
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  return {buffer.GetString(), buffer.GetSize()};
}

/// `parts` in one string behind `start`, with `separator` between them.
inline std::string joined(const std::vector<std::string>& parts, std::string_view separator,
                          std::string_view start = "") {
  std::string result(start);
  for (const std::string& part : parts) {
    if (&part != &parts.front()) result += separator;
    result += part;
  }
  return result;
}

/// A JSON object of members whose values are JSON text.
inline std::string json_object(const std::vector<std::pair<std::string, std::string>>& members) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : members) parts.push_back(to_json(name) + ":" + value);
  return joined(parts, ",", "{") + "}";
}

/// A JSON array of texts.
inline std::string json_array(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(to_json(text));
  return joined(parts, ",", "[") + "]";
}

// --- what a step may say ------------------------------------------------------------------------

/// A line of source. As a default argument, here() is where the call stands.
struct Place {
  static constexpr Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }

  std::string text() const {
    const std::string_view path = file;
    return std::string(path.substr(path.find_last_of('/') + 1)) + ":" + std::to_string(line);
  }

  const char* file;
  int line;
};

/// The step failed: one line for a person and, if it helps, what was expected and what came.
class StepFailure : public std::runtime_error {
 public:
  explicit StepFailure(const std::string& message, Place where = Place::here())
      : std::runtime_error(message), where_(where) {}

  /// The same failure with both values beside it.
  template <typename Expected, typename Actual>
  StepFailure compared(const Expected& expected, const Actual& actual) const {
    StepFailure result = *this;
    result.expected_ = to_json(expected);
    result.actual_ = to_json(actual);
    return result;
  }

  const Place& where() const { return where_; }
  const std::string& expected() const { return expected_; }  ///< JSON text; empty: not given
  const std::string& actual() const { return actual_; }      ///< JSON text; empty: not given

 private:
  Place where_;
  std::string expected_;
  std::string actual_;
};

/// The step and the rest of the case make no sense here; the message says why.
class Skip : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The step is known but not written yet.
class Pending : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Fails the step with `message` unless `condition` holds.
inline void expect(bool condition, const std::string& message, Place where = Place::here()) {
  if (!condition) throw StepFailure(message, where);
}

/// Fails the step with `message`, and both values beside it, unless they are equal.
template <typename Actual, typename Expected>
void expect_equal(const Actual& actual, const Expected& expected, const std::string& message,
                  Place where = Place::here()) {
  bool equal = false;
  if constexpr (std::integral<Actual> && std::integral<Expected> && !std::same_as<Actual, bool> &&
                !std::same_as<Expected, bool>) {
    equal = std::cmp_equal(actual, expected);
  } else {
    equal = actual == expected;
  }
  if (!equal) throw StepFailure(message, where).compared(expected, actual);
}

using Table = std::vector<std::vector<std::string>>;

/// A step's doc string: its text, and the media type behind the opening quotes, if any.
struct DocString {
  std::string content;
  std::optional<std::string> media_type;
};

/// What the steps of one case share. A new one is made after `reset`.
class World {
 public:
  using Notify = std::function<void(std::string_view level, std::string_view message)>;

  explicit World(Notify notify) : notify_(std::move(notify)) {}

  std::string process;    ///< who this server plays: "writer"
  std::string step_type;  ///< given, when or then
  std::string step;       ///< the step's text, without the process
  std::optional<Table> table;
  std::optional<DocString> doc_string;
  std::map<std::string, std::string> context;  ///< the members of `context` that are strings

  /// The one `T` of this case: made at first use, destroyed when the case is over.
  template <typename T>
  T& state() {
    std::shared_ptr<void>& slot = states_[typeid(T)];
    if (!slot) {
      slot = std::make_shared<T>();
      cleanup([this] { states_.erase(typeid(T)); });
    }
    return *static_cast<T*>(slot.get());
  }

  /// Calls `function` when the case is over; the last one registered is called first.
  void cleanup(std::function<void()> function) { cleanups_.push_back(std::move(function)); }

  /// Puts a line into this step's reply. Only while the step runs; threads use notify().
  void log(std::string_view message, std::string level = "info") {
    for (char& c : level) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    logs_.push_back("[" + level + "] " + std::string(message));
  }

  /// Sends a line to the log at once, from any thread.
  void notify(std::string_view message, std::string_view level = "info") { notify_(level, message); }

  /// Puts a value into the `data` of this step's reply.
  template <typename T>
  void set_data(const std::string& name, const T& value) {
    data_.emplace_back(name, to_json(value));
  }

  /// The data table as one map for each row, named by the header row.
  std::vector<std::map<std::string, std::string>> rows() const {
    expect(table && !table->empty(), "the step needs a data table with a header row");
    std::vector<std::map<std::string, std::string>> result;
    for (std::size_t row = 1; row < table->size(); ++row) {
      auto& cells = result.emplace_back();
      for (std::size_t i = 0; i < std::min(table->front().size(), (*table)[row].size()); ++i) {
        cells[table->front()[i]] = (*table)[row][i];
      }
    }
    return result;
  }

  /// The content of the doc string.
  const std::string& text() const {
    expect(doc_string.has_value(), "the step needs a doc string");
    return doc_string->content;
  }

  /// How long cexec will still wait for this step.
  std::chrono::milliseconds time_left() const {
    const auto left = deadline_ - std::chrono::steady_clock::now();
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::duration_cast<std::chrono::milliseconds>(left));
  }

  /// Ends the server without any clean-up, as a crash would, once this step is answered.
  void exit_after_reply(int code) { exit_code_ = code; }

 private:
  friend class Server;

  void begin(const rapidjson::Value& params);
  std::vector<std::string> clean_up();  // what went wrong

  Notify notify_;
  std::chrono::steady_clock::time_point deadline_;
  std::vector<std::string> logs_;
  std::vector<std::pair<std::string, std::string>> data_;  // names and JSON text
  std::map<std::type_index, std::shared_ptr<void>> states_;
  std::vector<std::function<void()>> cleanups_;
  std::optional<int> exit_code_;
};

// --- Cucumber expressions -----------------------------------------------------------------------

using Argument = std::variant<std::int64_t, double, std::string>;
using Arguments = std::vector<Argument>;

/// A step pattern: {int} {float} {word} {string} {}, optional text (s), alternatives a/b.
class Expression {
 public:
  /// Throws std::logic_error for a pattern that is none.
  explicit Expression(std::string source) : source_(std::move(source)) { parse(); }

  const std::string& source() const { return source_; }

  /// The kind of each parameter, in order: "int", "float", "word", "string" or "".
  const std::vector<std::string>& kinds() const { return kinds_; }

  /// The arguments found in `text`, or nothing where the pattern does not match all of it.
  /// Throws StepFailure for an {int} beyond ±(2^53 - 1), the largest that all three kits keep.
  std::optional<Arguments> match(std::string_view text) const {
    std::vector<std::string_view> found;
    if (!match_from(0, text, found)) return std::nullopt;
    Arguments arguments;
    for (std::size_t i = 0; i < found.size(); ++i) arguments.push_back(convert(kinds_[i], found[i]));
    return arguments;
  }

 private:
  enum class NodeKind { kText, kOptional, kAlternatives, kParameter };
  struct Node {
    NodeKind kind;
    std::vector<std::string> texts;  // one; for a parameter its kind; for alternatives each of them
  };

  [[noreturn]] void fail(const std::string& problem) const {
    throw std::logic_error("step pattern '" + source_ + "': " + problem);
  }

  void parse() {
    std::vector<Node> piece;  // what stands between two blanks
    for (std::size_t at = 0; at < source_.size();) {
      const char c = source_[at];
      if (c == ' ') {
        finish_piece(piece);
        nodes_.push_back({NodeKind::kText, {" "}});
        ++at;
      } else if (c == '\\') {
        if (at + 1 == source_.size()) fail("ends with a backslash");
        piece.push_back({NodeKind::kText, {std::string(1, source_[at + 1])}});
        at += 2;
      } else if (c == '{' || c == '(') {
        const std::size_t end = source_.find(c == '{' ? '}' : ')', at);
        if (end == std::string::npos) fail("'" + std::string(1, c) + "' is never closed");
        piece.push_back(bracketed(c, source_.substr(at + 1, end - at - 1)));
        at = end + 1;
      } else {
        piece.push_back({c == '/' ? NodeKind::kAlternatives : NodeKind::kText, {std::string(1, c)}});
        ++at;
      }
    }
    finish_piece(piece);
    for (const Node& node : nodes_) {
      if (node.kind == NodeKind::kParameter) kinds_.push_back(node.texts.front());
    }
  }

  Node bracketed(char bracket, const std::string& content) const {
    if (bracket == '(') {
      if (content.empty() || content.find_first_of("{(/\\") != std::string::npos) {
        fail("optional text may be plain text only");
      }
      return {NodeKind::kOptional, {content}};
    }
    for (const char* kind : {"int", "float", "word", "string", ""}) {
      if (content == kind) return {NodeKind::kParameter, {content}};
    }
    fail("{" + content + "} is none of {int} {float} {word} {string} {}");
  }

  // Moves the piece to the nodes; with a '/' in it, all of it becomes one node of alternatives.
  void finish_piece(std::vector<Node>& piece) {
    const auto is_slash = [](const Node& node) { return node.kind == NodeKind::kAlternatives; };
    if (std::none_of(piece.begin(), piece.end(), is_slash)) {
      nodes_.insert(nodes_.end(), piece.begin(), piece.end());
    } else {
      Node node{NodeKind::kAlternatives, {""}};
      for (const Node& part : piece) {
        if (part.kind == NodeKind::kText) {
          node.texts.back() += part.texts.front();
        } else if (is_slash(part)) {
          node.texts.emplace_back();
        } else {
          fail("alternatives may hold plain text only");
        }
      }
      for (const std::string& text : node.texts) {
        if (text.empty()) fail("an alternative is empty");
      }
      nodes_.push_back(std::move(node));
    }
    piece.clear();
  }

  // Whether the nodes from `index` on match all of `text`; longest first, as regular expressions do.
  bool match_from(std::size_t index, std::string_view text, std::vector<std::string_view>& found) const {
    if (index == nodes_.size()) return text.empty();
    const Node& node = nodes_[index];
    if (node.kind == NodeKind::kParameter) return match_parameter(index, text, found);
    for (const std::string& option : node.texts) {
      if (text.starts_with(option) && match_from(index + 1, text.substr(option.size()), found)) return true;
    }
    return node.kind == NodeKind::kOptional && match_from(index + 1, text, found);
  }

  bool match_parameter(std::size_t index, std::string_view text, std::vector<std::string_view>& found) const {
    const std::string& kind = nodes_[index].texts.front();
    for (std::size_t size = longest(kind, text) + 1; size-- > 0;) {
      if (!complete(kind, text.substr(0, size))) continue;
      found.push_back(text.substr(0, size));
      if (match_from(index + 1, text.substr(size), found)) return true;
      found.pop_back();
    }
    return false;
  }

  // How many characters at the start of `text` may belong to a parameter of that kind.
  static std::size_t longest(const std::string& kind, std::string_view text) {
    if (kind == "string") return quoted(text);
    std::size_t end = std::string_view::npos;
    if (kind == "int") end = text.find_first_not_of("-0123456789");
    if (kind == "float") end = text.find_first_not_of("-+.0123456789eE");
    if (kind == "word") end = text.find_first_of(" \t\n\r\f\v");
    return std::min(end, text.size());
  }

  // Size of the quoted text that `text` begins with, quotes included; 0 if there is none.
  static std::size_t quoted(std::string_view text) {
    if (text.empty() || (text[0] != '"' && text[0] != '\'')) return 0;
    for (std::size_t at = 1; at < text.size(); ++at) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == text[0]) {
        return at + 1;
      }
    }
    return 0;
  }

  // Whether `text`, made of characters that may belong to that kind, is a whole one.
  static bool complete(const std::string& kind, std::string_view text) {
    const auto digits = [&text] {
      const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
      text.remove_prefix(count);
      return count > 0;
    };
    const auto skip = [&text](std::string_view any_of) {
      const bool found = !text.empty() && any_of.find(text[0]) != std::string_view::npos;
      if (found) text.remove_prefix(1);
      return found;
    };
    if (kind.empty()) return true;
    if (kind == "word") return !text.empty();
    if (kind == "string") return text.size() > 1 && quoted(text) == text.size();
    if (kind == "int") {
      skip("-");
      return digits() && text.empty();
    }
    skip("-+");
    const bool whole = digits();
    if (skip(".") ? !digits() : !whole) return false;
    if (!skip("eE")) return text.empty();
    skip("-+");
    return digits() && text.empty();
  }

  static Argument convert(const std::string& kind, std::string_view text) {
    constexpr std::int64_t kLargest = (std::int64_t{1} << 53) - 1;
    if (kind == "int") {
      std::int64_t value = 0;
      const auto error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
      if (error != std::errc{} || value > kLargest || value < -kLargest) {
        throw StepFailure(std::string(text) + " does not fit into {int}: ±" + std::to_string(kLargest) +
                          " at most");
      }
      return value;
    }
    if (kind == "float") return std::strtod(std::string(text).c_str(), nullptr);
    if (kind != "string") return std::string(text);
    text = text.substr(1, text.size() - 2);
    std::string value;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool escape = text.substr(at).starts_with("\\\"") || text.substr(at).starts_with("\\'");
      value += text[escape ? ++at : at];
    }
    return value;
  }

  std::string source_;
  std::vector<Node> nodes_;
  std::vector<std::string> kinds_;
};

// --- the streams --------------------------------------------------------------------------------

namespace detail {

// SIGTERM in a step or a clean-up ends the server at once; else it wakes the server, which cleans up.
inline volatile std::sig_atomic_t busy = 0;
inline volatile std::sig_atomic_t wake_writer = -1;

inline void on_sigterm(int signal) {
  if (busy) _exit(128 + signal);
  [[maybe_unused]] const auto written = ::write(wake_writer, "", 1);
}

/// Something makes it impossible to go on: the server ends with this message on stderr.
struct Fatal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// SIGTERM has come.
struct Terminated {};

/// Messages over what were stdin and stdout, in the framing that CEXEC_FRAMING names.
/// From here on descriptors 0 and 1 are /dev/null and stderr: neither a stray print nor a child
/// process that inherits them can get between cexec and the server.
class Channel {
 public:
  Channel() {
    const char* framing = std::getenv("CEXEC_FRAMING");
    const std::string_view name = framing && *framing ? framing : "ndjson";
    if (name != "ndjson" && name != "content-length") {
      throw Fatal("CEXEC_FRAMING is '" + std::string(name) + "', but must be ndjson or content-length");
    }
    headers_ = name == "content-length";
    int wake[2];
    if (::pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) throw Fatal("cannot make a pipe");
    wake_ = wake[0];
    wake_writer = wake[1];
    source_ = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
    sink_ = ::fcntl(1, F_DUPFD_CLOEXEC, 3);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (source_ < 0 || sink_ < 0 || null < 0) throw Fatal("stdin and stdout must be open");
    ::dup2(null, 0);
    ::close(null);
    ::dup2(2, 1);
    std::signal(SIGPIPE, SIG_IGN);
    struct sigaction action {};
    action.sa_handler = on_sigterm;
    ::sigaction(SIGTERM, &action, nullptr);
  }

  /// The next message; nothing at the end of stdin.
  std::optional<std::string> read() { return headers_ ? read_block() : read_filled_line(); }

  void write(std::string_view body) {
    std::string message;
    if (headers_) message = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    message += body;
    if (!headers_) message += '\n';
    const std::lock_guard lock(mutex_);
    for (std::string_view rest = message; !rest.empty();) {
      const ssize_t count = ::write(sink_, rest.data(), rest.size());
      if (count < 0 && errno != EINTR) throw Fatal("nobody reads the replies any more");
      rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
  }

 private:
  std::optional<std::string> read_filled_line() {
    while (auto line = read_line()) {
      if (line->find_first_not_of(" \t\r") != std::string::npos) return line;
    }
    return std::nullopt;
  }

  std::optional<std::string> read_block() {
    std::size_t length = kMessageLimit + 1;
    for (;;) {
      auto line = read_line();
      if (!line) return std::nullopt;
      if (!line->empty() && line->back() == '\r') line->pop_back();
      if (line->empty()) break;
      for (char& c : *line) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const std::string_view name = "content-length:";
      if (!line->starts_with(name)) continue;
      const std::size_t digits = line->find_first_not_of(' ', name.size());
      const char* const end = line->data() + line->size();
      if (digits == std::string::npos ||
          std::from_chars(line->data() + digits, end, length).ec != std::errc{}) {
        length = kMessageLimit + 1;
      }
    }
    if (length > kMessageLimit) throw Fatal("a request has no usable Content-Length header");
    while (buffer_.size() < length) {
      if (!fill()) return std::nullopt;
    }
    return take(length, 0);
  }

  std::optional<std::string> read_line() {
    for (std::size_t searched = 0;;) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) return take(end, 1);
      if (buffer_.size() > kMessageLimit) throw Fatal("a request is over the limit of 16 MiB");
      searched = buffer_.size();
      if (!fill()) return buffer_.empty() ? std::nullopt : std::optional(take(buffer_.size(), 0));
    }
  }

  std::string take(std::size_t size, std::size_t dropped) {
    std::string result = buffer_.substr(0, size);
    buffer_.erase(0, size + dropped);
    return result;
  }

  // Reads what there is; false at the end of stdin.
  bool fill() {
    for (;;) {
      pollfd watched[] = {{source_, POLLIN, 0}, {wake_, POLLIN, 0}};
      if (::poll(watched, 2, -1) < 0 && errno != EINTR) throw Fatal("cannot wait for stdin");
      if (watched[1].revents != 0) throw Terminated{};
      if (watched[0].revents == 0) continue;
      const std::size_t before = buffer_.size();
      buffer_.resize(before + 65536);
      const ssize_t count = ::read(source_, buffer_.data() + before, 65536);
      buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      if (count >= 0 || errno != EINTR) return count > 0;
    }
  }

  bool headers_ = false;
  int source_ = -1;
  int sink_ = -1;
  int wake_ = -1;
  std::string buffer_;
  std::mutex mutex_;
};

// A member of `value`, or null if it is no object or has no such member.
inline const rapidjson::Value* member(const rapidjson::Value& value, const char* name) {
  if (!value.IsObject()) return nullptr;
  const auto found = value.FindMember(name);
  return found == value.MemberEnd() ? nullptr : &found->value;
}

inline std::optional<std::string> text_of(const rapidjson::Value* value) {
  if (!value || !value->IsString()) return std::nullopt;
  return std::string(value->GetString(), value->GetStringLength());
}

inline std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : type.name();
}

// Whether a step's function that takes a `T` can be given a parameter of that kind.
template <typename T>
bool accepts(std::string_view kind) {
  if (kind == "int") return std::integral<T>;
  if (kind == "float") return std::floating_point<T>;
  return !std::is_arithmetic_v<T>;
}

template <typename T>
T argument(const Argument& value) {
  if constexpr (std::integral<T>) {
    const auto number = std::get<std::int64_t>(value);
    expect(std::in_range<T>(number), std::to_string(number) + " is out of range for this step");
    return static_cast<T>(number);
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(std::get<double>(value));
  } else {
    return T(std::get<std::string>(value));
  }
}

}  // namespace detail

// --- the server ---------------------------------------------------------------------------------

/// A platform server: register steps with step(), then run().
class Server {
 public:
  explicit Server(std::string platform, std::string version = "1.0",
                  std::vector<std::string> capabilities = {})
      : platform_(std::move(platform)), version_(std::move(version)), capabilities_(std::move(capabilities)) {
    capabilities_.insert(capabilities_.begin(), "reset");
  }

  /// Registers `function(World&, arguments…)` for steps that match `pattern`. Whole numbers take
  /// {int}, floating point numbers {float}, std::string all others; throws std::logic_error if the
  /// function's parameters are not those of the pattern.
  template <typename Function>
  void step(const std::string& pattern, Function function, Place where = Place::here()) {
    add(pattern, std::function(std::move(function)), where);
  }

  /// Tells what a failed step shows for exceptions of type E.
  template <typename E>
  void translate(std::function<StepFailure(const E&)> translator) {
    translators_.push_back([translator](const std::exception& error) -> std::optional<StepFailure> {
      const auto* found = dynamic_cast<const E*>(&error);
      return found ? std::optional(translator(*found)) : std::nullopt;
    });
  }

  /// Serves until `shutdown`, the end of stdin or SIGTERM; cleans up and returns the exit code.
  int run() {
    int code = 0;
    try {
      channel_.emplace();
      new_world();
      serve();
    } catch (const detail::Terminated&) {
      code = 128 + SIGTERM;
    } catch (const detail::Fatal& fatal) {
      std::cerr << fatal.what() << '\n';
      code = 1;
    }
    detail::busy = 1;
    const auto problems = world_ ? world_->clean_up() : std::vector<std::string>();
    if (problems.empty()) return code;
    std::cerr << "clean-up failed: " << joined(problems, "; ") << '\n';
    return 1;
  }

 private:
  struct Step {
    Expression expression;
    std::function<void(World&, const Arguments&)> call;
    Place where;
  };

  template <typename... Parameters>
  void add(const std::string& pattern, std::function<void(World&, Parameters...)> function, Place where) {
    Expression expression(pattern);
    const auto& kinds = expression.kinds();
    std::size_t at = 0;
    if (kinds.size() != sizeof...(Parameters) ||
        !(detail::accepts<std::decay_t<Parameters>>(kinds[at++]) && ...)) {
      throw std::logic_error("step pattern '" + pattern + "' at " + where.text() +
                             ": the function's parameters are not those of the pattern");
    }
    for (const Step& step : steps_) {
      if (step.expression.source() == pattern)
        throw std::logic_error("step pattern '" + pattern + "' is registered twice");
    }
    auto call = [function = std::move(function)](World& world, const Arguments& arguments) {
      [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        function(world, detail::argument<std::decay_t<Parameters>>(arguments[Index])...);
      }
      (std::index_sequence_for<Parameters...>{});
    };
    steps_.push_back({std::move(expression), std::move(call), where});
  }

  void new_world() {
    world_ = std::make_unique<World>([this](std::string_view level, std::string_view message) {
      const std::string params = json_object({{"level", to_json(level)}, {"message", to_json(message)}});
      channel_->write(json_object({{"jsonrpc", kVersion}, {"method", to_json("log")}, {"params", params}}));
    });
  }

  void serve() {
    while (const auto body = channel_->read()) {
      if (handle(*body)) return;
    }
  }

  // Answers one request; true if it is the last one.
  bool handle(const std::string& body) {
    rapidjson::Document request;
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    request.Parse<kFlags>(body.data(), body.size());
    if (request.HasParseError()) {
      send_error("null", -32700, std::string("not JSON: ") + GetParseError_En(request.GetParseError()));
      return false;
    }
    const auto method = detail::text_of(detail::member(request, "method"));
    if (!method) {
      send_error("null", -32600, "not a JSON-RPC request");
      return false;
    }
    const rapidjson::Value* id = detail::member(request, "id");
    if (!id) return false;  // a notification: none is defined, none may be answered
    const rapidjson::Value none(rapidjson::kObjectType);
    const rapidjson::Value* params = detail::member(request, "params");
    answer(json_of(*id), *method, params ? *params : none);
    return *method == "shutdown";
  }

  void answer(const std::string& id, const std::string& method, const rapidjson::Value& params) {
    if (method == "executeStep") {
      if (!detail::text_of(detail::member(params, "step"))) {
        return send_error(id, -32602, "executeStep needs params.step, a string");
      }
      send_result(id, execute(params));
      if (world_->exit_code_) _exit(*world_->exit_code_);
    } else if (method == "health") {
      send_result(id, health());
    } else if (method == "reset") {
      detail::busy = 1;
      const auto problems = world_->clean_up();
      detail::busy = 0;
      new_world();
      if (problems.empty()) return send_result(id, "{}");
      send_error(id, -32000, "clean-up failed: " + joined(problems, "; "));
    } else if (method == "shutdown") {
      send_result(id, "{}");
    } else {
      send_error(id, -32601, "method not found: " + method);
    }
  }

  std::string health() const {
    return json_object({{"status", to_json("ok")},
                        {"protocol", "1"},
                        {"platform", to_json(platform_)},
                        {"version", to_json(version_)},
                        {"capabilities", json_array(capabilities_)}});
  }

  using Members = std::vector<std::pair<std::string, std::string>>;

  // Runs the step and returns the result to send.
  std::string execute(const rapidjson::Value& params) {
    const Step* step = nullptr;
    Members result;
    detail::busy = 1;
    try {
      world_->begin(params);
      Arguments arguments;
      step = find_step(arguments);
      if (step) {
        step->call(*world_, arguments);
        result = {{"success", "true"}, {"data", json_object(world_->data_)}};
      } else {
        result = failed("undefined", {{"message", to_json("no step matches: " + world_->step)}});
      }
    } catch (const Skip& skip) {
      result = failed("skipped", {{"message", to_json(skip.what())}});
    } catch (const Pending& pending) {
      result = failed("pending", {{"message", to_json(pending.what())}});
    } catch (const detail::Fatal&) {
      throw;
    } catch (const std::exception& error) {
      result = failed("failed", problem(error, step));
    } catch (...) {
      result = failed("failed", {{"message", to_json("something was thrown that is no std::exception")}});
    }
    detail::busy = 0;
    result.emplace_back("logs", json_array(world_->logs_));
    return json_object(result);
  }

  // The one step that matches, or none; throws StepFailure if several do.
  const Step* find_step(Arguments& arguments) const {
    std::vector<const Step*> found;
    for (const Step& step : steps_) {
      if (auto match = step.expression.match(world_->step)) {
        found.push_back(&step);
        arguments = std::move(*match);
      }
    }
    if (found.size() < 2) return found.empty() ? nullptr : found.front();
    std::vector<std::string> patterns;
    for (const Step* step : found) patterns.push_back("'" + step->expression.source() + "'");
    throw StepFailure(std::to_string(found.size()) + " steps match '" + world_->step +
                      "': " + joined(patterns, " and "));
  }

  static Members failed(const std::string& status, const Members& error) {
    return {{"success", "false"}, {"status", to_json(status)}, {"error", json_object(error)}};
  }

  // The members of a failed step's `error`. C++ exceptions keep no stack: the place of the check
  // that failed and the place of the step stand for it.
  Members problem(const std::exception& error, const Step* step) const {
    const auto* failure = dynamic_cast<const StepFailure*>(&error);
    std::optional<StepFailure> translated;
    for (const auto& translator : translators_) {
      if (!failure && (translated = translator(error))) failure = &*translated;
    }
    const std::string what = error.what();
    std::string stack;
    if (failure && !translated) stack += "thrown at " + failure->where().text() + "\n";
    if (step) stack += "in step '" + step->expression.source() + "' at " + step->where.text() + "\n";
    Members members = {{"message", to_json(what.substr(0, what.find('\n')))},
                       {"type", to_json(detail::type_name(typeid(error)))},
                       {"stack", to_json(stack + what)}};
    if (failure && !failure->expected().empty()) {
      members.emplace_back("expected", failure->expected());
      members.emplace_back("actual", failure->actual());
    }
    return members;
  }

  static std::string json_of(const rapidjson::Value& value) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
  }

  void send_result(const std::string& id, const std::string& result) {
    const std::string body = json_object({{"jsonrpc", kVersion}, {"id", id}, {"result", result}});
    if (body.size() <= kMessageLimit) return channel_->write(body);
    const std::string size = std::to_string(body.size());
    const Members error = {
        {"message", to_json("the reply of " + size + " bytes is over the limit of 16 MiB")}};
    send_result(id, json_object(failed("failed", error)));
  }

  void send_error(const std::string& id, int code, const std::string& message) {
    const std::string error = json_object({{"code", std::to_string(code)}, {"message", to_json(message)}});
    channel_->write(json_object({{"jsonrpc", kVersion}, {"id", id}, {"error", error}}));
  }

  static constexpr const char* kVersion = "\"2.0\"";  // of JSON-RPC

  std::string platform_;
  std::string version_;
  std::vector<std::string> capabilities_;
  std::vector<Step> steps_;
  std::vector<std::function<std::optional<StepFailure>(const std::exception&)>> translators_;
  std::optional<detail::Channel> channel_;
  std::unique_ptr<World> world_;
};

inline void World::begin(const rapidjson::Value& params) {
  using detail::member;
  using detail::text_of;
  process = text_of(member(params, "process")).value_or("");
  step = text_of(member(params, "step")).value_or("");
  step_type = text_of(member(params, "stepType")).value_or("");
  table.reset();
  doc_string.reset();
  context.clear();
  logs_.clear();
  data_.clear();
  if (const auto* rows = member(params, "table"); rows && rows->IsArray()) {
    table.emplace();
    for (const auto& row : rows->GetArray()) {
      auto& cells = table->emplace_back();
      if (!row.IsArray()) continue;
      for (const auto& cell : row.GetArray()) cells.push_back(text_of(&cell).value_or(""));
    }
  }
  if (const auto* doc = member(params, "docString"); doc && doc->IsObject()) {
    doc_string = DocString{text_of(member(*doc, "content")).value_or(""), text_of(member(*doc, "mediaType"))};
  }
  std::chrono::milliseconds timeout{30'000};
  if (const auto* given = member(params, "context"); given && given->IsObject()) {
    for (const auto& [name, value] : given->GetObject()) {
      if (value.IsString()) context[name.GetString()] = *text_of(&value);
    }
    const auto* limit = member(*given, "timeoutMs");
    if (limit && limit->IsInt64()) timeout = std::chrono::milliseconds(limit->GetInt64());
  }
  deadline_ = std::chrono::steady_clock::now() + timeout;
}

inline std::vector<std::string> World::clean_up() {
  std::vector<std::string> problems;
  while (!cleanups_.empty()) {
    const auto cleanup = std::move(cleanups_.back());
    cleanups_.pop_back();
    try {
      cleanup();
    } catch (const std::exception& error) {  // the other clean-ups still have to run
      problems.emplace_back(error.what());
    }
  }
  return problems;
}

}  // namespace cexec_kit
