// The whole examination of one engine, in its order. It must not print.
#pragma once

#include <functional>

#include "docker/client.h"
#include "docker/endpoint.h"
#include "executor/doctor/finding.h"
#include "executor/track/tracker.h"

namespace executor::doctor {

/// Hands on each finding as it is there. Makes an image, containers, a volume and a network, and takes all
/// but the first image away again. Blocks to the call's deadline, usually some seconds. False if anything
/// that cexec promises does not hold.
bool examine(track::Tracker& tracker, const docker::Endpoint& endpoint,
             const std::function<void(const Finding&)>& on_finding, const docker::Call& call);

}  // namespace executor::doctor
