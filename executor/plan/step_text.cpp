// What a step's text says: which process, and which of the steps that cexec carries out itself. It must not
// know the platforms.
#include "executor/plan/step_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "executor/text/units.h"

namespace executor::plan {
namespace {

constexpr std::string_view kExited = "should have exited with code ";
constexpr std::array<std::pair<std::string_view, BuiltIn>, 5> kBuiltIns{
    {{"starts", BuiltIn::starts},
     {"stops", BuiltIn::stops},
     {"restarts", BuiltIn::restarts},
     {"is killed", BuiltIn::is_killed},
     {"should have been killed for memory", BuiltIn::should_have_been_killed_for_memory}}};

bool starts_with_the(std::string_view text) {
  return text.starts_with("the ") || text.starts_with("The ");
}

/// "the writer process writes": the quotes were forgotten.
std::optional<std::string_view> unquoted_process(std::string_view text) {
  if (!starts_with_the(text)) return std::nullopt;
  const auto rest = text.substr(4);
  auto name = rest.substr(0, rest.find(' '));
  if (!rest.substr(name.size()).starts_with(" process ")) return std::nullopt;
  while (!name.empty() && (name.front() == '"' || name.front() == '\'')) name.remove_prefix(1);
  while (!name.empty() && (name.back() == '"' || name.back() == '\'')) name.remove_suffix(1);
  if (!is_process_name(name)) return std::nullopt;
  return name;
}

tl::expected<void, std::string> read_built_in(StepText& step) {
  for (const auto& [command, built_in] : kBuiltIns) {
    if (step.command == command) step.built_in = built_in;
  }
  if (!step.command.starts_with(kExited)) return {};
  const auto code = text::parse_number(step.command.substr(kExited.size()), 0, 255);
  if (!code) return tl::unexpected("the exit code " + code.error());
  step.built_in = BuiltIn::should_have_exited;
  step.exit_code = *code;
  return {};
}

}  // namespace

bool is_process_name(std::string_view name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 63 && std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

tl::expected<StepText, std::string> read_step_text(std::string_view text) {
  StepText step;
  step.command = text;
  if (!starts_with_the(text) || !text.substr(4).starts_with('\'')) {
    if (const auto name = unquoted_process(text)) {
      return tl::unexpected(fmt::format("the process's name wants single quotes: the '{}' process …", *name));
    }
    return step;
  }
  const auto rest = text.substr(5);
  const auto quote = rest.find('\'');
  if (quote == std::string_view::npos || !rest.substr(quote).starts_with("' process")) return step;
  const auto name = rest.substr(0, quote);
  if (!is_process_name(name)) {
    return tl::unexpected(fmt::format(
        "'{}' is no name for a process; use letters, digits, '_', '-' and '.', at most 63", name));
  }
  const auto command = rest.substr(quote + std::string_view("' process").size());
  if (command.empty()) return tl::unexpected(fmt::format("says nothing about the '{}' process", name));
  if (!command.starts_with(' ')) return step;  // "the 'x' processes …" is about something else
  step.process = ProcessName(std::string(name));
  step.command = command.substr(std::min(command.find_first_not_of(' '), command.size()));
  if (auto read = read_built_in(step); !read) return tl::unexpected(read.error());
  return step;
}

}  // namespace executor::plan
