// How messages are delimited on a server's stdin and stdout.
#pragma once

namespace executor::model {

enum class Framing { ndjson, content_length };

}  // namespace executor::model
