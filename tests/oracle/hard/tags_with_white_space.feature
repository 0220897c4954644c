@a b
@c
Feature: f
  @d e @f
  Scenario: s
    Given x
  @g
  @h i
  Scenario: t
  @j k
  Examples:
