// The C++ platform server: registers every step and serves until it is told to stop.
// It must not know what the steps do.
#include "cexec_kit.h"
#include "format_error.h"
#include "steps.h"

int main() {
  cexec_kit::Server server("cpp", "1.0");
  add_ring_steps(server);
  add_wire_steps(server);
  add_journal_steps(server);
  server.translate<formats::FormatError>([](const formats::FormatError& error) {
    const cexec_kit::StepFailure failure(error.what());
    return error.expected().empty() ? failure : failure.compared(error.expected(), error.actual());
  });
  return server.run();
}
