// The result as one page that needs nothing else: no network, no other file. It must not know who looks at
// it.
#pragma once

#include <ostream>

#include "executor/report/recording.h"

namespace executor::report {

/// The page holds what is known of all cases in short, which it shows at once, and each case's report, which
/// it reads when the case is opened. It shows texts as texts only: nothing in them is taken for markup.
void write_html(const Recording& recording, std::ostream& out);

}  // namespace executor::report
