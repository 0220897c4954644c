// What our parser takes for one feature file: the time from its bytes to its pickles, and the memory that
// these hold. It must not know what the numbers, which it prints as JSON, are compared with.
//
//     bench_parse FILE         once a process, as a run parses: the system has to give the memory first
#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "executor/gherkin/parser.h"
#include "executor/gherkin/pickle.h"
#include "executor/text/quote.h"

namespace {

using namespace executor;

/// Bytes that the allocator has given out, its own per-block overhead included.
std::size_t allocated() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// "VmRSS:" is what is resident now, "VmHWM:" the most that ever was. In bytes; getrusage() would tell of the
/// process that started this one too.
std::size_t resident(std::string_view which) {
  std::ifstream status("/proc/self/status");
  std::size_t kibibytes = 0;
  for (std::string word; status >> word;) {
    if (word == which) status >> kibibytes;
  }
  return kibibytes * 1024;
}

struct Result {
  double seconds = 0;
  std::size_t scenarios = 0;
  std::size_t kept = 0;  ///< source, tree and pickles
  std::size_t peak = 0;  ///< above what was resident before
};

/// As a run has it: a text that was read is looked over, parsed without another copy, and compiled. To take
/// the result apart again is not part of it; a run does that once, at its end.
Result measure(const std::string& content) {
  Result result;
  const auto allocated_before = allocated();
  const auto resident_before = resident("VmRSS:");
  std::string text = content;
  const auto begin = std::chrono::steady_clock::now();
  const bool valid = text::valid_utf8_length(text) == text.size();
  const auto document = gherkin::parse(std::move(text));
  if (!valid || !document) {
    std::fputs("the file is no valid feature file\n", stderr);
    std::exit(EXIT_FAILURE);
  }
  const auto pickles = gherkin::compile(*document);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.scenarios = pickles.pickles.size();
  result.kept = allocated() - allocated_before;
  result.peak = resident("VmHWM:") - resident_before;
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench_parse FILE\n", stderr);
    return EXIT_FAILURE;
  }
  std::string content(std::filesystem::file_size(argv[1]), '\0');
  std::ifstream(argv[1], std::ios::binary).read(content.data(), static_cast<std::streamsize>(content.size()));
  const auto result = measure(content);
  fmt::print("{{\"seconds\":{},\"scenarios\":{},\"bytes\":{},\"kept\":{},\"peak\":{}}}\n", result.seconds,
             result.scenarios, content.size(), result.kept, result.peak);
}
