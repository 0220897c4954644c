// Bundles that no writer of ours makes: archives out of any entries, in any format.
#include "tests/support/evil_bundle.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <stdexcept>

#include "docker/sha256.h"

namespace tests {
namespace {

using executor::bundle::Bundle;

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t size) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

void describe(archive_entry* into, const EvilEntry& entry) {
  archive_entry_set_pathname(into, entry.path.c_str());
  archive_entry_set_perm(into, 0644);
  archive_entry_set_filetype(into, AE_IFREG);
  switch (entry.kind) {
    case EvilEntry::Kind::file:
      archive_entry_set_size(into, static_cast<la_int64_t>(entry.content.size() + entry.zeros));
      break;
    case EvilEntry::Kind::folder: archive_entry_set_filetype(into, AE_IFDIR); break;
    case EvilEntry::Kind::symlink:
      archive_entry_set_filetype(into, AE_IFLNK);
      archive_entry_set_symlink(into, entry.target.c_str());
      break;
    case EvilEntry::Kind::hardlink: archive_entry_set_hardlink(into, entry.target.c_str()); break;
    case EvilEntry::Kind::device:
      archive_entry_set_filetype(into, AE_IFCHR);
      archive_entry_set_rdevmajor(into, 1);
      archive_entry_set_rdevminor(into, 5);
      break;
  }
}

void write(archive* to, const EvilEntry& entry) {
  auto* header = archive_entry_new();
  describe(header, entry);
  const bool is_fine = archive_write_header(to, header) == ARCHIVE_OK;
  archive_entry_free(header);
  if (!is_fine) throw std::runtime_error(archive_error_string(to));
  if (entry.kind != EvilEntry::Kind::file) return;
  archive_write_data(to, entry.content.data(), entry.content.size());
  const std::string zeros(std::min<std::uint64_t>(entry.zeros, 1U << 20U), '\0');
  for (std::uint64_t left = entry.zeros; left > 0;) {
    const auto n = std::min<std::uint64_t>(left, zeros.size());
    archive_write_data(to, zeros.data(), n);
    left -= n;
  }
}

}  // namespace

std::string make_archive(const std::vector<EvilEntry>& entries, EvilFormat format) {
  std::string bytes;
  auto* to = archive_write_new();
  if (format.zip) {
    archive_write_set_format_zip(to);
  } else {
    archive_write_set_format_pax_restricted(to);
  }
  if (format.zstd) archive_write_add_filter_zstd(to);
  archive_write_set_bytes_in_last_block(to, 1);  // no padding: it would be no part of the frame
  archive_write_open(to, &bytes, nullptr, append, nullptr);
  for (const auto& entry : entries) write(to, entry);
  archive_write_close(to);
  archive_write_free(to);
  return bytes;
}

Bundle small_bundle() {
  Bundle bundle;
  auto& m = bundle.manifest;
  m.cexec = "0.1.0";
  m.recorded_at = "2026-01-01T00:00:00Z";
  m.run = executor::model::RunId("run");
  m.case_id = executor::model::CaseId("features/x.feature:2 main=python");
  m.uri = "features/x.feature";
  m.line = 2;
  m.scenario = "One";
  m.combination = {{executor::model::ProcessName("main"), executor::model::PlatformName("python")}};
  m.cases = 1;
  m.images = {{executor::model::PlatformName("python"), "python:1", "sha256:" + std::string(64, 'a'),
               "python@sha256:" + std::string(64, 'b'), "linux/amd64"}};
  m.end.outcome = "failed";
  m.end.message = "no";
  m.end.steps = {{"features/x.feature:3:5", "Given the 'main' process works", "main", "failed", "no", 3}};
  m.end.culprit_step = 0;
  m.end.culprit_process = "main";
  bundle.files[executor::bundle::kFeatureFile] =
      "Feature: X\n  Scenario: One\n    Given the 'main' process works\n";
  bundle.files[executor::bundle::kConfigFile] = "version: 1\nplatforms: {python: {image: \"python:1\"}}\n";
  bundle.files[executor::bundle::kTranscriptFile] = "";
  return bundle;
}

std::vector<EvilEntry> entries_of(Bundle bundle) {
  for (const auto& [path, content] : bundle.files) {
    bundle.manifest.files[path] = {content.size(), docker::sha256_hex(content)};
  }
  std::vector<EvilEntry> entries{{executor::bundle::kManifestFile, to_json(bundle.manifest)}};
  for (const auto& [path, content] : bundle.files) entries.push_back({path, content});
  return entries;
}

}  // namespace tests
