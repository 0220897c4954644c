Scenario: s
  Given x
