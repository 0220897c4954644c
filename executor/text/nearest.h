// The nearest right thing to a wrong word. It must not know what the words are.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace executor::text {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours between two words.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` most likely meant, without regard to case; empty if none is near enough: up to a
/// third of the word may be wrong, at least one character.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'x'?" for the nearest candidate, else "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace executor::text
