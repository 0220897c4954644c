Feature: f
  Background:
    And first
    When b
  Scenario: s
    And inherits
    * unknown
    But unknown too
    Then c
    And d
  Scenario: t
    But e
  Rule: r
    Background:
      And f
    Example: u
      And g
