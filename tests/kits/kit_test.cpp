// Holds the C++ kit and formats to the tables that all languages share.
// It must not know what the other languages answer: expressions.json and vectors.json say it for all.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "cexec_kit.h"
#include "journal.h"
#include "ring.h"
#include "wire.h"

namespace {

using rapidjson::Value;

int checks = 0;
int failures = 0;

void check(const std::string& what, const std::string& actual, const std::string& expected) {
  ++checks;
  if (actual == expected) return;
  ++failures;
  std::cout << "FAIL  " << what << "\n    expected " << expected << "\n    actual   " << actual << '\n';
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

rapidjson::Document table(const std::filesystem::path& path) {
  rapidjson::Document document;
  document.Parse(read_file(path).c_str());
  if (document.HasParseError()) throw std::runtime_error(path.string() + " is no JSON");
  return document;
}

std::string text_of(const Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

std::string hex_of(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  }
  return text;
}

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string lines_of(const Value& lines) {
  std::string text;
  for (const Value& line : lines.GetArray()) text += text_of(line);
  return text;
}

/// The value that an argument must have, with its type.
std::string described(const Value& value) {
  if (value.IsString()) return "text " + text_of(value);
  if (value.IsDouble()) return "float " + std::to_string(value.GetDouble());
  return "int " + std::to_string(value.GetInt64());
}

std::string described(const cexec_kit::Argument& argument) {
  if (const auto* text = std::get_if<std::string>(&argument)) return "text " + *text;
  if (const auto* number = std::get_if<double>(&argument)) return "float " + std::to_string(*number);
  return "int " + std::to_string(std::get<std::int64_t>(argument));
}

template <typename List>
std::string all_described(const List& list) {
  std::string text;
  for (const auto& item : list) text += "<" + described(item) + ">";
  return text;
}

void check_match(const Value& expected) {
  const std::string text = text_of(expected["text"]);
  const std::string what = "pattern <" + text_of(expected["pattern"]) + "> on <" + text + ">";
  try {
    const auto found = cexec_kit::Expression(text_of(expected["pattern"])).match(text);
    const std::string actual = found ? all_described(*found) : "no match";
    if (expected.HasMember("error")) return check(what, actual, "error: " + text_of(expected["error"]));
    const Value& arguments = expected["arguments"];
    check(what, actual, arguments.IsNull() ? "no match" : all_described(arguments.GetArray()));
  } catch (const cexec_kit::StepFailure& error) {
    const std::string problem = expected.HasMember("error") ? text_of(expected["error"]) : "no error";
    const bool is_it = std::string(error.what()).find(problem) != std::string::npos;
    check(what, is_it ? problem : error.what(), problem);
  }
}

void check_expressions(const rapidjson::Document& expressions) {
  for (const Value& expected : expressions["matches"].GetArray()) check_match(expected);
  for (const Value& expected : expressions["invalid"].GetArray()) {
    const std::string problem = text_of(expected["invalid"]);
    std::string found = "accepted";
    try {
      const cexec_kit::Expression expression(text_of(expected["pattern"]));
    } catch (const std::logic_error& error) {
      found = error.what();
      if (found.find(problem) != std::string::npos) found = problem;
    }
    check("pattern <" + text_of(expected["pattern"]) + ">", found, problem);
  }
}

void check_ring(const Value& vector, const std::filesystem::path& path) {
  formats::Ring::create(path, vector["slots"].GetUint(), vector["capacity"].GetUint());
  formats::Ring ring(path);
  for (const Value& operation : vector["operations"].GetArray()) {
    const std::string text = text_of(operation[1]);
    if (text_of(operation[0]) == "write") {
      ring.write(text);
    } else {
      check("ring read", ring.read().value().payload, text);
    }
  }
  check("ring file", hex_of(read_file(path)), lines_of(vector["hex"]));
  for (const Value& text : vector["then_read"].GetArray()) {
    check("ring, then read", ring.read().value().payload, text_of(text));
  }
  check("ring, at last", ring.read() ? "a frame" : "empty", "empty");
}

void check_wire(const Value& vector) {
  const Value& hello = vector["hello"];
  check("wire hello", hex_of(formats::pack_hello(hello["limit"].GetUint())), text_of(hello["hex"]));
  for (const Value& frame : vector["frames"].GetArray()) {
    const auto type = static_cast<formats::WireType>(frame["type"].GetUint());
    const std::string payload = bytes_of(text_of(frame["payload"]));
    check("wire " + text_of(frame["name"]),
          hex_of(formats::pack_wire_frame(type, frame["sequence"].GetUint(), payload)),
          text_of(frame["hex"]));
  }
}

void check_journal(const Value& vector, const std::filesystem::path& path) {
  formats::create_journal(path);
  formats::JournalWriter writer(path);
  for (const Value& record : vector["records"].GetArray()) {
    writer.append(static_cast<formats::RecordKind>(record["kind"].GetUint()), text_of(record["payload"]));
  }
  check("journal file", hex_of(read_file(path)), lines_of(vector["hex"]));
  const auto contents = formats::read_journal(path);
  check("journal, records", std::to_string(contents.records.size()),
        std::to_string(vector["records"].Size()));
  for (rapidjson::SizeType i = 0; i < vector["records"].Size(); ++i) {
    const Value& expected = vector["records"][i];
    const formats::Record& record = contents.records.at(i);
    check("journal, kind", std::to_string(static_cast<int>(record.kind)),
          std::to_string(expected["kind"].GetInt()));
    check("journal, payload", record.payload, text_of(expected["payload"]));
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::filesystem::path tables = arguments[1];
  const std::filesystem::path folder = arguments[2];
  const rapidjson::Document vectors = table(tables / "vectors.json");
  check_expressions(table(tables / "expressions.json"));
  check_ring(vectors["ring"], folder / "vector.ring");
  check_wire(vectors["wire"]);
  check_journal(vectors["journal"], folder / "vector.journal");
  std::cout << "cpp: " << checks << " checks, " << failures << " failed\n";
  return failures == 0 ? 0 : 1;
}
