feature: f
FEATURE: g
Feature : h
Feature:i
  scenario: s
  Scenario : t
