// Which images a Dockerfile builds upon. It must not talk to any engine, and needs no more of the language
// than that.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace docker {

/// What `FROM`, `COPY --from` and `RUN --mount=…,from=` name, as far as it is no stage of the Dockerfile's
/// own, each once. Variables are those of `ARG` before the first `FROM`, with the values of `args`; what has
/// others in it is left out. (docs.docker.com/reference/dockerfile)
std::vector<std::string> images_of_dockerfile(std::string_view dockerfile,
                                              const std::map<std::string, std::string>& args);

}  // namespace docker
