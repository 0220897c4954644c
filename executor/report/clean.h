// Text from elsewhere made fit for a report: nothing in it acts, and nothing of it is lost without a word. It
// must not know in which report it stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace executor::report {

/// What a report shows of one text at most; the transcript and the logs have the whole of it.
inline constexpr std::size_t kMostText = std::size_t{64} << 10U;

/// At most `most` bytes of the text, cut between characters, and how much was cut.
std::string shortened(std::string_view text, std::size_t most = kMostText);

/// The lines of a text, without line ends at its end. They point into it.
std::vector<std::string_view> lines_of(std::string_view text);

/// Shortened, with all but line ends and tabs that controls anything, and what is no UTF-8, written as \xNN.
/// What is left may stand in XML.
std::string clean_text(std::string_view text, std::size_t most = kMostText);
/// The same as one line: line ends are written as \n.
std::string clean_line(std::string_view text, std::size_t most = kMostText);

/// The text with the characters escaped that HTML and XML give a meaning to.
std::string html_escaped(std::string_view text);

}  // namespace executor::report
