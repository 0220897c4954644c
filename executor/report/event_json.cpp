// Events as JSON, one object a line, and back: docs/events.md. It must not know where the lines are kept.
#include "executor/report/event_json.h"

#include <fmt/format.h>

#include <array>
#include <type_traits>
#include <utility>

#include "executor/report/base64.h"
#include "executor/report/event_members.h"
#include "executor/text/quote.h"

namespace executor::report {
namespace {

namespace json = base::json;

constexpr std::array<std::string_view, std::variant_size_v<model::Event>> kEventNames{
    "runPlanned",  "featureSource", "scenarioPlanned", "preparing",     "runStarted", "caseStarted",
    "stepStarted", "caseFinished",  "swept",           "engineAbsence", "runFailed",  "runFinished"};
constexpr std::array<std::string_view, std::variant_size_v<model::Outcome>> kOutcomeNames{
    "passed", "failed",          "undefined",         "pending",     "skipped",  "timedOut",
    "exited", "killedForMemory", "protocolViolation", "couldNotRun", "cancelled"};
constexpr std::array<std::string_view, 5> kEndNames{"itself", "shutdown", "sigterm", "sigkill", "nothing"};
constexpr std::array<std::string_view, 4> kObtainedNames{"found", "pulled", "built", "loaded"};
constexpr std::array<std::string_view, 4> kMeasuredNames{"nothing", "cgroup", "engine", "process"};
constexpr std::array<std::string_view, 4> kSourceNames{"stderr", "stdout", "log", "cexec"};

template <std::size_t N>
std::optional<std::size_t> index_in(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names.at(i) == name) return i;
  }
  return std::nullopt;
}

template <class T>
inline constexpr bool kIsNamed = requires(T& it, int& archive) {
  visit_members(archive, it);
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsName : std::false_type {};
template <class K>
struct IsName<model::Name<K>> : std::true_type {};

template <class T>
constexpr bool is_number() {
  return std::is_integral_v<T> && !std::is_same_v<T, bool>;
}

/// Writes members in their order; empty texts and lists, false, and what is nothing are left out.
class Out {
 public:
  explicit Out(json::Writer& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, const T& member) {
    if (is_empty(member)) return;
    out_.key(name);
    put(member);
  }

  template <class T>
  void put(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      put_text(value);
    } else if constexpr (IsName<T>::value) {
      put_text(value.text());
    } else if constexpr (std::is_same_v<T, bool> || is_number<T>()) {
      out_.value(value);
    } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
      out_.value(value.count());
    } else if constexpr (std::is_same_v<T, model::EndedBy>) {
      out_.value(kEndNames.at(static_cast<std::size_t>(value)));
    } else if constexpr (std::is_same_v<T, model::MeasuredBy>) {
      out_.value(kMeasuredNames.at(static_cast<std::size_t>(value)));
    } else if constexpr (std::is_same_v<T, model::Obtained>) {
      out_.value(kObtainedNames.at(static_cast<std::size_t>(value)));
    } else if constexpr (std::is_same_v<T, model::LogSource>) {
      out_.value(kSourceNames.at(static_cast<std::size_t>(value)));
    } else if constexpr (std::is_same_v<T, model::Outcome>) {
      out_.begin_object().member("is", kOutcomeNames.at(value.index()));
      std::visit([this](const auto& it) { put_members(it); }, value);
      out_.end_object();
    } else if constexpr (IsOptional<T>::value) {
      put(*value);
    } else if constexpr (IsVector<T>::value) {
      out_.begin_array();
      for (const auto& part : value) put(part);
      out_.end_array();
    } else {
      out_.begin_object();
      put_members(value);
      out_.end_object();
    }
  }

  template <class T>
  void put_members(const T& value) {
    // The list of members serves reading too, and takes no const for that; nothing is changed here.
    visit_members(*this, const_cast<T&>(value));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  }

 private:
  template <class T>
  static bool is_empty(const T& value) {
    if constexpr (std::is_same_v<T, std::string> || IsName<T>::value || IsVector<T>::value) {
      return value.empty();
    } else if constexpr (IsOptional<T>::value) {
      return !value;
    } else if constexpr (std::is_same_v<T, bool>) {
      return !value;
    } else {
      return false;
    }
  }

  void put_text(const std::string& text) {
    // JSON holds UTF-8 only; what a server writes may be anything, and nothing of it is to be lost.
    if (text::valid_utf8_length(text) == text.size()) {
      out_.value(text);
    } else {
      out_.begin_object().member("base64", to_base64(text)).end_object();
    }
  }

  json::Writer& out_;
};

/// Reads members; what is missing, or of another type, stays as it is.
class In {
 public:
  explicit In(const json::Value& object) : object_(object) {}

  template <class T>
  void operator()(std::string_view name, T& member) {
    if (const auto* value = json::find(&object_, name)) take(*value, member);
  }

 private:
  template <class T>
  static void take(const json::Value& from, T& into) {
    if constexpr (std::is_same_v<T, std::string>) {
      into = read_text(from);
    } else if constexpr (IsName<T>::value) {
      into = T(read_text(from));
    } else if constexpr (std::is_same_v<T, bool>) {
      into = json::bool_or(&from, into);
    } else if constexpr (is_number<T>()) {
      const auto number = json::as_int(&from);
      if (number && std::in_range<T>(*number)) into = static_cast<T>(*number);
    } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
      into = std::chrono::milliseconds(json::int_or(&from, into.count()));
    } else if constexpr (std::is_same_v<T, model::EndedBy>) {
      take_enum(from, kEndNames, into);
    } else if constexpr (std::is_same_v<T, model::MeasuredBy>) {
      take_enum(from, kMeasuredNames, into);
    } else if constexpr (std::is_same_v<T, model::Obtained>) {
      take_enum(from, kObtainedNames, into);
    } else if constexpr (std::is_same_v<T, model::LogSource>) {
      take_enum(from, kSourceNames, into);
    } else if constexpr (std::is_same_v<T, model::Outcome>) {
      take_outcome(from, into);
    } else if constexpr (IsOptional<T>::value) {
      take(from, into.emplace());
    } else if constexpr (IsVector<T>::value) {
      take_list(from, into);
    } else {
      In members(from);
      visit_members(members, into);
    }
  }

  template <class T>
  static void take_list(const json::Value& from, std::vector<T>& into) {
    into.clear();
    if (!from.IsArray()) return;
    into.resize(from.Size());
    for (rapidjson::SizeType i = 0; i < from.Size(); ++i) take(from[i], into[i]);
  }

  template <class T, std::size_t N>
  static void take_enum(const json::Value& from, const std::array<std::string_view, N>& names, T& into) {
    const auto index = index_in(names, json::as_string(&from).value_or(""));
    if (index) into = static_cast<T>(*index);
  }

  static std::string read_text(const json::Value& from) {
    if (const auto text = json::as_string(&from)) return std::string(*text);
    return from_base64(json::as_string(json::find(&from, "base64")).value_or(""));
  }

  template <std::size_t I = 0>
  static void take_outcome(const json::Value& from, model::Outcome& into) {
    if constexpr (I < std::variant_size_v<model::Outcome>) {
      if (json::as_string(json::find(&from, "is")) != kOutcomeNames.at(I))
        return take_outcome<I + 1>(from, into);
      In members(from);
      visit_members(members, into.emplace<I>());
    } else {
      // Not known here: whatever it was, it must not pass for a success.
      into = model::CouldNotRun{"its outcome is of a kind that this version of cexec does not know", {}};
    }
  }

  const json::Value& object_;
};

template <std::size_t I = 0>
std::optional<model::Event> make_event(std::string_view name, const json::Value& object) {
  if constexpr (I < std::variant_size_v<model::Event>) {
    if (name != kEventNames.at(I)) return make_event<I + 1>(name, object);
    model::Event event{std::in_place_index<I>};
    In members(object);
    visit_members(members, std::get<I>(event));
    return event;
  } else {
    return std::nullopt;
  }
}

}  // namespace

std::string to_json(const model::Event& event, std::chrono::milliseconds at) {
  json::Writer writer;
  writer.begin_object().member("at", at.count()).member("event", kEventNames.at(event.index()));
  if (std::holds_alternative<model::RunPlanned>(event)) {
    writer.member("format", "cexec-events").member("version", kEventsVersion);
  }
  Out out(writer);
  std::visit([&out](const auto& it) { out.put_members(it); }, event);
  writer.end_object();
  return writer.take();
}

tl::expected<ReadEvent, std::string> read_event(std::string_view line) {
  const auto document = json::parse(line);
  if (!document) {
    return tl::unexpected(
        fmt::format("no JSON, at byte {}: {}", document.error().offset, document.error().message));
  }
  const auto name = json::as_string(json::find(&*document, "event"));
  if (!name) return tl::unexpected(std::string("no event: it has no member `event`"));
  const auto version = json::int_or(json::find(&*document, "version"), kEventsVersion);
  if (version > kEventsVersion) {
    return tl::unexpected(
        fmt::format("events of version {}; this cexec reads up to {}", version, kEventsVersion));
  }
  return ReadEvent{std::chrono::milliseconds(json::int_or(json::find(&*document, "at"))),
                   make_event(*name, *document)};
}

void write_case(json::Writer& out, const model::CaseReport& report) {
  Out(out).put(report);
}

void write_outcome(json::Writer& out, const model::Outcome& outcome) {
  Out(out).put(outcome);
}

}  // namespace executor::report
