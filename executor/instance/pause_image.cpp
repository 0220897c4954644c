// The image of containers that merely hold namespaces and mounts: cexec carries it within itself, so that it
// is to be had without any registry. It must not know what its containers are for.
#include "executor/instance/pause_image.h"

#include "docker/images.h"
#include "docker/sha256.h"
#include "docker/tar_writer.h"
#include "executor/instance/pause_binary.h"

namespace executor::instance {

docker::Result<std::string> PauseImage::id(const docker::Call& call) {
  const std::lock_guard lock(mutex_);
  if (!id_.empty()) return id_;
  const docker::ImageReference tag{"cexec-pause", docker::sha256_hex(pause_binary()).substr(0, 12), {}};
  const auto there = docker::inspect_image(client_, tag.text(), call);
  if (there) return id_ = there->id;
  docker::TarWriter tar;
  tar.add_file("pause", 0755, pause_binary());
  tar.finish();
  auto imported = docker::import_image(client_, tar.take_all(), tag, {R"(ENTRYPOINT ["/pause"])"}, call);
  if (!imported) return imported;
  return id_ = *imported;
}

}  // namespace executor::instance
