// The page's own files, which are part of cexec. It must not know what is put into them.
#pragma once

#include <string_view>

namespace executor::report {

std::string_view page_html();
std::string_view page_css();
std::string_view page_js();

}  // namespace executor::report
