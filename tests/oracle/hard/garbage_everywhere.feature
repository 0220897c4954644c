garbage
Feature: f
  Scenario: s
    Given x
    garbage
    Givne y
  Scenario: t
    Given z
      | a |
      garbage
      """
      """
      garbage
    Examples:
      | a |
      garbage
  Rule: r
    Feature: g
