// The cexec program, run as its users run it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace tests {

/// The built program; the test's CMake target defines it.
#define CEXEC_PROGRAM std::string(CEXEC_BINARY)

/// One case in the console's output.
struct PrintedCase {
  std::string outcome;
  std::string id;
  std::string text;  ///< the lines below its own, up to the next case
};

/// The console's output taken apart; the recap at its end is left out.
std::vector<PrintedCase> cases_in(const std::string& out);

/// The last two lines, without their ends; fewer if there are not as many.
std::vector<std::string> last_lines(const std::string& out);

/// The watchdog of a running cexec; -1 if it has none.
pid_t watchdog_of(pid_t cexec);

/// What has come into the engine since this was made, of all that bears the label io.cexec.run.
class NewObjects {
 public:
  NewObjects();
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::vector<std::string> before_;
};

}  // namespace tests
