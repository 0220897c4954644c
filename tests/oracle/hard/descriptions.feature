Feature: f

  one

    two  
  # comment
  three

  Background:
   # first
   four

   # last

    Given x
  Scenario: s
    five: Given y
    | not a table |
    Given z
  Scenario Outline: o

    six
    Examples:
     seven
      # eight
      | a |
  Rule: r
    nine

    # ten
