Feature: Feature: x
  Scenario: Scenario: y
    Given Given When Then
    * * *
    When: no
    Given
    Given 
