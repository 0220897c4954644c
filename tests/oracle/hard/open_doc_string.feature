Feature: f
  Scenario: s
    Given x
      """json
      a
      ```
