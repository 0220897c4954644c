Feature: 😀
  Scenario: 🙈
    Given 😀
      | 😀😀 | a | \😀 | é | b |
   @😀 @b @🙈@c #d
   Scenario: t
