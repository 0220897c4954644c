@a   @b@c	@d#e  #f
  # comment
@g

@h #i @j
Feature: f
  @k
  # comment

  @l
  Scenario: s
    Given x
  @m@@n@
  Scenario Outline: o
    Given <x>
    @p
    # comment
    @q #r
    Examples:
      | x |
      | 1 |
    @t
    Examples: none
  @u
  Rule: r
    @v
    Scenario: w
      Given y
  @x
  Rule: z
