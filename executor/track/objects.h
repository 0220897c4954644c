// What the engine holds of cexec's runs, by their labels. It must not know which run is this one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "docker/client.h"
#include "executor/model/ids.h"

namespace executor::track {

/// Containers hold on to the other two.
enum class ObjectKind { container, network, volume };
std::string_view name_of(ObjectKind kind);

/// One object that a cexec made.
struct Object {
  ObjectKind kind = ObjectKind::container;
  std::string name;
  model::RunId run;
  std::string owner;    ///< Owner::text() of the cexec that made it
  std::string machine;  ///< its machine-id
  model::CaseId case_id;
  std::int64_t created = 0;  ///< seconds since 1970
};

/// Everything of one run, or of all: containers, then networks, then volumes. What only inherited the labels,
/// as a container made from an image that was made from one of ours, is not among them. Three requests.
docker::Result<std::vector<Object>> list_objects(const docker::Client& client,
                                                 const std::optional<model::RunId>& run,
                                                 const docker::Call& call);

/// Those of one case of a run: containers, and the other kinds where they are asked for. A request for each
/// kind.
docker::Result<std::vector<Object>> list_case(const docker::Client& client, const model::RunId& run,
                                              const model::CaseId& case_id, bool with_shared,
                                              const docker::Call& call);

/// Removes it, whatever state it is in. One that is gone already is success.
docker::Result<void> remove_object(const docker::Client& client, const Object& object,
                                   const docker::Call& call);

std::vector<std::string> names_of(const std::vector<Object>& objects);

}  // namespace executor::track
