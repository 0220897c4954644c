Feature: f
  Background:
    Given x
  Background:
    Given y
  Scenario: s
    Given z
  Background:
