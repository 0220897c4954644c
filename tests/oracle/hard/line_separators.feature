Feature: a Scenario: b
  Scenario: cGiven d
    Given e 
