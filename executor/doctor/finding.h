// What doctor says: one line each about one thing. It must not know how it was found out.
#pragma once

#include <string>

namespace executor::doctor {

enum class Verdict {
  good,  ///< as cexec needs it
  odd,   ///< works, but not as everywhere: worth knowing
  bad,   ///< something that cexec promises does not hold here
};

struct Finding {
  Verdict verdict = Verdict::good;
  std::string topic;   ///< "memory limit"
  std::string text;    ///< what was seen
  std::string advice;  ///< what will not work, and what to do; empty for good
};

}  // namespace executor::doctor
