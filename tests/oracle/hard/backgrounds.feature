Feature: f
  Background: b
    description
    Given x
      | <a> |
  Scenario: empty
  Scenario Outline: o
    Given <a>
    Examples:
      | a |
      | 1 |
  Rule: r
    Background:
      Given y
    Scenario: s
      Given z
  Rule: q
    Scenario: t
      Given w
