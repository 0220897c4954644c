// The steps of features/journal: what a writer and a reader of a journal can be told.
// It must not know how a journal is laid out.
#include <filesystem>
#include <map>
#include <optional>

#include "cexec_kit.h"
#include "exchange.h"
#include "journal.h"
#include "payloads.h"
#include "steps.h"
#include "waiting.h"

using cexec_kit::expect;
using cexec_kit::expect_equal;
using cexec_kit::Server;
using cexec_kit::World;
using formats::JournalContents;
using formats::JournalWriter;
using formats::Record;
using formats::RecordKind;

namespace {

constexpr int kCrashed = 3;  // exit code of a writer that dies in the middle of a record

const std::map<std::string, RecordKind> kKinds = {
    {"bytes", RecordKind::kBytes}, {"text", RecordKind::kText}, {"json", RecordKind::kJson}};
const std::map<std::string, RecordKind> kKindOfMediaType = {
    {"", RecordKind::kText}, {"text/plain", RecordKind::kText}, {"application/json", RecordKind::kJson}};

std::string path_of(const std::string& name) {
  return formats::exchange_path(name, ".journal");
}

std::string record_name(std::uint64_t number) {
  return "record " + std::to_string(number);
}

/// The journal this process writes, or what it read from one.
struct JournalUse {
  std::optional<JournalWriter> open_writer;
  std::optional<JournalContents> read_contents;
  Background background;  // last: ends before what it works on

  JournalWriter& writer() {
    expect(open_writer.has_value(), "this process has no journal open for appending");
    return *open_writer;
  }

  const JournalContents& contents() const {
    expect(read_contents.has_value(), "this process has read no journal");
    return *read_contents;
  }

  const Record& record(std::size_t number) const {
    const std::size_t found = contents().records.size();
    expect(number >= 1 && number <= found,
           "there is no " + record_name(number) + ", only " + std::to_string(found));
    return contents().records[number - 1];
  }
};

JournalUse& use(World& world) {
  return world.state<JournalUse>();
}

RecordKind kind_named(const std::string& name) {
  const auto found = kKinds.find(name);
  expect(found != kKinds.end(), "'" + name + "' is no kind of record: bytes, text, json");
  return found->second;
}

/// The kind of record that the doc string's media type stands for.
RecordKind document_kind(const World& world) {
  world.text();
  const std::string media_type = world.doc_string->media_type.value_or("");
  const auto found = kKindOfMediaType.find(media_type);
  expect(found != kKindOfMediaType.end(), "no kind of record stands for media type " + media_type);
  return found->second;
}

void check_kind(const Record& record, RecordKind expected) {
  const auto name = [](RecordKind kind) {
    for (const auto& [text, known] : kKinds) {
      if (known == kind) return text;
    }
    return "kind " + std::to_string(static_cast<int>(kind));
  };
  expect_equal(name(record.kind), name(expected), record_name(record.sequence) + " is of the wrong kind");
}

// --- the writer ---

void open_for_appending(World& world, const std::string& name) {
  const JournalWriter& writer = use(world).open_writer.emplace(path_of(name));
  world.log("next is " + record_name(writer.next_sequence()) + ", " + std::to_string(writer.cut_off()) +
            " bytes cut off");
}

void append_several(World& world, int count, std::size_t size) {
  JournalWriter& writer = use(world).writer();
  for (int i = 0; i < count; ++i)
    writer.append(RecordKind::kBytes, test_pattern(size, writer.next_sequence()));
}

void append_table(World& world) {
  for (const auto& row : world.rows())
    use(world).writer().append(kind_named(row.at("kind")), row.at("payload"));
}

void die_while_appending(World& world, std::size_t size) {
  JournalWriter& writer = use(world).writer();
  writer.append_half(RecordKind::kBytes, test_pattern(size, writer.next_sequence()));
  _exit(kCrashed);  // in the middle of the step: no reply, no clean-up
}

void add_writer_steps(Server& server) {
  server.step("creates journal {string}", [](World& world, const std::string& name) {
    formats::create_journal(path_of(name));
    use(world).open_writer.emplace(path_of(name));
  });
  server.step("opens journal {string} for appending", open_for_appending);
  server.step("appends text {string}", [](World& world, const std::string& text) {
    use(world).writer().append(RecordKind::kText, text);
  });
  server.step("appends {int} record(s) with size '{int}'", append_several);
  server.step("appends the records:", append_table);
  server.step("appends the document:",
              [](World& world) { use(world).writer().append(document_kind(world), world.text()); });
  server.step("dies while appending record with size '{int}'", die_while_appending);
  server.step("damages record {int} of journal {string}",
              [](World&, std::uint64_t number, const std::string& name) {
                formats::damage_record(path_of(name), number);
              });
  server.step("should have cut off {int} byte(s)", [](World& world, std::uint64_t count) {
    expect_equal(use(world).writer().cut_off(), count, "the number of bytes cut off is wrong");
  });
}

// --- the reader ---

void read(World& world, const std::string& name) {
  const JournalContents& contents = use(world).read_contents.emplace(formats::read_journal(path_of(name)));
  if (contents.damage) world.log(contents.damage->what(), "warn");
}

void follow(World& world, const std::string& name, std::size_t count) {
  JournalUse& mine = use(world);
  mine.background.start([&mine, path = path_of(name), count] {
    while (!std::filesystem::exists(path)) mine.background.pause();
    for (;;) {
      JournalContents contents = formats::read_journal(path);
      if (contents.damage && contents.damage->kind() != "torn")
        throw formats::FormatError(*contents.damage);  // torn: still being written
      if (contents.records.size() >= count) {
        mine.read_contents = std::move(contents);
        return;
      }
      mine.background.pause();
    }
  });
}

void should_have_followed(World& world, std::size_t count, std::size_t size) {
  use(world).background.finish(world, "the reader still waits for " + record_name(count));
  expect_equal(use(world).contents().records.size(), count, "the number of records is wrong");
  for (const Record& record : use(world).contents().records) {
    check_pattern(record.payload, size, record.sequence, record_name(record.sequence));
  }
}

void should_find_no_damage(World& world, std::size_t count) {
  const JournalContents& contents = use(world).contents();
  if (contents.damage) throw formats::FormatError(*contents.damage);
  expect_equal(contents.records.size(), count, "the number of good records is wrong");
}

void should_find_damage(World& world, std::size_t count, std::uint64_t offset, const std::string& kind) {
  const JournalContents& contents = use(world).contents();
  expect_equal(contents.records.size(), count, "the number of good records is wrong");
  expect(contents.damage.has_value(), "the journal shows no damage");
  expect_equal(contents.end, offset, "the damage begins somewhere else");
  expect_equal(contents.damage->kind(), kind,
               std::string("it is damaged in another way: ") + contents.damage->what());
}

void should_find_text(World& world, const std::string& text, std::size_t number) {
  const Record& record = use(world).record(number);
  check_kind(record, RecordKind::kText);
  check_text(record.payload, text, record_name(number));
}

void should_find_size(World& world, std::size_t size, std::size_t number) {
  const Record& record = use(world).record(number);
  check_kind(record, RecordKind::kBytes);
  check_pattern(record.payload, size, number, record_name(number));
}

void should_find_table(World& world) {
  const auto rows = world.rows();
  should_find_no_damage(world, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Record& record = use(world).record(i + 1);
    check_kind(record, kind_named(rows[i].at("kind")));
    check_text(record.payload, rows[i].at("payload"), record_name(i + 1));
  }
}

void should_find_document(World& world, std::size_t number) {
  const Record& record = use(world).record(number);
  check_kind(record, document_kind(world));
  check_text(record.payload, world.text(), record_name(number));
}

void add_reader_steps(Server& server) {
  server.step("reads journal {string}", read);
  server.step("follows journal {string} until record {int}", follow);
  server.step("should have followed {int} record(s) with size '{int}'", should_have_followed);
  server.step("should find {int} record(s) and no damage", should_find_no_damage);
  server.step("should find {int} record(s) and damage at byte {int}: {string}", should_find_damage);
  server.step("should find text {string} in record {int}", should_find_text);
  server.step("should find size '{int}' in record {int}", should_find_size);
  server.step("should find the records:", should_find_table);
  server.step("should find the document in record {int}:", should_find_document);
}

}  // namespace

void add_journal_steps(Server& server) {
  add_writer_steps(server);
  add_reader_steps(server);
}
