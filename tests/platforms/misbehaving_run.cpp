// A run of misbehaving.feature, by the names of its scenarios.
#include "tests/platforms/misbehaving_run.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tests {

std::map<int, std::string> scenario_names() {
  std::map<int, std::string> names;
  std::ifstream file(std::string(PLATFORMS_FOLDER) + "/misbehaving.feature");
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const auto at = line.find("Scenario: ");
    if (at != std::string::npos) names[number] = line.substr(at + 10);
  }
  return names;
}

Finished run_misbehaving(std::vector<std::string> words) {
  words.insert(words.begin(), CEXEC_PROGRAM);
  return run(words, {PLATFORMS_FOLDER, {}}, std::chrono::seconds(500));
}

MisbehavingRun::MisbehavingRun(std::vector<std::string> words)
    : finished_(run_misbehaving(std::move(words))) {
  const auto names = scenario_names();
  for (auto& printed : cases_in(finished_.out)) {
    const auto colon = printed.id.find(':');
    cases_[names.at(std::stoi(printed.id.substr(colon + 1)))] = printed;
  }
}

void MisbehavingRun::expect(const std::string& name, const std::string& outcome,
                            const std::string& text) const {
  const auto it = cases_.find(name);
  if (it == cases_.end()) {
    ADD_FAILURE() << "no case '" << name << "' in\n" << finished_.out << finished_.err;
    return;
  }
  EXPECT_EQ(it->second.outcome, outcome) << name << "\n" << it->second.text;
  EXPECT_NE(it->second.text.find(text), std::string::npos) << name << ": '" << text << "' not in\n"
                                                           << it->second.text;
}

}  // namespace tests
