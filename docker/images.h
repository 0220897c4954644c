// Images: inspect, list, pull, import, remove. (Building is in image_build.h.) It must not know what they are
// used for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "docker/client.h"
#include "docker/container_create.h"
#include "docker/image_reference.h"

namespace docker {

struct ImageDetails {
  std::string id;                    ///< "sha256:…"
  std::vector<std::string> tags;     ///< "name:tag"
  std::vector<std::string> digests;  ///< "name@sha256:…", from a registry
  std::string os;
  std::string architecture;
  std::string user;       ///< what its containers run as; empty: root
  std::int64_t size = 0;  ///< bytes
  std::string created;    ///< RFC 3339
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  Labels labels;
};

/// GET /images/{name}/json. Refused with 404 if the engine does not have it; nothing is pulled.
Result<ImageDetails> inspect_image(const Client& client, const std::string& reference, const Call& call);

struct ImageSummary {
  std::string id;
  std::vector<std::string> tags;
  std::int64_t size = 0;
  std::int64_t created = 0;  ///< seconds since 1970
  Labels labels;
};

/// GET /images/json: those that bear every one of `labels` ("key" or "key=value"); all if there are none.
Result<std::vector<ImageSummary>> list_images(const Client& client, const std::vector<std::string>& labels,
                                              const Call& call);

/// A line of progress of a pull.
struct PullProgress {
  std::string layer;         ///< empty: about the whole image
  std::string status;        ///< "Downloading", "Pull complete", …
  std::int64_t current = 0;  ///< bytes
  std::int64_t total = 0;    ///< bytes; 0 if not known
};

/// POST /images/create?fromImage=…: pulls one image. A reference without tag and digest is `bad_input`: the
/// engine would pull every tag. `auth` is the value of X-Registry-Auth (registry_auth.h), empty for none. A
/// failure that the engine reports within its answer is `refused` with the status 200 and its message.
Result<void> pull_image(const Client& client, const ImageReference& reference,
                        const std::function<void(const PullProgress&)>& on_progress, const Call& call,
                        const std::string& auth = {});

/// POST /images/{name}/tag: one more name for an image; a name that another image had moves to this one.
Result<void> tag_image(const Client& client, const std::string& image, const ImageReference& tag,
                       const Call& call);

/// GET /images/get?names=…: images as one tar, handed to `sink` as it comes. An image that is named by its id
/// is saved without its tags.
Result<void> save_images(const Client& client, const std::vector<std::string>& images, const BodySink& sink,
                         const Call& call);

/// POST /images/load: takes a tar of save_images. The engine checks each layer against the digest that the
/// image's configuration names; names in the tar become tags.
Result<void> load_images(const Client& client, BodySource tar, const Call& call);

/// POST /images/create?fromSrc=-: makes an image of one layer out of a tar of its root file system. `changes`
/// are Dockerfile instructions such as "ENTRYPOINT [\"/pause\"]". Returns the image's id.
Result<std::string> import_image(const Client& client, const std::string& tar, const ImageReference& tag,
                                 const std::vector<std::string>& changes, const Call& call);

/// DELETE /images/{name}. One that does not exist is success. Refused with 409 while a container uses it.
Result<void> remove_image(const Client& client, const std::string& reference, const Call& call);

}  // namespace docker
