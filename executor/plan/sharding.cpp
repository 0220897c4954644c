// Dividing cases among machines that know nothing of each other. It must not know the other cases.
#include "executor/plan/sharding.h"

namespace executor::plan {
namespace {

/// FNV-1a with 64 bits: the same everywhere, and in every version of cexec.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);  // "ab" "c" is not "a" "bc"
  }
  /// The low bits of FNV mix badly; these steps are those of SplitMix64's finish.
  [[nodiscard]] std::uint64_t value() const {
    std::uint64_t x = state_;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
  }

 private:
  void add_byte(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001B3U; }

  std::uint64_t state_ = 0xCBF29CE484222325U;
};

}  // namespace

std::uint32_t Sharding::first_shard_of(const FeatureFile& file, const gherkin::Pickle& pickle) {
  Hash hash;
  hash.add(file.uri);
  hash.add(pickle.rule == nullptr ? std::string_view() : pickle.rule->name);
  hash.add(pickle.scenario->name);
  if (pickle.row != nullptr) {
    for (const auto& cell : pickle.row->cells) hash.add(cell.value);
  }
  const auto value = hash.value();
  return static_cast<std::uint32_t>((value % shard_.count + seen_[value]++) % shard_.count);
}

}  // namespace executor::plan
