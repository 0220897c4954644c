Feature: tables
  Scenario: s
    Given x
      |a|b||
      | a |   b	| |
      | \| | \\ | \n |
      | \x | \\n | \ |
      |😀|x😀|y|
      |　a　|b| |
      | a | b | c | behind
      | a | b | c | behind \
    Given y
      ||
    Given z
      |
