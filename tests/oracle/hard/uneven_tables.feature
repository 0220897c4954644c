Feature: f
  Scenario: s
    Given x
      | a | b |
      | c |
      | d | e | f |
    Given y
      | a |
      | a | b |
  Scenario Outline: o
    Given <a>
    Examples:
      | a |
      # c

      | 1 | 2 |
    Examples:
      | a | b |
      | 1 |
