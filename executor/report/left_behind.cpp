// What is said of objects that a run has left behind: a failure of its own kind, whatever the cases came to.
// It must not know where that is said.
#include "executor/report/left_behind.h"

#include <fmt/format.h>

#include "executor/report/clean.h"
#include "executor/text/units.h"

namespace executor::report {

std::string headline(const Left& left) {
  if (!left) return "it is not known what was left behind";
  return left->empty() ? std::string() : text::counted(left->size(), "object") + " left behind";
}

std::string describe(const model::LeftBehind& object) {
  if (object.case_id.empty()) return clean_line(object.what);
  return clean_line(fmt::format("{} of {}", object.what, object.case_id.text()));
}

std::string describe(const Left& left) {
  if (!left) {
    return "The run did not live to ask, or the engine did not answer. `cexec ps` shows what there is; the "
           "next "
           "start, or `cexec cleanup`, removes it.\n";
  }
  std::string text;
  for (const auto& object : *left) text += describe(object) + "\n";
  return text + "This could not be removed; the next start, or `cexec cleanup`, tries again.\n";
}

}  // namespace executor::report
