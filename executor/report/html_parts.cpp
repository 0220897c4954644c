// The page's own files, which are part of cexec. It must not know what is put into them.
#include "executor/report/html_parts.h"

#include <cstddef>

extern "C" {
extern const char cexec_page_html[];  // NOLINT: a symbol of the assembler
extern const char cexec_page_css[];   // NOLINT
extern const char cexec_page_js[];    // NOLINT
extern const char cexec_page_end[];   // NOLINT
}

namespace executor::report {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view page_html() {
  return between(cexec_page_html, cexec_page_css);
}
std::string_view page_css() {
  return between(cexec_page_css, cexec_page_js);
}
std::string_view page_js() {
  return between(cexec_page_js, cexec_page_end);
}

}  // namespace executor::report
