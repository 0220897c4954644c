// The cexec program, run as its users run it.
#include "tests/support/cexec.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "docker/container_inspect.h"
#include "docker/networks.h"
#include "docker/volumes.h"
#include "tests/support/engine.h"

namespace tests {
namespace {

constexpr std::array<std::string_view, 11> kOutcomes{"passed",
                                                     "failed",
                                                     "undefined",
                                                     "pending",
                                                     "skipped",
                                                     "timed out",
                                                     "exited",
                                                     "killed for memory",
                                                     "protocol violation",
                                                     "could not run",
                                                     "cancelled"};

/// "passed   412ms  features/x.feature:12 writer=python": nothing if it is no such line.
bool read_case(const std::string& line, PrintedCase& into) {
  for (const auto outcome : kOutcomes) {
    if (!line.starts_with(outcome)) continue;
    std::istringstream rest(line.substr(outcome.size()));
    std::string time;
    rest >> time;
    if (time.empty() || !time.ends_with('s') || time.front() < '0' || time.front() > '9') return false;
    into = {std::string(outcome), {}, {}};
    rest >> std::ws;
    std::getline(rest, into.id);
    into.id = into.id.substr(0, into.id.find("  ("));
    return true;
  }
  return false;
}

std::vector<std::string> labelled_objects() {
  std::vector<std::string> names;
  const auto add = [&names](const auto& objects) {
    for (const auto& object : objects.value()) names.push_back(object.name);
  };
  add(docker::list_containers(engine(), {"io.cexec.run"}, patient()));
  add(docker::list_networks(engine(), {"io.cexec.run"}, patient()));
  add(docker::list_volumes(engine(), {"io.cexec.run"}, patient()));
  return names;
}

}  // namespace

std::vector<PrintedCase> cases_in(const std::string& out) {
  std::vector<PrintedCase> cases;
  std::size_t current = 0;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    PrintedCase found;
    if (read_case(line, found)) {
      // A red case is named when it ends, and again with its evidence when the run does.
      const auto known = std::find_if(cases.begin(), cases.end(), [&found](const PrintedCase& printed) {
        return printed.id == found.id;
      });
      current = static_cast<std::size_t>(known - cases.begin());
      if (known == cases.end()) cases.push_back(std::move(found));
    } else if (!cases.empty()) {
      cases[current].text += line + "\n";
    }
  }
  return cases;
}

std::vector<std::string> last_lines(const std::string& out) {
  std::vector<std::string> all;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  if (all.size() > 2) all.erase(all.begin(), all.end() - 2);
  return all;
}

NewObjects::NewObjects() : before_(labelled_objects()) {}

std::vector<std::string> NewObjects::names() const {
  auto names = labelled_objects();
  std::erase_if(names, [this](const auto& name) {
    return std::find(before_.begin(), before_.end(), name) != before_.end();
  });
  std::sort(names.begin(), names.end());  // an engine has no order of its own
  return names;
}

pid_t watchdog_of(pid_t cexec) {
  const auto folder = std::filesystem::path("/proc") / std::to_string(cexec) / "task" / std::to_string(cexec);
  std::ifstream children(folder / "children");
  pid_t child = -1;
  children >> child;
  return child;
}

}  // namespace tests
