// Judging what was seen of an engine and from inside its containers. Pure: it must not ask anything.
#pragma once

#include <string>
#include <vector>

#include "executor/config/config.h"
#include "executor/doctor/facts.h"
#include "executor/doctor/finding.h"
#include "executor/doctor/probe.h"

namespace executor::doctor {

/// About the engine as a whole.
std::vector<Finding> judge_engine(const Facts& facts);

/// The questions that judge_container wants answered, as words for the probe.
std::vector<std::string> container_questions(const std::string& cgroup_version);
/// What a container that was asked for with the limits of `platform` has of them, from inside and by
/// inspecting it. `input` is the line that was written to
/// its stdin.
std::vector<Finding> judge_container(const Probed& probed, const config::Platform& platform,
                                     const std::string& cgroup_version, const std::string& input);

/// About a container that used more memory than it may.
Finding judge_eater(const Probed& probed, const config::Platform& platform);

/// About the volume and the network that the instances of a case may share; `size` is the volume's, in bytes,
/// and `neighbor` the address of another container on that network; empty: none could be had.
std::vector<Finding> judge_shared(const Probed& probed, std::int64_t size, const std::string& neighbor);

}  // namespace executor::doctor
