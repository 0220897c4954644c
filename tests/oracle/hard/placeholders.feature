Feature: f
  Scenario Outline: <a> and <b> of <c d> <>
    Given <a> <b> <<a>> < a > <A> <a
      | <a> | <b><a> | x |
      | \<a\> | <$> | <a\|b> |
    And <c d> $& <$> <a|b>
      """<a>/<b>
      <a>
      <b> <c d>
      """
    Examples: <a>
      | a | b | c d | $ | a\|b | |
      | <b> | <a> | $& | $1 | \n | |
      | 1 | <c d> | $$ | $` | \\ | <a> |
    Examples:
      | a | a |
      | 1 | 2 |
    Examples: no rows
      | a |
    Examples: no table
