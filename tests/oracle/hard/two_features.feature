Feature: f
  Scenario: s
    Given x
Feature: g
  Scenario: t
