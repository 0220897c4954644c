// A run as Cucumber Messages, for all the tools that read them. It must not know who reads them.
#pragma once

#include <ostream>
#include <string>

#include <tl/expected.hpp>

#include "executor/report/recording.h"

namespace executor::report {

/// One envelope a line: what the recorded feature files say, and what was made of each case. A case has a
/// pickle of its own, whose name ends in its combination: "Frames arrive [writer=cpp reader=node]". The start
/// and the end of its instances are hooks; their logs are attached to the latter. A case of which nothing can
/// be said is UNKNOWN. The error: a feature file that the events do not hold, or that does not parse.
tl::expected<void, std::string> write_messages(const Recording& recording, std::ostream& out);

}  // namespace executor::report
