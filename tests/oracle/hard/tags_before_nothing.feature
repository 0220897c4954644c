Feature: f
  @a
  Scenario: s
    Given x
  @b
