// Random identifiers from the kernel. It must not know what they name.
#pragma once

#include <string>

namespace base {

/// A random UUID (version 4, RFC 9562) in its 36-character lower-case form.
std::string random_uuid();

}  // namespace base
