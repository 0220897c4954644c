// The folder that a run leaves its record, logs and bundles in, empty of those of the run before. It must not
// know what is written there.
#include "executor/cli/artifacts_folder.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include "executor/report/report_request.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;

/// Tells a folder of ours: only there may what an earlier run left be removed.
constexpr const char* kMarker = "cexec-run.txt";
/// What the names of folders that wait for their removal begin with.
constexpr std::string_view kEarlier = "earlier-";

/// Moves a file, folder or link, if it is there and nothing has gone wrong before.
void move_into(const fs::path& from, const fs::path& folder, std::error_code& error) {
  std::error_code missing;
  if (error || !fs::exists(fs::symlink_status(from, missing))) return;
  fs::create_directories(folder, error);
  if (!error) fs::rename(from, folder / from.filename(), error);
}

}  // namespace

tl::expected<std::unique_ptr<ArtifactsFolder>, std::string> ArtifactsFolder::prepare(
    fs::path folder, const model::RunId& run) {
  std::unique_ptr<ArtifactsFolder> made(new ArtifactsFolder(std::move(folder)));
  if (auto wrong = made->make(run); !wrong.empty()) return tl::unexpected(std::move(wrong));
  return made;
}

std::string ArtifactsFolder::make(const model::RunId& run) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (!error && fs::exists(folder_ / kMarker, error)) error = move_aside(run);
  if (error) return fmt::format("{}: {}", folder_.string(), error.message());
  std::ofstream marker(folder_ / kMarker);
  marker << "run " << run.text() << '\n';
  marker.flush();
  return marker ? std::string() : fmt::format("{}: cannot be written to", folder_.string());
}

std::error_code ArtifactsFolder::move_aside(const model::RunId& run) {
  std::error_code error;
  const auto aside = folder_ / fmt::format("{}{}", kEarlier, run.text());
  for (const auto* part : {"cases", "bundles"}) move_into(folder_ / part, aside, error);
  // Reports of another run must not be taken for this one's.
  for (const auto format :
       {report::Format::junit, report::Format::messages, report::Format::html, report::Format::json}) {
    if (!error) fs::remove(folder_ / report::default_file(format), error);
  }
  if (!error) remover_ = std::jthread([this] { remove_what_was_moved(); });
  return error;
}

void ArtifactsFolder::remove_what_was_moved() {
  std::error_code error;
  fs::directory_iterator entries(folder_, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const auto name = entries->path().filename().string();
    if (!name.starts_with(kEarlier) || !entries->is_directory(error)) continue;
    fs::remove_all(entries->path(), error);
    if (error) problem_ = fmt::format("{}: {}", entries->path().string(), error.message());
  }
}

std::string ArtifactsFolder::finish() {
  if (remover_.joinable()) remover_.join();
  return problem_;
}

}  // namespace executor::cli
