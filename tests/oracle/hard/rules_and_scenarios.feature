Feature: f
  Rule: r
    Scenario: s
      Given x
  Scenario: in the rule
    Given y
  Rule: q
