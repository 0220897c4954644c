// The recorded messages of a case, by process. The text may be a stranger's. It must not know what a message
// means.
#include "executor/replay/transcript.h"

#include <fmt/format.h>

#include "base/json.h"

namespace executor::replay {
namespace {

namespace json = base::json;

constexpr std::size_t kMostDepth = 200;
constexpr std::size_t kMostValues = 2'000'000;

struct Open {
  std::map<std::int64_t, std::size_t>
      by_id;  ///< → index of the exchange; an id of a later server replaces it
};

std::optional<std::string> result_of(const json::Value* message) {
  for (const auto* key : {"result", "error"}) {
    const auto* value = json::find(message, key);
    if (value != nullptr) return fmt::format(R"("{}":{})", key, json::to_text(*value));
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::map<model::ProcessName, std::vector<Exchange>>, std::string> read_transcript(
    std::string_view text) {
  std::map<model::ProcessName, std::vector<Exchange>> exchanges;
  std::map<model::ProcessName, Open> open;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto fail = [number](std::string_view what) {
      return tl::unexpected(fmt::format("line {} of the transcript {}", number, what));
    };
    if (json::excess_of(line, kMostDepth, kMostValues) != json::Excess::none) return fail("is too large");
    const auto document = json::parse(line);
    if (!document) return fail("is not JSON");
    const json::Value* root = &*document;
    const model::ProcessName process(json::string_or(json::find(root, "process")));
    const auto* message = json::find(root, "message");
    const auto id = json::int_or(json::find(message, "id"));
    auto& list = exchanges[process];
    if (json::string_or(json::find(root, "direction")) == "request") {
      open[process].by_id[id] = list.size();
      list.push_back({json::string_or(json::find(message, "method")), std::nullopt});
    } else if (const auto asked = open[process].by_id.find(id); asked != open[process].by_id.end()) {
      list[asked->second].result = result_of(message);
    }
  }
  return exchanges;
}

}  // namespace executor::replay
