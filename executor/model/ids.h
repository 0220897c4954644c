// The names of things as types, so that a process cannot be taken for a platform. It must not know more of
// them than their names.
#pragma once

#include <compare>
#include <string>
#include <utility>

namespace executor::model {

/// A text that names one kind of thing.
template <class Kind>
class Name {
 public:
  Name() = default;
  explicit Name(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  auto operator<=>(const Name&) const = default;

 private:
  std::string text_;
};

/// A named implementation: "python".
using PlatformName = Name<struct PlatformKind>;
/// A named actor of a scenario: "writer".
using ProcessName = Name<struct ProcessKind>;
/// One invocation: a UUID.
using RunId = Name<struct RunKind>;
/// A scenario with its assignment: "features/frames.feature:12 writer=python reader=cpp".
using CaseId = Name<struct CaseKind>;

}  // namespace executor::model
