Feature: f
  Given x
  | a |
  """
  Scenario: s
    Given y
