// A server that uses every part of the C++ kit once; sample_server.py and .mjs are the same.
// It must not know what kit_behaviour.py asks of it.
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "cexec_kit.h"

using cexec_kit::Server;
using cexec_kit::World;

namespace {

struct Counter {
  int value = 0;
};

void add_output_steps(Server& server) {
  server.step("prints {string}", [](World&, const std::string& text) {
    std::cout << text << std::endl;
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
    cexec_kit::expect(std::system(("echo '" + text + "'").c_str()) == 0, "echo failed");
  });
  server.step("lets a child read stdin", [](World& world) {
    std::string read;
    FILE* child = ::popen("cat", "r");
    for (int c = std::fgetc(child); c != EOF; c = std::fgetc(child)) read += static_cast<char>(c);
    ::pclose(child);
    world.set_data("read", read);
  });
  server.step("logs {string}", [](World& world, const std::string& text) {
    world.log(text);
    world.log(text, "warn");
  });
  server.step("notifies {string}", [](World& world, const std::string& text) {
    std::thread([&] { world.notify(text, "debug"); }).join();
  });
  server.step("answers with {int} bytes",
              [](World& world, std::size_t size) { world.set_data("long", std::string(size, 'x')); });
}

void add_outcome_steps(Server& server) {
  server.step("expects {int} to be {int}", [](World&, int actual, int expected) {
    cexec_kit::expect_equal(actual, expected, "the number is wrong");
  });
  server.step("throws", [](World&) { throw std::out_of_range("out of range\nsecond line"); });
  server.step("throws what is no text", [](World&) { throw std::out_of_range("garbage: \x80"); });
  server.step("is the same for {word}", [](World&, const std::string&) {});
  server.step("is the same for a/b", [](World&) {});
  server.step("skips", [](World&) { throw cexec_kit::Skip("not here"); });
  server.step("is pending", [](World&) { throw cexec_kit::Pending("not yet"); });
}

void add_life_steps(Server& server) {
  server.step("counts", [](World& world) { world.set_data("count", ++world.state<Counter>().value); });
  server.step("cleans up {string}", [](World& world, const std::string& text) {
    world.cleanup([&world, text] { world.notify("cleaned up " + text); });
  });
  server.step("fails to clean up",
              [](World& world) { world.cleanup([] { throw std::runtime_error("cannot let go"); }); });
  server.step("exits with code {int}", [](World& world, int code) {
    world.cleanup([&world] { world.notify("cleaned up after a crash"); });
    world.exit_after_reply(code);
  });
  server.step("takes {float} s", [](World& world, double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    world.set_data("left", world.time_left().count());
  });
  server.step("echoes", [](World& world) {
    std::vector<std::string> table, rows;
    for (const auto& row : world.table.value_or(cexec_kit::Table()))
      table.push_back(cexec_kit::joined(row, ","));
    for (const auto& row : world.rows()) rows.push_back(row.at("a"));
    world.set_data("table", cexec_kit::joined(table, "|"));
    world.set_data("rows", cexec_kit::joined(rows, "|"));
    world.set_data("text", world.text());
    world.set_data("mediaType", world.doc_string->media_type.value_or(""));
    world.set_data("who", world.process + " " + world.step_type + " " + world.context.at("scenario"));
  });
}

}  // namespace

int main() {
  Server server("sample", "2.5", {"sampling"});
  add_output_steps(server);
  add_outcome_steps(server);
  add_life_steps(server);
  return server.run();
}
